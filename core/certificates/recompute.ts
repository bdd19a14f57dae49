import { arrangementOf } from '../arrangements/arrangement.ts'
import type { Problem, TrainedNetwork } from '../experiments/problem.ts'
import type { CertificateLevel } from '../experiments/result.ts'
import type { Matrix } from '../linalg/matrix.ts'
import { objective as networkObjective } from '../networks/index.ts'
import { arrangedMatrix } from '../programs/arranged.ts'
import { programOver } from '../programs/build.ts'
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
 * @param dual n entries
 * @param gates P×r in the coordinates of the arranged matrix (the `gates` array of a run)
 * @param complete whether the gates are all cells
 * @throws BidualError as arrangedMatrix and programOver do.
 */
export function recomputeCertificate(
  problem: Problem,
  network: TrainedNetwork,
  dual: Float64Array,
  gates: Matrix,
  complete: boolean,
): RecomputedCertificate {
  const arranged = arrangedMatrix(problem)
  const arrangement = arrangementOf(arranged.A, gates, complete)
  const { value, rhoRatio } = dualPoint(programOver(problem, arranged, arrangement, true), dual)
  const objective = networkObjective(network, problem.X, problem.Y, problem.loss, problem.beta)
  const level = complete ? 'global' : 'dictionary'
  return { objective, lowerBound: value, gap: objective - value, rhoRatio, level }
}
