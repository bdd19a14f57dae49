/** What is shown of a data set before anything is run. Plain values: survives a message and JSON. */
import type { GeneratorId } from '../experiments/document.ts'

/** The document's file formats. */
export type FormatId = 'csv' | 'tsv' | 'idx' | 'uci'
export type ColumnKind = 'numeric' | 'categorical'

/** How a text table is written. */
export interface TextDialect {
  /** `,`, `;`, tab, `|` or a space. */
  delimiter: string
  /** The quote character, also where no cell is quoted. */
  quote: '"' | "'"
  /** Whether the first line names the columns. */
  header: boolean
}

/** Equal bins from `min` to `max`; the last one holds `max` too. */
export interface Histogram {
  min: number
  max: number
  counts: number[]
}

/** A cell that is not a number in a column of numbers. */
export interface Stray {
  /** One-based line of the file, headers included. */
  line: number
  text: string
}

export interface CategoryCount {
  name: string
  count: number
}

export interface ColumnPreview {
  /** Zero-based, as the document's `target` counts. */
  index: number
  name: string
  kind: ColumnKind
  missing: number
  /** Distinct values; exact up to `DISTINCT_LIMIT`, see `distinctIsLowerBound`. */
  distinct: number
  distinctIsLowerBound: boolean
  /** Of numeric columns over their known values; null for categorical columns and where all cells are missing. */
  min: number | null
  mean: number | null
  max: number | null
  /** Standard deviation (n − 1). */
  sd: number | null
  /** 20 bins; null for categorical columns and where all cells are missing. */
  histogram: Histogram | null
  /** The most frequent values, at most 20: of categorical columns, and of numeric ones with at most 20 values. */
  categories: CategoryCount[]
  /** Cells that are not numbers in a column of numbers; using the column as it is would be refused. */
  strayCount: number
  firstStray: Stray | null
}

/** One row as text. */
export interface SampleRow {
  /** One-based line of the file; null where rows have no lines (IDX, generators). */
  line: number | null
  /** One cell per shown column; missing cells are empty strings. */
  cells: string[]
}

export interface TargetPreview {
  /** Zero-based; several for vector targets. */
  columns: number[]
  names: string[]
  /** False when the document names the target. */
  guessed: boolean
  /** classes: can be encoded as ±1 or one-hot. regression: real values. */
  task: 'classes' | 'regression'
  /** Class balance, in label order; empty for regression. */
  classes: CategoryCount[]
}

export interface DatasetPreview {
  /** File name, or the generator. */
  name: string
  source: { kind: 'file'; format: FormatId; gzip: boolean } | { kind: 'generator'; generator: GeneratorId }
  sha256: string
  /** Of the file as it lies on the disk; null for generators. */
  bytes: number | null
  /** Null where the format has none (IDX, generators). */
  dialect: TextDialect | null
  rows: number
  columns: ColumnPreview[]
  /** The first 50 rows, of at most `sampleColumns.length` columns. */
  sample: SampleRow[]
  /** Indices of the columns in `sample`: the first 50 and the target. */
  sampleColumns: number[]
  /** Null when the file has no column that could be one (IDX images without labels). */
  target: TargetPreview | null
  /** Pixels per side and channels when the rows are images. */
  image: { height: number; width: number; channels: number } | null
  /** Features of the numeric columns, without the target. */
  numericFeatures: number
  /** Numerical rank of the numeric features; null when a cell is missing or it would take long. */
  rank: number | null
  /** Double-precision X and Y of all rows, as the table stands. */
  memoryBytes: number
  /** What a person should know before using it: constant columns, missing cells, duplicate names, identifiers. */
  warnings: string[]
}
