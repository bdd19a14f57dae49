import { BidualError } from '../../errors.ts'
import type { FamilyId } from '../../experiments/document.ts'
import type { Problem } from '../../experiments/problem.ts'
import { arrangedMatrix } from '../arranged.ts'
import { recoverBatchNorm, recoverRelu } from '../recover.ts'
import type { ProgramFamily } from './family.ts'
import { pooledFamily } from './pooled-family.ts'

export type { ProgramFamily } from './family.ts'

type FamilyProblem = Pick<Problem, 'X' | 'Y' | 'network' | 'summary'>

/** The families that have a program over cells. */
const FAMILIES: Partial<Record<FamilyId, (problem: FamilyProblem) => ProgramFamily>> = {
  relu(problem) {
    const { A, toFeatures } = arrangedMatrix(problem)
    const { X, Y } = problem
    return pooledFamily(A, 1, (blocks) => recoverRelu(blocks, toFeatures, X.cols, Y.cols))
  },
  'bn-relu'(problem) {
    const { A, toFeatures } = arrangedMatrix(problem)
    const { X, Y } = problem
    return pooledFamily(A, 1, (blocks) => recoverBatchNorm(blocks, toFeatures, X, Y.cols))
  },
}

/**
 * What the programs need of the problem's network family; decompositions of the data are computed here, once.
 *
 * @throws BidualError unsupported for a family whose program is not over cells
 */
export function familyOf(problem: FamilyProblem): ProgramFamily {
  const make = FAMILIES[problem.network.family]
  if (!make) {
    throw new BidualError(
      'unsupported',
      `A ${problem.network.family} network has no convex program over cells.`,
    )
  }
  return make(problem)
}
