import { requireFinite } from './checks.ts'
import { Matrix } from './matrix.ts'
import { axpy, dot, norm2, scale } from './products.ts'

export interface PivotedQr {
  /** n×k with orthonormal columns, k = min(n, d). */
  readonly Q: Matrix
  /** k×d upper triangular (trapezoidal), |diagonal| descending. */
  readonly R: Matrix
  /** Column j of Q·R is column `pivots[j]` of A. */
  readonly pivots: Int32Array
  /** Diagonal entries of R above tolerance·|R₀₀|. */
  readonly rank: number
}

/**
 * A·P = Q·R by Householder reflections with column pivoting.
 *
 * @param tolerance relative to |R₀₀|; 10·ε·max(n, d) by default.
 * @throws NotFiniteError naming the entry.
 */
export function pivotedQr(A: Matrix, tolerance = 10 * Number.EPSILON * Math.max(A.rows, A.cols)): PivotedQr {
  requireFinite(A)
  const k = Math.min(A.rows, A.cols)
  // Rows of `work` are the columns of A, so that a reflection runs over contiguous memory.
  const work = A.transpose()
  const pivots = Int32Array.from({ length: A.cols }, (_, j) => j)
  const reflectors: Float64Array[] = []
  for (let step = 0; step < k; step++) {
    bringLargest(work, pivots, step)
    const v = reflector(work.row(step).subarray(step))
    reflectors.push(v)
    for (let j = step; j < A.cols; j++) reflect(v, work.row(j).subarray(step))
  }
  const R = Matrix.zeros(k, A.cols)
  for (let j = 0; j < A.cols; j++) for (let i = 0; i <= Math.min(j, k - 1); i++) R.set(i, j, work.get(j, i))
  let rank = 0
  while (rank < k && Math.abs(R.get(rank, rank)) > tolerance * Math.abs(R.get(0, 0))) rank++
  return { Q: accumulate(reflectors, A.rows, k), R, pivots, rank }
}

/** Swaps the remaining column of largest norm to place `step`. */
function bringLargest(work: Matrix, pivots: Int32Array, step: number): void {
  let best = step
  let bestNorm = -1
  for (let j = step; j < work.rows; j++) {
    const norm = norm2(work.row(j).subarray(step))
    if (norm > bestNorm) [best, bestNorm] = [j, norm]
  }
  if (best === step) return
  const kept = work.row(step).slice()
  work.row(step).set(work.row(best))
  work.row(best).set(kept)
  const pivot = pivots[step]
  pivots[step] = pivots[best]
  pivots[best] = pivot
}

/** The unit v of the reflection I − 2vvᵀ that maps x onto the first axis; zero for a zero x. */
function reflector(x: Float64Array): Float64Array {
  const v = x.slice()
  const norm = norm2(v)
  if (norm === 0) return v
  scale(1 / norm, v)
  v[0] += v[0] < 0 ? -1 : 1
  scale(1 / norm2(v), v)
  return v
}

function reflect(v: Float64Array, x: Float64Array): void {
  axpy(-2 * dot(v, x), v, x)
}

/** The first k columns of H₀·H₁⋯, n×k. */
function accumulate(reflectors: readonly Float64Array[], n: number, k: number): Matrix {
  const transposed = Matrix.zeros(k, n)
  for (let j = 0; j < k; j++) transposed.set(j, j, 1)
  for (let step = k - 1; step >= 0; step--) {
    for (let j = step; j < k; j++) reflect(reflectors[step], transposed.row(j).subarray(step))
  }
  return transposed.transpose()
}
