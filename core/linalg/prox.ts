import { shrinkColumns } from '../kernels/fused.ts'
import { Matrix } from './matrix.ts'
import { multiply, norm2, scaleColumns } from './products.ts'
import { thinSvd } from './svd.ts'

/** sign(t)·max(|t| − τ, 0): the prox of τ|·|. */
export function softThreshold(t: number, tau: number): number {
  return t > tau ? t - tau : t < -tau ? t + tau : 0
}

/** Entrywise soft threshold: the prox of τ‖·‖₁. `out` may be x itself. */
export function softThresholdVector(
  x: Float64Array,
  tau: number,
  out = new Float64Array(x.length),
): Float64Array {
  for (let i = 0; i < x.length; i++) out[i] = softThreshold(x[i], tau)
  return out
}

/** (1 − τ/‖x‖₂)₊·x: the prox of τ‖·‖₂. `out` may be x itself. */
export function groupSoftThreshold(
  x: Float64Array,
  tau: number,
  out = new Float64Array(x.length),
): Float64Array {
  const norm = norm2(x)
  const factor = norm > tau ? 1 - tau / norm : 0
  for (let i = 0; i < x.length; i++) out[i] = factor * x[i]
  return out
}

/** The prox of τ·Σⱼ‖A.column(j)‖₂. `out` may be A itself. */
export function groupSoftThresholdColumns(
  A: Matrix,
  tau: number,
  out = Matrix.zeros(A.rows, A.cols),
): Matrix {
  if (out !== A) out.data.set(A.data)
  shrinkColumns(out, tau)
  return out
}

/** U·diag((s − τ)₊)·Vᵀ: the prox of τ‖·‖_*. */
export function singularValueSoftThreshold(A: Matrix, tau: number): Matrix {
  const { U, s, V } = thinSvd(A)
  return multiply(scaleColumns(U, softThresholdVector(s, tau)), V, { transposeB: true })
}

/**
 * The nearest point of {x ≥ 0, Σxᵢ = radius}, by sorting (Held, Wolfe, Crowder 1974).
 *
 * @throws RangeError for an empty x or a radius that is not positive.
 */
export function projectSimplex(x: Float64Array, radius = 1): Float64Array {
  if (x.length === 0 || !(radius > 0))
    throw new RangeError('A simplex needs a coordinate and a positive radius.')
  const sorted = x.slice().sort().reverse()
  let sum = 0
  let threshold = 0
  for (let k = 0; k < sorted.length; k++) {
    sum += sorted[k]
    const candidate = (sum - radius) / (k + 1)
    if (sorted[k] <= candidate) break
    threshold = candidate
  }
  return x.map((value) => Math.max(value - threshold, 0))
}

/** The nearest point of {‖x‖₁ ≤ radius}. */
export function projectL1Ball(x: Float64Array, radius = 1): Float64Array {
  if (!(radius >= 0)) throw new RangeError('The radius of a ball is not negative.')
  const magnitudes = x.map(Math.abs)
  if (magnitudes.reduce((sum, value) => sum + value, 0) <= radius) return x.slice()
  if (radius === 0) return new Float64Array(x.length)
  const shrunk = projectSimplex(magnitudes, radius)
  return shrunk.map((value, i) => (x[i] < 0 ? 0 - value : value))
}

/** The nearest point of {‖x‖₂ ≤ radius}. */
export function projectL2Ball(x: Float64Array, radius = 1): Float64Array {
  const norm = norm2(x)
  return norm <= radius ? x.slice() : x.map((value) => (value / norm) * radius)
}
