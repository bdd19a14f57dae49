import { Matrix as MlMatrix, SingularValueDecomposition } from 'ml-matrix'
import { requireFinite } from './checks.ts'
import { Matrix } from './matrix.ts'
import { multiply, scaleColumns } from './products.ts'

export interface Svd {
  /** n×k with orthonormal columns, k = min(n, d). */
  readonly U: Matrix
  /** k singular values, descending. */
  readonly s: Float64Array
  /** d×k with orthonormal columns. */
  readonly V: Matrix
}

/**
 * A = U·diag(s)·Vᵀ for an n×d matrix.
 *
 * @throws NotFiniteError naming the entry.
 */
export function thinSvd(A: Matrix): Svd {
  requireFinite(A)
  const k = Math.min(A.rows, A.cols)
  if (k === 0) return { U: Matrix.zeros(A.rows, 0), s: new Float64Array(0), V: Matrix.zeros(A.cols, 0) }
  const source = MlMatrix.from1DArray(A.rows, A.cols, A.data)
  const result = new SingularValueDecomposition(source, { autoTranspose: true })
  return {
    U: leadingColumns(result.leftSingularVectors, k),
    s: Float64Array.from(result.diagonal.slice(0, k)),
    V: leadingColumns(result.rightSingularVectors, k),
  }
}

/** The min(n, d) singular values of A, descending. */
export function singularValues(A: Matrix): Float64Array {
  return thinSvd(A).s
}

/**
 * How many singular values exceed `tolerance`·s₀.
 *
 * @param s descending singular values
 * @param tolerance relative to the largest; 10·ε·(number of values) by default.
 */
export function numericalRank(s: Float64Array, tolerance = 10 * Number.EPSILON * s.length): number {
  let rank = 0
  while (rank < s.length && s[rank] > tolerance * s[0]) rank++
  return rank
}

/** A⁺ (d×n); singular values up to `tolerance`·s₀ count as zero. */
export function pseudoInverse(A: Matrix, tolerance?: number): Matrix {
  const { V, U, weights } = invertedSvd(A, tolerance)
  return multiply(scaleColumns(V, weights), U, { transposeB: true })
}

/** The X (d×m) of minimum Frobenius norm among the minimisers of ‖A·X − B‖_F. */
export function leastSquares(A: Matrix, B: Matrix, tolerance?: number): Matrix {
  const { V, U, weights } = invertedSvd(A, tolerance)
  return multiply(scaleColumns(V, weights), multiply(U, B, { transposeA: true }))
}

/** Σ sᵢ. */
export function nuclearNorm(A: Matrix): number {
  return singularValues(A).reduce((sum, value) => sum + value, 0)
}

/** s₀, 0 for an empty matrix. */
export function spectralNorm(A: Matrix): number {
  return singularValues(A)[0] ?? 0
}

function invertedSvd(A: Matrix, tolerance?: number): { U: Matrix; V: Matrix; weights: Float64Array } {
  const { U, s, V } = thinSvd(A)
  const rank = numericalRank(s, tolerance)
  return { U, V, weights: s.map((value, i) => (i < rank ? 1 / value : 0)) }
}

function leadingColumns(source: MlMatrix, k: number): Matrix {
  const result = Matrix.zeros(source.rows, k)
  for (let i = 0; i < source.rows; i++) for (let j = 0; j < k; j++) result.set(i, j, source.get(i, j))
  return result
}
