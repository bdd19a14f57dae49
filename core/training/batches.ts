import { gatherRows } from '../kernels/elementwise.ts'
import { Matrix, zerosAlike, type RealArray } from '../linalg/matrix.ts'
import type { Stream } from '../random/index.ts'

export interface Batch {
  X: Matrix<RealArray>
  Y: Matrix
}

/** Cuts an epoch into batches. */
export interface Batches {
  /** Batches an epoch. */
  readonly count: number
  /** The batches of epoch `epoch` from number `from` on; each is only valid until the next is taken. */
  epoch(epoch: number, from?: number): Iterable<Batch>
}

/** Cuts an epoch into batches of row numbers. */
export interface RowBatches {
  /** Batches an epoch. */
  readonly count: number
  /** Rows of the largest batch. */
  readonly largest: number
  epoch(epoch: number, from?: number): Iterable<Int32Array>
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
  function* epoch(index: number, from = 0): Generator<Int32Array> {
    const order = stream.split(index).permutation(n)
    for (let b = from; b < count; b++) {
      yield order.subarray(Math.floor((b * n) / count), Math.floor(((b + 1) * n) / count))
    }
  }
  return { count, largest: Math.ceil(n / count), epoch }
}

/**
 * The batches of {@link batchRows} with their rows of X and Y; all rows as one batch are not copied.
 *
 * @param allocate makes the room that batches of X are gathered in, of the precision of X
 */
export function makeBatches<T extends RealArray>(
  X: Matrix<T>,
  Y: Matrix,
  batches: RowBatches,
  allocate: (length: number) => T = (length) => zerosAlike(X.data, length),
): Batches {
  const { count, largest } = batches
  if (count === 1) return { count, epoch: () => [{ X, Y }] }
  const store = { X: allocate(largest * X.cols), Y: new Float64Array(largest * Y.cols) }
  function* gathered(index: number, from?: number): Generator<Batch> {
    for (const rows of batches.epoch(index, from))
      yield { X: gather(X, rows, store.X), Y: gather(Y, rows, store.Y) }
  }
  return { count, epoch: gathered }
}

/** The named rows of A, copied to the start of `store`. */
function gather<T extends RealArray>(A: Matrix<T>, rows: Int32Array, store: T): Matrix<T> {
  const data = store.subarray(0, rows.length * A.cols) as T
  gatherRows(A.data, A.cols, rows, data)
  return new Matrix(rows.length, A.cols, data, A.place)
}
