import type { FamilySettings } from '../experiments/document.ts'
import type { TrainedNetwork } from '../experiments/problem.ts'
import type { Matrix } from '../linalg/matrix.ts'
import { HiddenLayer } from './bn-statistics.ts'
import { normalizedFamily, normalizedNetwork, type NormalizedWeights } from './normalized.ts'
import { matrixRows } from './row-source.ts'

/**
 * F = (N·diag(γ) + 1αᵀ/√n)·W2 with N the centred columns of (X·W1)₊ divided by their ℓ₂ norm (THEORY 3.4; Ergen et
 * al. 2022, §6). W1 is d×m; arrays and regulariser as {@link normalizedFamily}. The output layer is linear in N, so a
 * neuron that no training row activates responds with α/√n alone.
 */
export const reluBn = normalizedFamily<FamilySettings<'relu-bn'>>({
  id: 'relu-bn',
  title: 'two-layer ReLU, batch normalisation after it',
  rectified: true,
  geometry: () => null,
})

/** The network of these weights with the statistics of the training data X (n×d) stored; memory is shared. */
export function reluBnNetwork(weights: NormalizedWeights, X: Matrix): TrainedNetwork {
  const hidden = new HiddenLayer(matrixRows(X), weights.W1, { rectified: true })
  return normalizedNetwork('relu-bn', weights, hidden, null)
}
