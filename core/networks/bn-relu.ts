import type { FamilySettings } from '../experiments/document.ts'
import type { TrainedNetwork } from '../experiments/problem.ts'
import type { Matrix } from '../linalg/matrix.ts'
import type { NormalizedLayer } from './bn-front.ts'
import { normalizedFamily, normalizedNetwork, type NormalizedWeights } from './normalized.ts'
import { matrixRows } from './row-source.ts'

/**
 * F = A^(L−1)·WL with A^(0) = X, A^(l) = (N·diag(γ) + 1αᵀ/√n)₊ and N the centred columns of A^(l−1)·Wl divided by their
 * ℓ₂ norm: every hidden layer is normalised before its ReLU (THEORY 3.2, 5.1; Ergen et al. 2022, (2), (3)). W1 is d×m;
 * arrays and regulariser as {@link normalizedFamily}.
 */
export const bnRelu = normalizedFamily<FamilySettings<'bn-relu'>>({
  id: 'bn-relu',
  title: 'ReLU with batch normalisation',
  rectified: false,
  geometry: () => null,
})

export type BnReluWeights = NormalizedWeights

/**
 * The network of these weights with the statistics of the training data X (n×d) stored; memory is shared.
 *
 * @param front hidden layers before the last, none in two-layer networks
 */
export function bnReluNetwork(
  weights: BnReluWeights,
  X: Matrix,
  front: readonly NormalizedLayer[] = [],
): TrainedNetwork {
  return normalizedNetwork('bn-relu', weights, matrixRows(X), { rectified: false, front })
}
