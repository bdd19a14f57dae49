import { NotPositiveDefiniteError } from '../linalg/checks.ts'
import { cholesky, type Cholesky } from '../linalg/cholesky.ts'
import { Matrix } from '../linalg/matrix.ts'
import { axpy, frobeniusNorm, gram, multiply, outerGram, scaleColumns } from '../linalg/products.ts'
import { numericalRank, thinSvd } from '../linalg/svd.ts'

const REFINEMENTS = 4
/** A relative residual this small leaves the value of the ridge objective exact to about its square. */
const ACCEPTED_RESIDUAL = 1e-12

/**
 * argmin over W (d×K) of ½‖XW − Y‖²_F + (β/2)‖W‖²_F, β > 0; for β → 0 the minimum-norm least squares.
 *
 * Solves the smaller of (XᵀX + βI)W = XᵀY and (XXᵀ + βI)Z = Y, W = XᵀZ, by Cholesky and iterative refinement; where
 * that stalls, or β is within rounding of the Gram matrix, by the singular value decomposition.
 */
export function ridge(X: Matrix, Y: Matrix, beta: number): Matrix {
  return (X.cols <= X.rows ? primal(X, Y, beta) : dual(X, Y, beta)) ?? bySvd(X, Y, beta)
}

function primal(X: Matrix, Y: Matrix, beta: number): Matrix | null {
  const target = multiply(X, Y, { transposeA: true })
  return refined(shifted(gram(X), beta), target, (W) => {
    const R = multiply(X, W, { alpha: -1, beta: 1, out: Y.clone() })
    const G = multiply(X, R, { transposeA: true })
    axpy(-beta, W.data, G.data)
    return G
  })
}

function dual(X: Matrix, Y: Matrix, beta: number): Matrix | null {
  const Z = refined(shifted(outerGram(X), beta), Y, (trial) => {
    const W = multiply(X, trial, { transposeA: true })
    const R = multiply(X, W, { alpha: -1, beta: 1, out: Y.clone() })
    axpy(-beta, trial.data, R.data)
    return R
  })
  return Z && multiply(X, Z, { transposeA: true })
}

/** A⁻¹·target from a factorisation of A and its exact residual; null when refinement does not get there. */
function refined(
  factor: Cholesky | null,
  target: Matrix,
  residual: (solution: Matrix) => Matrix,
): Matrix | null {
  if (!factor) return null
  const limit = ACCEPTED_RESIDUAL * frobeniusNorm(target)
  const solution = Matrix.zeros(target.rows, target.cols)
  let left = target
  for (let step = 0; step <= REFINEMENTS; step++) {
    axpy(1, factor.solve(left).data, solution.data)
    left = residual(solution)
    if (frobeniusNorm(left) <= limit) return solution
  }
  return null
}

/** Below this share of the trace, β does not make a singular Gram matrix safely definite. */
const SAFE_SHIFT = 1e-10

/** The factorisation of G + βI, written over G; null when it is, or may be, numerically singular. */
function shifted(G: Matrix, beta: number): Cholesky | null {
  let trace = 0
  for (let i = 0; i < G.rows; i++) {
    trace += G.data[i * G.cols + i]
    G.data[i * G.cols + i] += beta
  }
  if (beta < SAFE_SHIFT * trace) return null
  try {
    return cholesky(G)
  } catch (error) {
    if (error instanceof NotPositiveDefiniteError) return null
    throw error
  }
}

/** V·diag(s/(s² + β))·UᵀY; singular values that are rounding count as zero. */
function bySvd(X: Matrix, Y: Matrix, beta: number): Matrix {
  const { U, s, V } = thinSvd(X)
  const rank = numericalRank(s)
  const weights = s.map((value, i) => (i < rank ? value / (value * value + beta) : 0))
  return multiply(scaleColumns(V, weights), multiply(U, Y, { transposeA: true }))
}
