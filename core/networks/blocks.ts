import { Matrix, type RealArray } from '../linalg/matrix.ts'

/** Entries of one hidden-layer block (32 MiB of doubles); wider layers are processed in fewer rows at a time. */
export const BLOCK_ENTRIES = 2 ** 22

/** Rows first … first + rows − 1 of A, a view. */
export function rowRange<T extends RealArray>(A: Matrix<T>, first: number, rows: number): Matrix<T> {
  return new Matrix(rows, A.cols, A.data.subarray(first * A.cols, (first + rows) * A.cols) as T, A.place)
}

export interface RowBlock {
  first: number
  rows: number
}

/** Row ranges that cover `rows` rows such that a hidden layer of `width` units fits a block. */
export function rowBlocks(rows: number, width: number, entries = BLOCK_ENTRIES): RowBlock[] {
  const size = Math.max(1, Math.floor(entries / Math.max(1, width)))
  const count = Math.ceil(rows / size)
  return Array.from({ length: count }, (_, i) => ({ first: i * size, rows: Math.min(size, rows - i * size) }))
}
