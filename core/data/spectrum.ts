/**
 * Singular values and ranks of the training data.
 *
 * Small matrices are decomposed themselves: a singular value counts when σ > 10·ε·max(n, d)·σ₁. Where that would
 * take long the Gram matrix of the smaller side is decomposed instead; its eigenvalues are σ² with an error of about
 * ε·σ₁², so a singular value counts when σ² > 10·ε·min(n, d)·σ₁², that is σ ≳ 1e-6·σ₁ for hundreds of columns.
 */
import { symmetricEigen } from '../linalg/eigen.ts'
import { Matrix } from '../linalg/matrix.ts'
import { dot, gram, multiply, outerGram, scaleColumns } from '../linalg/products.ts'
import { numericalRank, singularValues, thinSvd } from '../linalg/svd.ts'

/** n·d·min(n, d) up to which a decomposition of X itself takes about a second. */
const DIRECT_LIMIT = 1e8

export interface Spectrum {
  rank: number
  /** Of (I − 11ᵀ/n)X; rank([X 1]) is one more, because the ones are orthogonal to what is left of X. */
  rankCentered: number
  sigmaMax: number
  /** The smallest singular value that counts; 0 when none does. */
  sigmaMin: number
}

/**
 * @param X n×d, finite
 * @param directLimit n·d·min(n, d) up to which X itself is decomposed
 */
export function spectrumOf(X: Matrix, directLimit = DIRECT_LIMIT): Spectrum {
  const [s, centered] = isSmall(X, directLimit) ? directValues(X) : gramValues(X)
  const rank = numericalRank(s.values, s.tolerance)
  return {
    rank,
    // Centring leaves rounding of the size of X itself, so both are measured against X.
    rankCentered: centered.values.filter((value) => value > centered.tolerance * s.values[0]).length,
    sigmaMax: s.values[0],
    sigmaMin: rank > 0 ? s.values[rank - 1] : 0,
  }
}

/** Whether {@link spectrumOf} is quick. */
export function isSmall({ rows, cols }: { rows: number; cols: number }, limit = DIRECT_LIMIT): boolean {
  return rows * cols * Math.min(rows, cols) <= limit
}

interface Values {
  /** Descending. */
  values: Float64Array
  /** Relative to the largest of X. */
  tolerance: number
}

function directTolerance({ rows, cols }: Matrix): number {
  return 10 * Number.EPSILON * Math.max(rows, cols)
}

function gramTolerance({ rows, cols }: Matrix): number {
  return Math.sqrt(10 * Number.EPSILON * Math.min(rows, cols))
}

function directValues(X: Matrix): [Values, Values] {
  const tolerance = directTolerance(X)
  return [
    { values: singularValues(X), tolerance },
    { values: singularValues(centered(X)), tolerance },
  ]
}

function gramValues(X: Matrix): [Values, Values] {
  const tolerance = gramTolerance(X)
  const G = smallGram(X)
  return [G, centerGram(G, X)].map((S) => ({ values: rootsOf(symmetricEigen(S).values), tolerance })) as [
    Values,
    Values,
  ]
}

/** Descending square roots of ascending eigenvalues; negative ones are rounding. */
function rootsOf(eigenvalues: Float64Array): Float64Array {
  return eigenvalues.map((value) => Math.sqrt(Math.max(value, 0))).reverse()
}

function centered(X: Matrix): Matrix {
  const mean = columnMeans(X)
  const result = X.clone()
  for (let i = 0; i < X.rows; i++) {
    const row = result.row(i)
    for (let j = 0; j < row.length; j++) row[j] -= mean[j]
  }
  return result
}

function columnMeans(X: Matrix): Float64Array {
  const mean = new Float64Array(X.cols)
  for (let i = 0; i < X.rows; i++) {
    const row = X.row(i)
    for (let j = 0; j < row.length; j++) mean[j] += row[j] / X.rows
  }
  return mean
}

/** XᵀX when n > d, XXᵀ otherwise. */
function smallGram(X: Matrix): Matrix {
  return X.rows > X.cols ? gram(X) : outerGram(X)
}

/** The Gram matrix of the centred data: XᵀX − n·mmᵀ, or HXXᵀH with H = I − 11ᵀ/n. */
function centerGram(G: Matrix, X: Matrix): Matrix {
  const result = G.clone()
  const m = G.rows
  if (X.rows > X.cols) {
    const mean = columnMeans(X)
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < m; j++) result.data[i * m + j] -= X.rows * mean[i] * mean[j]
    }
    return result
  }
  const mean = columnMeans(G)
  const grand = mean.reduce((sum, value) => sum + value, 0) / m
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < m; j++) result.data[i * m + j] += grand - mean[i] - mean[j]
  }
  return result
}

/**
 * Right singular vectors and singular values of X that count, by the same rule.
 *
 * @returns V: d×r with orthonormal columns; s: r values, descending
 */
export function rowSpace(X: Matrix, directLimit = DIRECT_LIMIT): { V: Matrix; s: Float64Array } {
  if (isSmall(X, directLimit)) {
    const { s, V } = thinSvd(X)
    const rank = numericalRank(s, directTolerance(X))
    return { V: leading(V, rank), s: s.slice(0, rank) }
  }
  const { values, vectors } = symmetricEigen(smallGram(X))
  const s = rootsOf(values)
  const rank = numericalRank(s, gramTolerance(X))
  const Q = leading(reversedColumns(vectors), rank)
  const kept = s.slice(0, rank)
  if (X.rows > X.cols) return { V: Q, s: kept }
  const inverse = kept.map((value) => 1 / value)
  return { V: scaleColumns(multiply(X, Q, { transposeA: true }), inverse), s: kept }
}

function leading(A: Matrix, count: number): Matrix {
  const result = Matrix.zeros(A.rows, count)
  for (let i = 0; i < A.rows; i++) result.row(i).set(A.row(i).subarray(0, count))
  return result
}

function reversedColumns(A: Matrix): Matrix {
  const result = A.clone()
  for (let i = 0; i < A.rows; i++) result.row(i).reverse()
  return result
}

/**
 * max |X Xᵀ − I|; null when n > d (then it cannot be 0).
 *
 * @param enough stop above this: the exact size of a large error matters to nobody
 */
export function whitenedError(X: Matrix, enough = 1): number | null {
  if (X.rows > X.cols) return null
  let largest = 0
  for (let i = 0; i < X.rows; i++) {
    for (let j = 0; j <= i; j++) {
      largest = Math.max(largest, Math.abs(dot(X.row(i), X.row(j)) - (i === j ? 1 : 0)))
      if (largest > enough) return largest
    }
  }
  return largest
}
