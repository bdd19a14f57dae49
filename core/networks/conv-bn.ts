import type { FamilySettings } from '../experiments/document.ts'
import type { TrainedNetwork } from '../experiments/problem.ts'
import type { Matrix } from '../linalg/matrix.ts'
import { normalizedFamily, normalizedNetwork, type NormalizedWeights } from './normalized.ts'
import { patchGeometry, type PatchGeometry } from './patches.ts'
import { patchRows } from './row-source.ts'

/**
 * F = Σ_k (BN(X_k·W1))₊·W2, the sum over the K_p patches X_k of every row (THEORY 3.5; Ergen et al. 2022, §3): filters
 * W1 h×m, normalised over all n·K_p patch rows with shift α/√(n·K_p), then summed over the positions. Arrays and
 * regulariser as {@link normalizedFamily}; n is the number of patch rows.
 */
export const convBn = normalizedFamily<FamilySettings<'conv-bn'>>({
  id: 'conv-bn',
  title: 'convolutional ReLU with batch normalisation',
  rectified: false,
  geometry: ({ network, d, image }) => patchGeometry(network, { d, image }),
})

/**
 * The network of these weights (W1: h×m) with the statistics of the patches of the training data X (n×d) stored;
 * memory is shared.
 */
export function convBnNetwork(
  weights: NormalizedWeights,
  geometry: PatchGeometry,
  X: Matrix,
): TrainedNetwork {
  return normalizedNetwork('conv-bn', weights, patchRows(X, geometry), { rectified: false, geometry })
}
