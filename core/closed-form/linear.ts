import type { Problem } from '../experiments/problem.ts'
import { Matrix } from '../linalg/matrix.ts'
import { numericalRank, singularValues } from '../linalg/svd.ts'
import { fromMatrix, fromVector } from '../networks/arrays.ts'
import { objective as objectiveOf } from '../networks/index.ts'
import { balancedNetwork, significantSvd } from '../programs/linear/balanced-layers.ts'
import { solveLinear, type LinearResult } from '../programs/linear/index.ts'
import { polishSize } from './linear-size.ts'
import type { SolveTheorem } from './theorem.ts'

/** Relative accuracy where the size of one direction is searched. */
const TOLERANCE = 1e-10
/** Of an objective, relative. */
const ROUNDING = 1e-13

/**
 * Deep linear networks whose optimal weights follow from a theorem (THEORY 3.7, 5.8; Ergen & Pilanci 2021, §2, §3): the
 * product of the layers by its singular values, and balanced layers aligned with each other, all of norm
 * (Σσᵢ^{2/L})^{1/2}. The routes of core/programs/linear that are taken here need no search but that of one size.
 *
 * @throws BidualError unsupported, under equality, when no linear network interpolates.
 */
export const solveLinearTheorem: SolveTheorem = (problem) => {
  const run = solveLinear(problem, { solver: 'active-set', tolerance: TOLERANCE, stop: () => null })
  let step = run.next()
  while (!step.done) step = run.next()
  const { status, lowerBound, level, how, V } = step.value
  const { network, W, objective } = polished(problem, step.value)
  const s = singularValues(W)
  return {
    network,
    value: objective,
    claim: { level, lowerBound, how },
    status: status === 'solved' || status === 'almostSolved' ? 'solved' : 'numericalError',
    arrays: {
      product: fromMatrix(W),
      'singular values': fromVector(s),
      ...(V ? { dual: fromMatrix(V) } : {}),
    },
    details: { rank: numericalRank(s) },
  }
}

type Point = Pick<LinearResult, 'network' | 'W' | 'objective'>

/** With one output the size of the only direction is stationary to rounding, where the search leaves it to √tolerance. */
function polished({ X, Y, loss, beta, network: { layers } }: Problem, found: LinearResult): Point {
  if (Y.cols > 1 || loss !== 'squared') return found
  const W = Matrix.column(polishSize(X, Y.data, found.W.data, beta, layers))
  const network = balancedNetwork(significantSvd(W), layers)
  const objective = objectiveOf(network, X, Y, loss, beta)
  return objective <= found.objective * (1 + ROUNDING) ? { network, W, objective } : found
}
