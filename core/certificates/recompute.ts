import type { NamedArrays, Problem, TrainedNetwork } from '../experiments/problem.ts'
import type { CertificateLevel } from '../experiments/result.ts'
import { objective as networkObjective } from '../networks/index.ts'
import { programOver } from '../programs/build.ts'
import { familyOf } from '../programs/families/index.ts'
import { dualPoint } from './dual-point.ts'

export interface RecomputedCertificate {
  /** Of the network, by the one objective function. */
  objective: number
  lowerBound: number
  /** objective − lowerBound. */
  gap: number
  /** ρ(V)/β over the dictionary; above 1 the vector was scaled down. */
  rhoRatio: number
  level: CertificateLevel
}

/**
 * Recomputes the certificate of a convex run from what it exported, in double precision on the training data: the
 * objective from the weights, the lower bound from the dual vector priced over the stored gates.
 *
 * @param arrays `dual` (n×K) and what the family exports of its cells, as a run returned them
 * @param complete whether the cells are all there are
 * @throws BidualError unsupported for a family without cells
 */
export function recomputeCertificate(
  problem: Problem,
  network: TrainedNetwork,
  arrays: NamedArrays,
  complete: boolean,
): RecomputedCertificate {
  const dictionary = familyOf(problem).restore(arrays, complete)
  const { value, rhoRatio } = dualPoint(programOver(problem, dictionary, true), arrays.dual.data)
  const objective = networkObjective(network, problem.X, problem.Y, problem.loss, problem.beta)
  const level = complete ? 'global' : 'dictionary'
  return { objective, lowerBound: value, gap: objective - value, rhoRatio, level }
}
