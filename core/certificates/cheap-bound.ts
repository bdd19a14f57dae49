import { symmetricEigen } from '../linalg/eigen.ts'
import { Matrix } from '../linalg/matrix.ts'
import { gram, multiply, multiplyTransposeVector, norm2, rowNorms, scaleRows } from '../linalg/products.ts'
import { spectralNorm } from '../linalg/svd.ts'
import type { RhoProblem } from './branch-and-bound.ts'

/** Relative error of singular values and eigenvalues, generously. */
const ROUNDING = 1e-12

/**
 * An upper bound of ρ(V) = max over ‖u‖ ≤ 1 of ‖Vᵀ·S·(A·u)₊‖₂ for any rank, without arrangements (THEORY §4); S sums
 * the p rows of a sample. Valid, often loose: the least of
 *
 * - σ_max(V spread on the rows)·σ_max(A);
 * - √Σ_k ρ_k², ρ_k that of output k, for which (t)₊ = ½t + ½|t| gives, for each sign of v,
 *   ½‖Aᵀv‖ + ½·√(Σ_{vᵢ>0} vᵢ)·√λ_max(Σ_{vᵢ>0} vᵢaᵢaᵢᵀ);
 * - ½σ_max(AᵀV) + ½·√(Σ‖Vᵢ‖)·√λ_max(Σ‖Vᵢ‖aᵢaᵢᵀ), the same for all outputs together.
 *
 * @throws RangeError when the shapes do not match.
 */
export function cheapRhoBound({ A, V, patches = 1 }: RhoProblem): number {
  if (A.rows !== V.rows * patches)
    throw new RangeError(`Expected ${V.rows}·${patches} rows, found ${A.rows}.`)
  if (A.cols === 0 || A.rows === 0 || V.cols === 0) return 0
  const spread = spreadRows(V, patches)
  const outputs = Array.from({ length: V.cols }, (_, k) => scalarBound(A, spread.columnCopy(k)))
  const together =
    0.5 * spectralNorm(multiply(A, spread, { transposeA: true })) + 0.5 * absoluteBound(A, rowNorms(spread))
  const least = Math.min(spectralNorm(spread) * spectralNorm(A), norm2(Float64Array.from(outputs)), together)
  return least * (1 + ROUNDING)
}

/**
 * ρ(V) ≤ σ_max(V) for families whose atoms are unit vectors of Rⁿ, as those of `relu-bn` are (THEORY 3.4): there the
 * features [Uᵢ, 1/√n] of every cell are orthonormal. For one output it is ‖v‖.
 *
 * @param V n×K
 */
export function unitAtomBound(V: Matrix): number {
  return V.rows === 0 || V.cols === 0 ? 0 : spectralNorm(V) * (1 + ROUNDING)
}

/** Row i of V p times. */
function spreadRows(V: Matrix, patches: number): Matrix {
  if (patches === 1) return V
  const result = Matrix.zeros(V.rows * patches, V.cols)
  for (let j = 0; j < result.rows; j++) result.row(j).set(V.row(Math.floor(j / patches)))
  return result
}

function scalarBound(A: Matrix, v: Float64Array): number {
  const half = 0.5 * norm2(multiplyTransposeVector(A, v))
  const positive = v.map((value) => Math.max(0, value))
  const negative = v.map((value) => Math.max(0, -value))
  return half + 0.5 * Math.max(absoluteBound(A, positive), absoluteBound(A, negative))
}

/** √(Σwᵢ)·√λ_max(Σ wᵢaᵢaᵢᵀ) ≥ max over ‖u‖ ≤ 1 of Σ wᵢ|aᵢᵀu|, w ≥ 0 (Cauchy–Schwarz). */
function absoluteBound(A: Matrix, weights: Float64Array): number {
  const total = weights.reduce((sum, value) => sum + value, 0)
  const { values } = symmetricEigen(gram(scaleRows(A, weights.map(Math.sqrt))))
  return Math.sqrt(total * Math.max(0, values[values.length - 1]))
}
