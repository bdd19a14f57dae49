/** Linear networks whose optimal weights can be written down (THEORY 3.7, 5.3, 5.8). */
import { BidualError } from '../../errors.ts'
import type { Matrix } from '../../linalg/matrix.ts'
import { combine, frobeniusNorm, multiply, scaleColumns, scaleRows } from '../../linalg/products.ts'
import { thinSvd } from '../../linalg/svd.ts'
import { LOSSES } from '../../losses/index.ts'
import type { RowSpace } from './data-reduction.ts'
import { decayProx } from './schatten.ts'

/** Singular values of X that differ by less than this share count as equal. */
const EQUAL = 1e-10

/** Whether X has XᵀX = c·I on its row space: then the squared loss separates into singular values. */
export function isWhite({ s }: RowSpace): boolean {
  return s[0] - s[s.length - 1] <= EQUAL * s[0]
}

/** A⁺·B for orthogonal columns of A, once refined. */
export function pseudoSolve({ A, s }: RowSpace, B: Matrix): Matrix {
  const inverse = s.map((value) => 1 / value ** 2)
  const solve = (R: Matrix) => scaleRows(multiply(A, R, { transposeA: true }), inverse)
  const W = solve(B)
  return combine(1, W, 1, solve(multiply(A, W, { alpha: -1, beta: 1, out: B.clone() })))
}

/**
 * argmin of ½‖A·W − Y‖² + (βL/2)Σσᵢ(W)^{2/L} for A with AᵀA = c²·I: the singular vectors of A⁺Y, and for each singular
 * value the better of 0 and the largest root (r×K).
 */
export function whiteOptimum(data: RowSpace, Y: Matrix, beta: number, layers: number): Matrix {
  const { U, s, V } = thinSvd(pseudoSolve(data, Y))
  const gamma = beta / data.s[0] ** 2
  const shrunk = s.map((value) => decayProx(value, gamma, layers))
  return multiply(scaleColumns(U, shrunk), V, { transposeB: true })
}

/**
 * The only W (r×K) on the row space with A·W = Y. Every other interpolating matrix has larger singular values, so it
 * is the minimum-norm solution for every depth.
 *
 * @throws BidualError unsupported when no linear network interpolates.
 */
export function interpolant(data: RowSpace, Y: Matrix): Matrix {
  const W = pseudoSolve(data, Y)
  const F = multiply(data.A, W)
  if (LOSSES.equality.value(F, Y) === 0) return W
  const miss = frobeniusNorm(combine(1, F, -1, Y)) / frobeniusNorm(Y)
  throw new BidualError(
    'unsupported',
    `No linear network fits these targets exactly: the best one misses them by ${(100 * miss).toPrecision(2)} % ` +
      `(${Y.rows} rows, rank ${data.s.length}). Choose the squared loss, or a ReLU network.`,
  )
}

/** The V in the range of A with AᵀV = PQᵀ, W = PSQᵀ: σ_max(AᵀV) = 1 and ⟨V, A·W⟩ = ‖W‖_*. */
export function interpolantDual({ A, s }: RowSpace, W: Matrix): Matrix {
  const { U, s: sigma, V } = thinSvd(W)
  const unit = sigma.map((value) => (value > 1e-14 * sigma[0] ? 1 : 0))
  const polar = multiply(scaleColumns(U, unit), V, { transposeB: true })
  return multiply(
    A,
    scaleRows(
      polar,
      s.map((value) => 1 / value ** 2),
    ),
  )
}
