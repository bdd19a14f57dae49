import { Matrix } from '../linalg/matrix.ts'
import { dot, norm2 } from '../linalg/products.ts'
import { solveByLagrangian } from './master-lagrangian.ts'
import { solveByNewton } from './master-newton.ts'
import type { MasterPoint, MasterProblem, MasterSolution } from './master-problem.ts'

/**
 * Solves the group-penalised problem over fixed atoms to primal − dual ≤ tolerance·|primal|: smooth losses by Newton's
 * method on the non-zero rows, losses with kinks by proximal steps in the dual.
 */
export function solveMaster(
  problem: MasterProblem,
  tolerance: number,
  start: MasterPoint = zeroPoint(problem),
): MasterSolution {
  const solve = Number.isFinite(problem.loss.lipschitz) ? solveByNewton : solveByLagrangian
  return solve(problem, tolerance, start)
}

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
