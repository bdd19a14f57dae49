import { BidualError } from '../../errors.ts'
import type { FamilyId, FamilySettings, NetworkSettings } from '../../experiments/document.ts'
import type { Problem } from '../../experiments/problem.ts'
import { arrangedMatrix } from '../arranged.ts'
import { recoverBatchNorm, recoverRelu } from '../recover.ts'
import { convBnFamily } from './conv-bn.ts'
import type { ProgramFamily } from './family.ts'
import { parallelFamily } from './parallel.ts'
import { pooledFamily } from './pooled-family.ts'
import { reluBnFamily } from './relu-bn.ts'

export type { ProgramFamily } from './family.ts'

type FamilyProblem<Settings extends NetworkSettings = NetworkSettings> = Pick<
  Problem,
  'X' | 'Y' | 'summary'
> & { network: Settings }

/** The families that have a program over cells. */
const FAMILIES: { [Id in FamilyId]?: (problem: FamilyProblem<FamilySettings<Id>>) => ProgramFamily } = {
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
  'relu-bn': (problem) => reluBnFamily(arrangedMatrix(problem), problem.X, problem.Y.cols),
  'conv-bn': convBnFamily,
  parallel(problem) {
    const { m1, m2 } = problem.network
    return parallelFamily(arrangedMatrix(problem), { m1, m2, d: problem.X.cols, outputs: problem.Y.cols })
  },
}

/**
 * What the programs need of the problem's network family; decompositions of the data are computed here, once.
 *
 * @throws BidualError unsupported for a family whose program is not over cells
 */
export function familyOf(problem: FamilyProblem): ProgramFamily {
  // The row of a family takes the settings of that family.
  const make = FAMILIES[problem.network.family] as ((problem: FamilyProblem) => ProgramFamily) | undefined
  if (!make) {
    throw new BidualError(
      'unsupported',
      `A ${problem.network.family} network has no convex program over cells.`,
    )
  }
  return make(problem)
}
