/** Prepared data as handles on shared memory: every thread reads the one copy, nothing is copied through messages. */
import { BidualError } from '../../core/errors.ts'
import type { PreparedData } from '../../core/experiments/problem.ts'
import type { ProblemSummary } from '../../core/experiments/result.ts'
import { Matrix } from '../../core/linalg/matrix.ts'

/** A {@link Matrix} on shared memory, as a message carries it. */
export interface MatrixHandle {
  rows: number
  cols: number
  data: Float64Array<SharedArrayBuffer>
}

/** {@link PreparedData}, as a message carries it. */
export interface SharedData {
  X: MatrixHandle
  Y: MatrixHandle
  test: { X: MatrixHandle; Y: MatrixHandle } | null
  summary: ProblemSummary
}

/** Zeros in shared memory. */
export function allocateShared(length: number): Float64Array<SharedArrayBuffer> {
  return new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT))
}

/** @throws BidualError `internal` when a matrix is not in shared memory */
export function toShared({ X, Y, test, summary }: PreparedData): SharedData {
  return { X: handle(X), Y: handle(Y), test: test && { X: handle(test.X), Y: handle(test.Y) }, summary }
}

function handle({ rows, cols, data }: Matrix): MatrixHandle {
  if (!isShared(data)) throw new BidualError('internal', 'A prepared matrix is not in shared memory.')
  return { rows, cols, data }
}

const isShared = (data: Float64Array): data is Float64Array<SharedArrayBuffer> =>
  data.buffer instanceof SharedArrayBuffer

/** Views on the shared memory. */
export function fromShared({ X, Y, test, summary }: SharedData): PreparedData {
  return { X: view(X), Y: view(Y), test: test && { X: view(test.X), Y: view(test.Y) }, summary }
}

const view = ({ rows, cols, data }: MatrixHandle) => new Matrix(rows, cols, data)

/** Bytes of the matrices. */
export function sharedBytes({ X, Y, test }: SharedData): number {
  const matrices = [X, Y, ...(test ? [test.X, test.Y] : [])]
  // Features and targets may be views on one buffer.
  const buffers = new Set(matrices.map(({ data }) => data.buffer))
  return [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0)
}
