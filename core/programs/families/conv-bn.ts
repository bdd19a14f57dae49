import { arrangedPatches } from '../../atoms/arranged-patches.ts'
import type { FamilySettings } from '../../experiments/document.ts'
import type { Problem } from '../../experiments/problem.ts'
import { convBnNetwork, patchSize } from '../../networks/index.ts'
import type { PooledDictionary } from '../dictionaries/pooled.ts'
import { batchNormWeights } from '../recover.ts'
import type { ProgramFamily } from './family.ts'
import { pooledFamily } from './pooled-family.ts'

/**
 * CNN with batch normalisation (THEORY 3.5): neurons of U′ = [U, 1/√(n·K_p)], U the left singular vectors of the
 * centred patch matrix (n·K_p rows), summed over the K_p patches of a sample; weights come back as in 3.2.
 *
 * @throws BidualError `bad-input` when the filter does not fit
 */
export function convBnFamily(
  problem: Pick<Problem, 'X' | 'Y' | 'summary'> & { network: FamilySettings<'conv-bn'> },
): ProgramFamily<PooledDictionary> {
  const { X, Y, network } = problem
  const { A, toFeatures, patches, geometry } = arrangedPatches(problem, network)
  return pooledFamily(A, patches, (blocks) =>
    convBnNetwork(batchNormWeights(blocks, toFeatures, patchSize(geometry), Y.cols), geometry, X),
  )
}
