/**
 * Features while preprocessing runs: matrices that already have their final shape. Columns that one-hot will fill
 * are inactive until then; every other step touches active columns only, in place.
 */
import type { Step } from '../experiments/document.ts'
import type { Matrix } from '../linalg/matrix.ts'
import { labelOrder, type Column, type NumericArray, type Table } from './table.ts'

/** The `source` of a column that comes from no column of the table. */
export const CONSTANT = -1

export interface FeatureColumn {
  /** Of the table's column; with the category for indicators: `sex = male`. */
  name: string
  /** Index into the table's columns, or {@link CONSTANT}. */
  source: number
  /** Null for numbers. */
  category: string | null
  /** False until its one-hot step has run. */
  active: boolean
  /** How an impute step before the one-hot step fills its missing cells. */
  missing: 'mean' | 'zero' | null
}

export interface Frame {
  table: Table
  columns: FeatureColumn[]
  /** n×d. */
  train: Matrix
  test: Matrix
  /** Rows of the table in `train` and `test`. */
  trainRows: Int32Array
  testRows: Int32Array
}

/** The one-hot step that expands a column: by name where it lists columns, else every text column. */
export function isExpanded(step: Step, table: Table, index: number): boolean {
  if (step.step !== 'one-hot') return false
  const column = table.columns[index]
  if (!step.columns) return column.kind === 'categorical'
  return step.columns.some((wanted) => wanted === index || wanted === column.name)
}

/**
 * Final columns: a number keeps one, a column that a one-hot step expands gets one for each category that occurs in
 * the training rows, in label order. Constant features come last.
 */
export function planColumns(
  table: Table,
  features: readonly number[],
  steps: readonly Step[],
  trainRows: Int32Array,
): FeatureColumn[] {
  const constants = steps
    .filter(({ step }) => step === 'append-ones')
    .map(() => ({ name: '1', source: CONSTANT, category: null, active: false, missing: null }))
  const read = features.flatMap((source): FeatureColumn[] => {
    const column = table.columns[source]
    const plain = { name: column.name, source, category: null, active: true, missing: null }
    if (!steps.some((step) => isExpanded(step, table, source))) return [plain]
    return trainingCategories(column, trainRows).map((category) => ({
      ...plain,
      name: `${column.name} = ${category}`,
      category,
      active: false,
    }))
  })
  return [...read, ...constants]
}

function trainingCategories(column: Column, trainRows: Int32Array): string[] {
  const nameAt = categoryReader(column)
  const seen = new Set<string>()
  for (const row of trainRows) {
    const name = nameAt(row)
    if (name !== null) seen.add(name)
  }
  return labelOrder([...seen])
}

/** Text of a cell as a category; null = missing. Numbers are named by their value. */
export function categoryReader(column: Column): (row: number) => string | null {
  if (column.kind === 'categorical') return (row) => column.categories[column.codes[row]] ?? null
  const strays = new Map(column.strays.map(({ row, text }) => [row, text]))
  return (row) => (Number.isNaN(column.values[row]) ? (strays.get(row) ?? null) : String(column.values[row]))
}

/** Rows copied at a time, so that a block of the matrix stays in the cache while its columns are read. */
const BLOCK_ROWS = 256

/** Copies the numbers of the table into the frame; inactive columns are left as they are. */
export function fillNumbers(frame: Frame): void {
  for (const { matrix, rows } of partsOf(frame)) {
    for (let from = 0; from < rows.length; from += BLOCK_ROWS) {
      const to = Math.min(from + BLOCK_ROWS, rows.length)
      frame.columns.forEach(({ source, active }, j) => {
        const column = frame.table.columns[source]
        if (active && column.kind === 'numeric') fillColumn(matrix, j, column.values, rows, from, to)
      })
    }
  }
}

function fillColumn(
  X: Matrix,
  j: number,
  values: NumericArray,
  rows: Int32Array,
  from: number,
  to: number,
): void {
  for (let i = from, at = from * X.cols + j; i < to; i++, at += X.cols) X.data[at] = values[rows[i]]
}

/** Training and test part with their rows of the table. */
export function partsOf(frame: Frame): { matrix: Matrix; rows: Int32Array }[] {
  return [
    { matrix: frame.train, rows: frame.trainRows },
    { matrix: frame.test, rows: frame.testRows },
  ]
}

/** Indices of the active columns. */
export function activeColumns(frame: Frame): number[] {
  return frame.columns.flatMap((column, j) => (column.active ? [j] : []))
}

/** x ← (x − shift)·factor for every active column of training and test rows, in place. */
export function applyAffine(
  frame: Frame,
  columns: readonly number[],
  shift: Float64Array,
  factor: Float64Array,
): void {
  for (const matrix of [frame.train, frame.test]) {
    for (let i = 0; i < matrix.rows; i++) {
      const row = matrix.row(i)
      for (let k = 0; k < columns.length; k++) row[columns[k]] = (row[columns[k]] - shift[k]) * factor[k]
    }
  }
}

/** Σ term(x) over the known training cells of each given column, and their number. */
export function sumColumns(
  frame: Frame,
  columns: readonly number[],
  term: (value: number, k: number) => number,
): { sums: Float64Array; counts: Int32Array } {
  const sums = new Float64Array(columns.length)
  const counts = new Int32Array(columns.length)
  for (let i = 0; i < frame.train.rows; i++) {
    const row = frame.train.row(i)
    for (let k = 0; k < columns.length; k++) {
      const value = row[columns[k]]
      if (Number.isNaN(value)) continue
      sums[k] += term(value, k)
      counts[k]++
    }
  }
  return { sums, counts }
}

/** Mean of the known training cells of each given column; 0 where none is known. */
export function columnMeans(frame: Frame, columns: readonly number[]): Float64Array {
  const { sums, counts } = sumColumns(frame, columns, (value) => value)
  return sums.map((sum, k) => (counts[k] > 0 ? sum / counts[k] : 0))
}
