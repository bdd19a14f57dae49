import { fromMatrix, fromVector } from '../networks/arrays.ts'
import { numericalRank, singularValues } from '../linalg/svd.ts'
import { solveLinear } from '../programs/linear/index.ts'
import type { SolveTheorem } from './theorem.ts'

/** Relative accuracy where the size of one direction is searched. */
const TOLERANCE = 1e-10

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
  const { status, network, objective, lowerBound, level, how, W, V } = step.value
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
