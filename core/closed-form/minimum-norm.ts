import { cholesky, type Cholesky } from '../linalg/cholesky.ts'
import { NotPositiveDefiniteError } from '../linalg/checks.ts'
import { Matrix } from '../linalg/matrix.ts'
import { axpy, frobeniusNorm, multiply, outerGram } from '../linalg/products.ts'
import { leastSquares } from '../linalg/svd.ts'
import { columnMeans } from '../networks/row-source.ts'

/** (I − 11ᵀ/n)A, a new matrix. */
export function centerColumns(A: Matrix): Matrix {
  const means = columnMeans(A).data
  const result = A.clone()
  for (let i = 0; i < A.rows; i++) axpy(-1, means, result.row(i))
  return result
}

export interface CenteredSolution {
  /** d×K. */
  W: Matrix
  /** ‖X_c·W − B‖_F / ‖B‖_F. */
  residual: number
  /** How it was computed. */
  solver: 'Gram matrix, refined' | 'singular value decomposition'
}

/** A relative residual that leaves the objective of the recovered network exact to about its square. */
const ACCEPTED_RESIDUAL = 1e-11
const REFINEMENTS = 4

/**
 * The W (d×K) of minimum norm with X_c·W = B, for centred X_c (n×d, rank n − 1) and B (n×K) with columns orthogonal
 * to 1.
 *
 * W = X_cᵀZ with (X_cX_cᵀ + σ·11ᵀ/n)Z = B: the added term fills in the one null direction 1, which B does not see,
 * and the system is positive definite. It squares the condition number, so iterative refinement on X_c·W − B
 * follows; where that does not reach 1e-11 the singular value decomposition takes over.
 */
export function solveCentered(Xc: Matrix, B: Matrix): CenteredSolution {
  const size = frobeniusNorm(B)
  if (size === 0) return { W: Matrix.zeros(Xc.cols, B.cols), residual: 0, solver: 'Gram matrix, refined' }
  return refinedGram(Xc, B, size) ?? bySvd(Xc, B, size)
}

function refinedGram(Xc: Matrix, B: Matrix, size: number): CenteredSolution | null {
  const factor = filledGram(Xc)
  if (!factor) return null
  const W = Matrix.zeros(Xc.cols, B.cols)
  let R = B
  for (let step = 0; step <= REFINEMENTS; step++) {
    multiply(Xc, factor.solve(R), { transposeA: true, beta: 1, out: W })
    R = residualOf(Xc, W, B)
    const residual = frobeniusNorm(R) / size
    if (residual <= ACCEPTED_RESIDUAL) return { W, residual, solver: 'Gram matrix, refined' }
  }
  return null
}

function bySvd(Xc: Matrix, B: Matrix, size: number): CenteredSolution {
  const W = leastSquares(Xc, B)
  const residual = frobeniusNorm(residualOf(Xc, W, B)) / size
  return { W, residual, solver: 'singular value decomposition' }
}

/** B − X_c·W. */
function residualOf(Xc: Matrix, W: Matrix, B: Matrix): Matrix {
  return multiply(Xc, W, { alpha: -1, beta: 1, out: B.clone() })
}

/** The factorisation of X_cX_cᵀ + σ·11ᵀ/n with σ the mean eigenvalue; null when it is numerically singular. */
function filledGram(Xc: Matrix): Cholesky | null {
  const G = outerGram(Xc)
  const n = G.rows
  let trace = 0
  for (let i = 0; i < n; i++) trace += G.get(i, i)
  for (let at = 0; at < G.data.length; at++) G.data[at] += trace / (n * n)
  try {
    return cholesky(G)
  } catch (error) {
    if (error instanceof NotPositiveDefiniteError) return null
    throw error
  }
}
