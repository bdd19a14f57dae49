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

/**
 * All rows, in their order, as the one batch of every epoch when `batchSize` covers them; else ⌈n/batchSize⌉ batches
 * of sizes that differ by at most one, the rows shuffled anew for each epoch by the epoch's own stream.
 */
export function makeBatches(X: Matrix, Y: Matrix, batchSize: number | 'full', stream: Stream): Batches {
  const n = X.rows
  if (batchSize === 'full' || batchSize >= n) return { count: 1, epoch: () => [{ X, Y }] }
  const count = Math.ceil(n / batchSize)
  const largest = Math.ceil(n / count)
  const store = { X: new Float64Array(largest * X.cols), Y: new Float64Array(largest * Y.cols) }
  function* epoch(index: number): Generator<Batch> {
    const order = stream.split(index).permutation(n)
    for (let b = 0; b < count; b++) {
      const rows = order.subarray(Math.floor((b * n) / count), Math.floor(((b + 1) * n) / count))
      yield { X: gather(X, rows, store.X), Y: gather(Y, rows, store.Y) }
    }
  }
  return { count, epoch }
}

/** The named rows of A, copied to the start of `store`. */
function gather(A: Matrix, rows: Int32Array, store: Float64Array): Matrix {
  const data = store.subarray(0, rows.length * A.cols)
  rows.forEach((row, i) => data.set(A.row(row), i * A.cols))
  return new Matrix(rows.length, A.cols, data)
}
