import type { FamilySettings } from '../experiments/document.ts'
import type { TrainedNetwork } from '../experiments/problem.ts'
import type { Matrix } from '../linalg/matrix.ts'
import type { NormalizedLayer } from './bn-front.ts'
import { normalizedFamily, normalizedNetwork, type NormalizedWeights } from './normalized.ts'
import { matrixRows } from './row-source.ts'

/**
 * F = A^(L−1)·WL with A^(0) = X, A^(l) = N·diag(γ) + 1αᵀ/√n and N the centred columns of (A^(l−1)·Wl)₊ divided by their
 * ℓ₂ norm: every hidden layer is normalised after its ReLU (THEORY 3.4; Ergen et al. 2022, §6, which has two layers). W1
 * is d×m; arrays and regulariser as {@link normalizedFamily}. The last layer is linear in N, so a neuron that no training
 * row activates responds with α/√n alone.
 */
export const reluBn = normalizedFamily<FamilySettings<'relu-bn'>>({
  id: 'relu-bn',
  title: 'ReLU, batch normalisation after it',
  rectified: true,
  geometry: () => null,
})

/**
 * The network of these weights with the statistics of the training data X (n×d) stored; memory is shared.
 *
 * @param front hidden layers before the last, none in two-layer networks
 */
export function reluBnNetwork(
  weights: NormalizedWeights,
  X: Matrix,
  front: readonly NormalizedLayer[] = [],
): TrainedNetwork {
  return normalizedNetwork('relu-bn', weights, matrixRows(X), { rectified: true, front })
}
