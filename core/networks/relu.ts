import type { FamilySettings } from '../experiments/document.ts'
import type { TrainedNetwork } from '../experiments/problem.ts'
import type { Matrix, RealArray } from '../linalg/matrix.ts'
import type { Loss } from '../losses/index.ts'
import { BLOCK_ENTRIES } from './blocks.ts'
import type { LossGradient, NetworkFamily } from './family.ts'
import {
  arraysOf,
  feedforwardLossGradient,
  hiddenWork,
  layersOf,
  respond,
  unitSizes,
  type Feedforward,
} from './feedforward.ts'
import { decayed, randomLayers } from './initialize.ts'

const asFeedforward = <T extends RealArray>(network: TrainedNetwork<T>): Feedforward<T> => ({
  layers: layersOf(network),
  rectified: true,
})

/**
 * F = (⋯(X·W1)₊⋯)₊·WL: W1 d×m, W2 … W(L−1) m×m, WL m×K, regulariser ½Σ‖Wl‖²_F over all layers (THEORY §1, 3.1;
 * L = 2 unless the document says otherwise).
 */
export const relu: NetworkFamily<FamilySettings<'relu'>> = {
  id: 'relu',
  title: 'ReLU',
  batchStatistics: false,
  parameters: (network) => Object.keys(network.arrays).map(decayed),
  initialize: (shape, initialization, stream) =>
    reluNetwork(...randomLayers(shape, shape.network, initialization, stream)),
  forward: (network, X) => respond(asFeedforward(network), X),
  trainingLoss: (network, X, Y, loss) => loss.value(respond(asFeedforward(network), X), Y),
  lossGradient: (network, X, Y, loss) => reluLossGradient(network, X, Y, loss),
  refreshStatistics: (network) => network,
  layers: (network) => layersOf(network).map(({ W }) => W),
  neuronSizes: (network) => unitSizes(layersOf(network)),
  hiddenWork: (network) => hiddenWork(layersOf(network)),
}

/**
 * The network of the weights W1 (d×m), …, WL (m×K), sharing their memory. m = 0 is the zero network.
 */
export function reluNetwork(...weights: Matrix[]): TrainedNetwork {
  return { family: 'relu', arrays: arraysOf(weights.map((W) => ({ W, b: null }))) }
}

/** Backpropagation, `entries` of the hidden layers at a time; the derivative of the ReLU at 0 is 0. */
export function reluLossGradient<T extends RealArray>(
  network: TrainedNetwork<T>,
  X: Matrix<T>,
  Y: Matrix<RealArray>,
  loss: Loss,
  entries = BLOCK_ENTRIES,
): LossGradient<T> {
  return feedforwardLossGradient(asFeedforward(network), X, Y, loss, entries)
}
