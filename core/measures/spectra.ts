import { symmetricEigen } from '../linalg/eigen.ts'
import type { Matrix } from '../linalg/matrix.ts'
import { gram, multiplyTransposeVector, multiplyVector, outerGram } from '../linalg/products.ts'
import { thinSvd } from '../linalg/svd.ts'

/** What the measures need of a decomposition W = U·diag(s)·Vᵀ. */
export interface Spectrum {
  /** Singular values, descending. */
  s: Float64Array
  /** First columns of U and V; empty for an empty matrix. */
  left: Float64Array
  right: Float64Array
}

/** rows·cols·min(rows, cols) up to which W itself is decomposed in about a second. */
const DIRECT_LIMIT = 1e8

/**
 * Singular values of W and its leading singular vectors, each to ε·s₀; of very large W by the Gram matrix, then to √ε·s₀
 * (see {@link quickSpectrum}).
 */
export function spectrum(W: Matrix): Spectrum {
  if (W.rows * W.cols * Math.min(W.rows, W.cols) > DIRECT_LIMIT) return quickSpectrum(W)
  const { U, s, V } = thinSvd(W)
  return { s, left: U.columnCopy(0), right: V.columnCopy(0) }
}

/**
 * The same from the eigenvalues of the smaller of WᵀW and WWᵀ: several times faster, singular values to about 1e-8·s₀,
 * which is enough for ranks at a tolerance of 1e-6.
 */
export function quickSpectrum(W: Matrix): Spectrum {
  const tall = W.rows >= W.cols
  const k = Math.min(W.rows, W.cols)
  if (k === 0) return { s: new Float64Array(0), left: new Float64Array(0), right: new Float64Array(0) }
  const { values, vectors } = symmetricEigen(tall ? gram(W) : outerGram(W))
  const s = values.map((value) => Math.sqrt(Math.max(0, value))).reverse()
  const own = vectors.columnCopy(k - 1)
  const other = tall ? multiplyVector(W, own) : multiplyTransposeVector(W, own)
  if (s[0] > 0) other.forEach((value, i) => (other[i] = value / s[0]))
  return tall ? { s, left: other, right: own } : { s, left: own, right: other }
}

/** A rough count of the multiply–adds of {@link quickSpectrum}: eigenvalues run slower than products, and calls cost. */
export function spectrumWork({ rows, cols }: Pick<Matrix, 'rows' | 'cols'>): number {
  const k = Math.min(rows, cols)
  return rows * cols * k + EIGEN_WORK * k ** 3 + CALL_WORK
}

const EIGEN_WORK = 20
const CALL_WORK = 1e5
