/** What a data set holds, before anything is run. */
import type { Dataset, FileDataset, GeneratorId } from '../experiments/document.ts'
import { Matrix } from '../linalg/matrix.ts'
import { classesOf } from './classes.ts'
import { describeColumn } from './column-statistics.ts'
import { fillNumbers, type Frame } from './frame.ts'
import type { ColumnPreview, DatasetPreview, SampleRow, TargetPreview } from './preview-types.ts'
import { guessTarget, selectColumns } from './select-columns.ts'
import { isSmall, spectrumOf } from './spectrum.ts'
import { cellText, missingMask, type Table } from './table.ts'

export interface PreviewOptions {
  /** Of the file's bytes. */
  sha256: string
  /** Size on the disk; null for generators. */
  bytes: number | null
  /** Names the target; guessed when absent. */
  target?: FileDataset['target']
}

const SAMPLE_ROWS = 50
const SAMPLE_COLUMNS = 50

/**
 * Columns with their statistics, the first rows, the likely target with its class balance, rank and memory.
 *
 * @throws BidualError when a named target does not exist.
 */
export function previewTable(
  table: Table,
  { sha256, bytes, target: wanted }: PreviewOptions,
): DatasetPreview {
  const columns = table.columns.map((_, index) => describeColumn(table, index))
  const targets = targetColumns(table, wanted)
  const target = targets && describeTarget(table, targets, wanted === undefined)
  const features = columns.filter(({ kind, index }) => kind === 'numeric' && !targets?.includes(index))
  const sampleColumns = columns
    .map(({ index }) => index)
    .filter((j) => j < SAMPLE_COLUMNS || targets?.includes(j))
  const source: DatasetPreview['source'] =
    table.format === 'generated'
      ? { kind: 'generator', generator: table.name as GeneratorId }
      : { kind: 'file', format: table.format, gzip: table.gzip }
  return {
    name: table.name,
    source,
    sha256,
    bytes,
    dialect: table.dialect,
    rows: table.rows,
    columns,
    sample: sampleRows(table, sampleColumns),
    sampleColumns,
    target,
    image: table.image,
    numericFeatures: features.length,
    rank: rankOf(table, features),
    memoryBytes: 8 * table.rows * (features.length + outputsOf(target)),
    warnings: [...table.notes, ...warningsOf(table, columns, targets ?? [])],
  }
}

function targetColumns(table: Table, wanted: FileDataset['target']): number[] | null {
  if (wanted !== undefined) {
    const asDataset: Dataset = { file: table.name, target: wanted }
    return selectColumns(table, asDataset).targets
  }
  const guess = guessTarget(table)
  return guess === null ? null : [guess]
}

function describeTarget(table: Table, targets: number[], guessed: boolean): TargetPreview {
  const names = targets.map((index) => table.columns[index].name)
  const column = table.columns[targets[0]]
  const missing = missingMask(column)
  const known = Int32Array.from({ length: table.rows }, (_, i) => i).filter((row) => missing[row] === 0)
  const hasStrays = column.kind === 'numeric' && column.strays.length > 0
  const classes = targets.length === 1 && !hasStrays ? classesOf(column, known, 'integers') : null
  if (!classes) return { columns: targets, names, guessed, task: 'regression', classes: [] }
  const counts = classes.names.map((name) => ({ name, count: 0 }))
  for (const label of classes.classOf) counts[label].count++
  return { columns: targets, names, guessed, task: 'classes', classes: counts }
}

/** Columns of Y as the defaults code it: one for quantities and two classes, else one a class. */
function outputsOf(target: TargetPreview | null): number {
  if (!target) return 0
  if (target.task === 'regression') return target.columns.length
  return target.classes.length === 2 ? 1 : target.classes.length
}

function sampleRows(table: Table, columns: readonly number[]): SampleRow[] {
  return Array.from({ length: Math.min(table.rows, SAMPLE_ROWS) }, (_, row) => ({
    line: table.lines ? table.lines[row] : null,
    cells: columns.map((index) => cellText(table.columns[index], row)),
  }))
}

/** Rank of the numeric features; null where a cell is missing or it would take more than a second. */
function rankOf(table: Table, features: readonly ColumnPreview[]): number | null {
  const isKnown = features.every(({ missing, strayCount }) => missing === 0 && strayCount === 0)
  if (features.length === 0 || !isKnown || !isSmall({ rows: table.rows, cols: features.length })) return null
  const frame: Frame = {
    table,
    columns: features.map(({ name, index }) => ({
      name,
      source: index,
      category: null,
      active: true,
      missing: null,
    })),
    train: Matrix.zeros(table.rows, features.length),
    test: Matrix.zeros(0, features.length),
    trainRows: Int32Array.from({ length: table.rows }, (_, i) => i),
    testRows: new Int32Array(0),
  }
  fillNumbers(frame)
  return spectrumOf(frame.train).rank
}

/** One sentence for each thing that will need a step or a decision. */
const WARNINGS: readonly {
  applies: (column: ColumnPreview, table: Table) => boolean
  say: (names: string) => string
}[] = [
  {
    applies: (column) => column.missing > 0,
    say: (names) => `Cells are missing in ${names}: add the step impute, or exclude them.`,
  },
  {
    applies: (column) => column.strayCount > 0,
    say: (names) =>
      `Some cells are not numbers in ${names}: correct them, or treat the column as text with one-hot.`,
  },
  {
    applies: (column) => column.distinct <= 1,
    say: (names) => `Only one value in ${names}: exclude it, it tells nothing.`,
  },
  {
    applies: isIdentifier,
    say: (names) => `Every row differs in ${names}: it looks like an identifier; exclude it.`,
  },
]

function warningsOf(table: Table, columns: readonly ColumnPreview[], targets: readonly number[]): string[] {
  return WARNINGS.flatMap(({ applies, say }) => {
    const found = columns.filter((column) => !targets.includes(column.index) && applies(column, table))
    return found.length > 0 ? [say(listNames(found))] : []
  })
}

/** Text that is different in every row, or the row number. */
function isIdentifier(column: ColumnPreview, table: Table): boolean {
  if (table.rows < 10 || column.missing > 0) return false
  if (column.kind === 'categorical') return column.distinct === table.rows
  const data = table.columns[column.index]
  if (data.kind !== 'numeric' || column.min === null || (column.min !== 0 && column.min !== 1)) return false
  return data.values.every((value, row) => value === row + column.min!)
}

function listNames(columns: readonly ColumnPreview[]): string {
  const names = columns.slice(0, 6).map(({ name }) => `"${name}"`)
  return columns.length > names.length
    ? `${names.join(', ')} and ${columns.length - names.length} more`
    : names.join(', ')
}
