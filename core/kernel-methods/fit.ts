import { ridge } from '../closed-form/ridge.ts'
import { cholesky } from '../linalg/cholesky.ts'
import { symmetricEigen } from '../linalg/eigen.ts'
import type { Matrix } from '../linalg/matrix.ts'
import { multiply, scaleRows } from '../linalg/products.ts'

/** argmin over C of ½‖K·C − Y‖² + (β/2)‖C‖²: equation (20) of Ergen & Pilanci 2021 with the equality relaxed. */
export function fitCoefficients(K: Matrix, Y: Matrix, beta: number): Matrix {
  return ridge(K, Y, beta)
}

/** Below this share of the trace, β does not make a singular kernel safely definite. */
const SAFE_SHIFT = 1e-10

/**
 * argmin over C of ½‖K·C − Y‖² + (β/2)⟨C, K·C⟩ for a positive semidefinite K: (K + βI)⁻¹·Y. Where K is singular and β
 * within its rounding, the part in the null space of K is left out: it stands for the zero function.
 */
export function fitFunction(K: Matrix, Y: Matrix, beta: number): Matrix {
  const shifted = K.clone()
  let trace = 0
  for (let i = 0; i < K.rows; i++) {
    trace += K.get(i, i)
    shifted.data[i * (K.rows + 1)] += beta
  }
  return beta < SAFE_SHIFT * trace ? spectral(K, Y, beta).C : cholesky(shifted).solve(Y)
}

export interface MinimumNormFit {
  /** K†·Y. */
  C: Matrix
  /** Eigenvalues of K that count: above 10·ε·n of the largest. */
  rank: number
}

/** The C of least norm among the minimisers of ‖K·C − Y‖, K symmetric (Ergen & Pilanci 2021, (20)). */
export function fitMinimumNorm(K: Matrix, Y: Matrix): MinimumNormFit {
  return spectral(K, Y, 0)
}

/** (K + βI)⁻¹·Y on the eigenvectors that count, zero on the others. */
function spectral(K: Matrix, Y: Matrix, beta: number): MinimumNormFit {
  const { values, vectors } = symmetricEigen(K)
  const limit = 10 * Number.EPSILON * K.rows * Math.max(...values.map(Math.abs))
  const inverse = values.map((value) => (Math.abs(value) > limit ? 1 / (value + beta) : 0))
  const rotated = multiply(vectors, Y, { transposeA: true })
  return {
    C: multiply(vectors, scaleRows(rotated, inverse)),
    rank: inverse.filter((value) => value !== 0).length,
  }
}
