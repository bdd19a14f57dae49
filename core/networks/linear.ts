import type { FamilySettings } from '../experiments/document.ts'
import type { TrainedNetwork } from '../experiments/problem.ts'
import type { Matrix, RealArray } from '../linalg/matrix.ts'
import type { NetworkFamily } from './family.ts'
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
  rectified: false,
})

/**
 * F = X·W1⋯WL: W1 d×m, …, WL m×K, regulariser ½Σ‖Wl‖²_F (THEORY 3.7). The document's networks have L ≥ 2; one layer
 * is the least-squares baseline, which has no hidden neurons.
 */
export const linear: NetworkFamily<FamilySettings<'linear'>> = {
  id: 'linear',
  title: 'linear',
  batchStatistics: false,
  parameters: (network) => Object.keys(network.arrays).map(decayed),
  initialize: (shape, initialization, stream) =>
    linearNetwork(...randomLayers(shape, shape.network, initialization, stream)),
  forward: (network, X) => respond(asFeedforward(network), X),
  trainingLoss: (network, X, Y, loss) => loss.value(respond(asFeedforward(network), X), Y),
  lossGradient: (network, X, Y, loss) => feedforwardLossGradient(asFeedforward(network), X, Y, loss),
  refreshStatistics: (network) => network,
  layers: (network) => layersOf(network).map(({ W }) => W),
  neuronSizes: (network) => unitSizes(layersOf(network)),
  hiddenWork: (network) => hiddenWork(layersOf(network)),
}

/** The network of the weights W1, …, WL (W1 d×K alone for one layer), sharing their memory. */
export function linearNetwork(...weights: Matrix[]): TrainedNetwork {
  return { family: 'linear', arrays: arraysOf(weights.map((W) => ({ W, b: null }))) }
}
