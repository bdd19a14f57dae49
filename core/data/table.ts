/** The table that every reader and generator returns: named columns of equal length. */
import { BidualError } from '../errors.ts'
import type { FormatId, Stray, TextDialect } from './preview-types.ts'

/** Narrow arrays keep pixels at a byte each; missing cells (NaN) exist in the floating ones only. */
export type NumericArray = Float64Array | Float32Array | Int32Array | Int16Array | Int8Array | Uint8Array

/** A cell that is not a finite number in a column of numbers; its value in `values` is NaN. */
export interface StrayCell {
  /** Zero-based row of the table. */
  row: number
  text: string
}

export interface NumericColumn {
  kind: 'numeric'
  name: string
  /** One value a row; NaN = missing (or stray). */
  values: NumericArray
  /** In row order. */
  strays: readonly StrayCell[]
}

export interface CategoricalColumn {
  kind: 'categorical'
  name: string
  /** One index into `categories` a row; −1 = missing. */
  codes: Int32Array
  /** Distinct, in label order (see {@link labelOrder}). */
  categories: readonly string[]
}

export type Column = NumericColumn | CategoricalColumn

export interface ImageShape {
  height: number
  width: number
  channels: number
}

export interface Table {
  /** File name or generator. */
  name: string
  format: FormatId | 'generated'
  /** Whether the file was compressed. */
  gzip: boolean
  dialect: TextDialect | null
  rows: number
  columns: readonly Column[]
  /** One-based source line of each row; null where rows have no lines. */
  lines: Int32Array | null
  image: ImageShape | null
  /** Index of the column that the format itself calls the target; null when it says nothing. */
  target: number | null
  /** What the reader had to settle: columns renamed, lines skipped. */
  notes: readonly string[]
}

/** Row of the table as people find it in the file: its line, or its number where there are no lines. */
export function sourceRow(table: Table, row: number): number {
  return table.lines ? table.lines[row] : row + 1
}

/** Strays as the window shows them. */
export function strayLine(table: Table, stray: StrayCell): Stray {
  return { line: sourceRow(table, stray.row), text: stray.text }
}

/** The first stray among the given rows of the table; undefined where all are numbers or missing. */
export function firstStray(column: Column, rows: Int32Array): StrayCell | undefined {
  if (column.kind === 'categorical' || column.strays.length === 0) return undefined
  const used = new Set(rows)
  return column.strays.find(({ row }) => used.has(row))
}

/** 1 where the cell holds nothing; a stray cell holds something. */
export function missingMask(column: Column): Uint8Array {
  const values = column.kind === 'categorical' ? column.codes : column.values
  const mask = new Uint8Array(values.length)
  if (column.kind === 'categorical') {
    for (let i = 0; i < mask.length; i++) if (values[i] < 0) mask[i] = 1
    return mask
  }
  // Whole-number arrays hold no NaN.
  if (!(values instanceof Float64Array || values instanceof Float32Array)) return mask
  for (let i = 0; i < mask.length; i++) if (Number.isNaN(values[i])) mask[i] = 1
  for (const stray of column.strays) mask[stray.row] = 0
  return mask
}

/** The cell as text; a missing one is ''. Slow where a column has many strays: for samples, not for loops. */
export function cellText(column: Column, row: number): string {
  if (column.kind === 'categorical') return column.categories[column.codes[row]] ?? ''
  const value = column.values[row]
  if (!Number.isNaN(value)) return String(value)
  return column.strays.find((stray) => stray.row === row)?.text ?? ''
}

/**
 * Index of a column named by header or by zero-based position.
 *
 * @throws BidualError naming the columns there are; `path` is the place in the document that asked.
 */
export function columnIndex(table: Table, wanted: string | number, path: string): number {
  const index =
    typeof wanted === 'number' ? wanted : table.columns.findIndex((column) => column.name === wanted)
  if (index >= 0 && index < table.columns.length) return index
  const names = table.columns.slice(0, 12).map((column) => `"${column.name}"`)
  const more = table.columns.length > names.length ? ` and ${table.columns.length - names.length} more` : ''
  const what = typeof wanted === 'number' ? `column ${wanted} (counted from 0)` : `a column named "${wanted}"`
  throw new BidualError(
    'bad-input',
    `Expected ${what}; the table has ${table.columns.length}: ${names.join(', ')}${more}. Choose one of these.`,
    { file: table.name, path },
  )
}

/** Category names in label order: by value when all are numbers, else by code units. A new array. */
export function labelOrder(names: readonly string[]): string[] {
  const numeric = names.every((name) => name.trim() !== '' && Number.isFinite(Number(name)))
  return names.toSorted(numeric ? (a, b) => Number(a) - Number(b) : (a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

/** A categorical column from one text a row (null = missing), categories in label order. */
export function categoricalColumn(name: string, texts: readonly (string | null)[]): CategoricalColumn {
  const categories = labelOrder([...new Set(texts.filter((text) => text !== null))])
  const codeOf = new Map(categories.map((category, code) => [category, code]))
  const codes = Int32Array.from(texts, (text) => (text === null ? -1 : codeOf.get(text)!))
  return { kind: 'categorical', name, codes, categories }
}
