import { Matrix } from '../linalg/matrix.ts'
import { dot, norm2 } from '../linalg/products.ts'
import { solveByLagrangian } from './master-lagrangian.ts'
import { solveByNewton } from './master-newton.ts'
import type { MasterPoint, MasterProblem, MasterSolution } from './master-problem.ts'

/**
 * Solves the group-penalised problem over fixed atoms to primal − dual ≤ tolerance·|primal|: smooth losses by Newton's
 * method on the non-zero rows, losses with kinks, and what Newton's method does not finish, by proximal steps in the dual.
 */
export function solveMaster(
  problem: MasterProblem,
  tolerance: number,
  start: MasterPoint = zeroPoint(problem),
): MasterSolution {
  if (!Number.isFinite(problem.loss.lipschitz)) return solveByLagrangian(problem, tolerance, start)
  const first = solveByNewton(problem, tolerance, start)
  if (relativeGap(first) <= STUCK * tolerance) return first
  const second = solveByLagrangian(problem, tolerance, { ...first, steps: zeroPoint(problem).steps })
  return relativeGap(second) < relativeGap(first) ? second : first
}

/** Newton's method has not finished where the gap is larger than the tolerance by this factor: less is rounding. */
const STUCK = 1e3

const relativeGap = ({ primal, dual }: MasterSolution) =>
  (primal - dual) / Math.max(Math.abs(primal), Number.MIN_VALUE)

/** The zero network, with step sizes that fit Φ and β. */
export function zeroPoint({ Phi, free, Y, loss, beta }: MasterProblem): MasterPoint {
  const C = Matrix.zeros(Phi.cols, Y.cols)
  const B = Matrix.zeros(free?.cols ?? 0, Y.cols)
  const V =
    loss.id === 'equality'
      ? Matrix.zeros(Y.rows, Y.cols)
      : new Matrix(
          Y.rows,
          Y.cols,
          loss.gradient(Matrix.zeros(Y.rows, Y.cols), Y).data.map((g) => -g),
        )
  const typical = dot(Phi.data, Phi.data) / Math.max(1, Phi.cols)
  const sigma = Math.min(norm2(Y.data) ** 2 / (20 * beta ** 2), typical > 0 ? 5 / typical : 1)
  return { C, B, V, steps: { sigma, tau: 1 } }
}
