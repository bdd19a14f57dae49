import type { FamilySettings } from '../experiments/document.ts'
import type { TrainedNetwork } from '../experiments/problem.ts'
import type { Matrix, RealArray } from '../linalg/matrix.ts'
import type { NetworkFamily, Parameter } from './family.ts'
import {
  arraysOf,
  feedforwardLossGradient,
  hiddenWork,
  layersOf,
  respond,
  unitSizes,
  type Feedforward,
  type Layer,
} from './feedforward.ts'
import { decayed, free, randomBiases, randomLayers } from './initialize.ts'

const asFeedforward = <T extends RealArray>(network: TrainedNetwork<T>): Feedforward<T> => ({
  layers: layersOf(network),
  rectified: true,
})

const parameterOf = (name: string): Parameter => (name.startsWith('b') ? free(name) : decayed(name))

/**
 * F = (⋯(X·W1 + 1b1ᵀ)₊⋯ + 1b(L−1)ᵀ)₊·WL + 1bLᵀ: W1 d×m, b1 [m], W2 … W(L−1) m×m, WL m×K, bL [K], regulariser
 * ½Σ‖Wl‖²_F over all layers: biases are free (THEORY 5.7). Without an output bias there is no array bL.
 */
export const reluBias: NetworkFamily<FamilySettings<'relu-bias'>> = {
  id: 'relu-bias',
  title: 'ReLU with bias',
  batchStatistics: false,
  parameters: (network) => Object.keys(network.arrays).map(parameterOf),
  initialize(shape, initialization, stream) {
    const { width, outputBias } = shape.network
    const weights = randomLayers(shape, shape.network, initialization, stream)
    return deepReluBiasNetwork(
      weights.map((W, l) => ({
        W,
        b:
          l < weights.length - 1
            ? randomBiases(W.rows, width, initialization, stream.split(`b${l + 1}`))
            : outputBias
              ? new Float64Array(shape.outputs)
              : null,
      })),
    )
  },
  forward: (network, X) => respond(asFeedforward(network), X),
  trainingLoss: (network, X, Y, loss) => loss.value(respond(asFeedforward(network), X), Y),
  lossGradient: (network, X, Y, loss) => feedforwardLossGradient(asFeedforward(network), X, Y, loss),
  refreshStatistics: (network) => network,
  layers: (network) => layersOf(network).map(({ W }) => W),
  neuronSizes: (network) => unitSizes(layersOf(network)),
  hiddenWork: (network) => hiddenWork(layersOf(network)),
}

/** The network of these layers, sharing their memory: every hidden one has biases, the last one where it says so. */
export function deepReluBiasNetwork(layers: readonly Layer[]): TrainedNetwork {
  return { family: 'relu-bias', arrays: arraysOf(layers) }
}

export interface ReluBiasWeights {
  /** d×m. */
  W1: Matrix
  b1: Float64Array
  /** m×K. */
  W2: Matrix
  /** K entries; null: no output bias. */
  b2: Float64Array | null
}

/** The two-layer network of these weights, sharing their memory. */
export function reluBiasNetwork({ W1, b1, W2, b2 }: ReluBiasWeights): TrainedNetwork {
  return deepReluBiasNetwork([
    { W: W1, b: b1 },
    { W: W2, b: b2 },
  ])
}
