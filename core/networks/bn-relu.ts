import type { FamilySettings } from '../experiments/document.ts'
import type { TrainedNetwork } from '../experiments/problem.ts'
import type { Matrix } from '../linalg/matrix.ts'
import { HiddenLayer } from './bn-statistics.ts'
import { normalizedFamily, normalizedNetwork, type NormalizedWeights } from './normalized.ts'
import { matrixRows } from './row-source.ts'

/**
 * F = (N·diag(γ) + 1αᵀ/√n)₊·W2 with N the centred columns of X·W1 divided by their ℓ₂ norm (THEORY 3.2; Ergen et
 * al. 2022, (3)). W1 is d×m; arrays and regulariser as {@link normalizedFamily}.
 */
export const bnRelu = normalizedFamily<FamilySettings<'bn-relu'>>({
  id: 'bn-relu',
  title: 'two-layer ReLU with batch normalisation',
  rectified: false,
  geometry: () => null,
})

export type BnReluWeights = NormalizedWeights

/** The network of these weights with the statistics of the training data X (n×d) stored; memory is shared. */
export function bnReluNetwork(weights: BnReluWeights, X: Matrix): TrainedNetwork {
  return normalizedNetwork('bn-relu', weights, new HiddenLayer(matrixRows(X), weights.W1), null)
}
