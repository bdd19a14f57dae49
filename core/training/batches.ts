import { Matrix } from '../linalg/matrix.ts'
import type { Stream } from '../random/index.ts'

export interface Batch {
  X: Matrix
  Y: Matrix
}

/** Cuts an epoch into batches. */
export interface Batches {
  /** Batches an epoch. */
  readonly count: number
  /** The batches of epoch `epoch`; each is only valid until the next is taken. */
  epoch(epoch: number): Iterable<Batch>
}

/** Cuts an epoch into batches of row numbers. */
export interface RowBatches {
  /** Batches an epoch. */
  readonly count: number
  /** Rows of the largest batch. */
  readonly largest: number
  epoch(epoch: number): Iterable<Int32Array>
}

/**
 * All of n rows, in their order, as the one batch of every epoch when `batchSize` covers them; else ⌈n/batchSize⌉ batches
 * of sizes that differ by at most one, the rows shuffled anew for each epoch by the epoch's own stream.
 */
export function batchRows(n: number, batchSize: number | 'full', stream: Stream): RowBatches {
  if (batchSize === 'full' || batchSize >= n) {
    const all = Int32Array.from({ length: n }, (_, i) => i)
    return { count: 1, largest: n, epoch: () => [all] }
  }
  const count = Math.ceil(n / batchSize)
  function* epoch(index: number): Generator<Int32Array> {
    const order = stream.split(index).permutation(n)
    for (let b = 0; b < count; b++) {
      yield order.subarray(Math.floor((b * n) / count), Math.floor(((b + 1) * n) / count))
    }
  }
  return { count, largest: Math.ceil(n / count), epoch }
}

/** The batches of {@link batchRows} with their rows of X and Y; all rows as one batch are not copied. */
export function makeBatches(X: Matrix, Y: Matrix, batchSize: number | 'full', stream: Stream): Batches {
  const batches = batchRows(X.rows, batchSize, stream)
  const { count, largest } = batches
  if (count === 1) return { count, epoch: () => [{ X, Y }] }
  const store = { X: new Float64Array(largest * X.cols), Y: new Float64Array(largest * Y.cols) }
  function* gathered(index: number): Generator<Batch> {
    for (const rows of batches.epoch(index))
      yield { X: gather(X, rows, store.X), Y: gather(Y, rows, store.Y) }
  }
  return { count, epoch: gathered }
}

/** The named rows of A, copied to the start of `store`. */
function gather(A: Matrix, rows: Int32Array, store: Float64Array): Matrix {
  const data = store.subarray(0, rows.length * A.cols)
  rows.forEach((row, i) => data.set(A.row(row), i * A.cols))
  return new Matrix(rows.length, A.cols, data)
}
