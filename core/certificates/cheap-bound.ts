import { symmetricEigen } from '../linalg/eigen.ts'
import type { Matrix } from '../linalg/matrix.ts'
import { gram, multiplyTransposeVector, norm2, scaleRows } from '../linalg/products.ts'

/**
 * An upper bound of ρ(v) = max over ‖u‖ ≤ 1 of |Σ vᵢ(aᵢᵀu)₊| for any rank, without arrangements (THEORY §4).
 *
 * (t)₊ = ½t + ½|t| gives, for each sign of v, ½‖Aᵀv‖ + ½·√(Σ_{vᵢ>0} vᵢ)·√λ_max(Σ_{vᵢ>0} vᵢaᵢaᵢᵀ). Valid, often loose.
 *
 * @param A n×r; @param v n entries
 */
export function cheapRhoBound(A: Matrix, v: Float64Array): number {
  const half = 0.5 * norm2(multiplyTransposeVector(A, v))
  const positive = v.map((value) => Math.max(0, value))
  const negative = v.map((value) => Math.max(0, -value))
  return half + 0.5 * Math.max(absoluteBound(A, positive), absoluteBound(A, negative))
}

/** √(Σwᵢ)·√λ_max(Σ wᵢaᵢaᵢᵀ) ≥ max over ‖u‖ ≤ 1 of Σ wᵢ|aᵢᵀu|, w ≥ 0 (Cauchy–Schwarz). */
function absoluteBound(A: Matrix, weights: Float64Array): number {
  if (A.cols === 0) return 0
  const total = weights.reduce((sum, value) => sum + value, 0)
  const { values } = symmetricEigen(gram(scaleRows(A, weights.map(Math.sqrt))))
  return Math.sqrt(total * Math.max(0, values[values.length - 1]))
}
