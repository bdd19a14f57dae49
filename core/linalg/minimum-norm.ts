import { inKernelMemory } from '../kernels/gemv.ts'
import { withWorkbench } from './blocks.ts'
import { cholesky, type Cholesky } from './cholesky.ts'
import { NotPositiveDefiniteError, requireFinite } from './checks.ts'
import { conditionEstimate } from './condition.ts'
import { Matrix } from './matrix.ts'
import { gram, multiply, outerGram } from './products.ts'
import { pivotedQr } from './qr.ts'
import { leastSquares } from './svd.ts'
import { solveUpper, solveUpperTranspose } from './triangular.ts'

export interface MinimumNormSolution {
  /** d×m. */
  readonly X: Matrix
  /** How it was found: Cholesky of the Gram matrix, QR with column pivoting, or the SVD. */
  readonly route: 'gram' | 'qr' | 'svd'
  /** Estimate of κ₁ of the Gram matrix, about κ(A)²; Infinity where it has no Cholesky factorisation. */
  readonly gramCondition: number
}

/** Up to here one step of refinement makes up for what the Gram matrix loses: (κ·ε)² stays below 1e-10. */
const largestGramCondition = 1e10

/**
 * The X of least Frobenius norm among the minimisers of ‖A·X − B‖_F, by the cheapest route that is accurate: A⁺B.
 *
 * Cholesky of AAᵀ (or AᵀA) with one step of refinement while the condition estimate allows; else QR with column
 * pivoting of the tall one of A and Aᵀ; the SVD where that finds the rank deficient.
 *
 * @param A n×d
 * @param B n×m
 * @throws NotFiniteError naming the entry.
 */
export function minimumNorm(A: Matrix, B: Matrix): MinimumNormSolution {
  requireFinite(A)
  requireFinite(B)
  if (A.rows !== B.rows) throw new RangeError(`A has ${A.rows} rows, B ${B.rows}.`)
  const byGram = withWorkbench(({ arena }) => throughGram(inKernelMemory(A) ? A : arena.adopt(A), B))
  return 'X' in byGram ? byGram : { ...byPivotedQr(A, B), ...byGram }
}

/** The solution, or only the condition when it is too large. A lies in the kernel memory: it is used four times. */
function throughGram(A: Matrix, B: Matrix): MinimumNormSolution | { readonly gramCondition: number } {
  const wide = A.rows <= A.cols
  const G = wide ? outerGram(A) : gram(A)
  const factorisation = tryCholesky(G)
  const gramCondition = factorisation ? conditionEstimate(G, factorisation) : Infinity
  if (!factorisation || gramCondition > largestGramCondition) return { gramCondition }
  const X = wide ? wideByGram(A, B, factorisation) : tallByGram(A, B, factorisation)
  return { X, route: 'gram', gramCondition }
}

/** The same without the Gram matrix. */
export function byPivotedQr(A: Matrix, B: Matrix): Pick<MinimumNormSolution, 'X' | 'route'> {
  const wide = A.rows <= A.cols
  const qr = pivotedQr(wide ? A.transpose() : A)
  const k = qr.R.rows
  if (qr.rank < k) return { X: leastSquares(A, B), route: 'svd' }
  if (wide) {
    // AᵀP = QR, so that A = P·RᵀQᵀ and X = Q·R⁻ᵀ·Pᵀ·B.
    const permuted = Matrix.zeros(k, B.cols)
    qr.pivots.forEach((source, i) => permuted.row(i).set(B.row(source)))
    return { X: qr.applyQ(solveUpperTranspose(qr.R, permuted)), route: 'qr' }
  }
  const solution = solveUpper(qr.R, qr.applyQTranspose(B))
  const X = Matrix.zeros(k, B.cols)
  qr.pivots.forEach((target, i) => X.row(target).set(solution.row(i)))
  return { X, route: 'qr' }
}

/** X = Aᵀ·(AAᵀ)⁻¹·B, refined once with the residual of A·X = B. */
function wideByGram(A: Matrix, B: Matrix, factorisation: Cholesky): Matrix {
  const X = multiply(A, factorisation.solve(B), { transposeA: true })
  const residual = multiply(A, X, { alpha: -1, beta: 1, out: B.clone() })
  return multiply(A, factorisation.solve(residual), { transposeA: true, beta: 1, out: X })
}

/** X = (AᵀA)⁻¹·Aᵀ·B, refined once with the residual of A·X = B. */
function tallByGram(A: Matrix, B: Matrix, factorisation: Cholesky): Matrix {
  const X = factorisation.solve(multiply(A, B, { transposeA: true }))
  const residual = multiply(A, X, { alpha: -1, beta: 1, out: B.clone() })
  const correction = factorisation.solve(multiply(A, residual, { transposeA: true }))
  for (let i = 0; i < X.data.length; i++) X.data[i] += correction.data[i]
  return X
}

function tryCholesky(G: Matrix): Cholesky | undefined {
  try {
    return cholesky(G)
  } catch (error) {
    if (error instanceof NotPositiveDefiniteError) return undefined
    throw error
  }
}
