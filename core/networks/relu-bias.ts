import type { FamilySettings } from '../experiments/document.ts'
import type { TrainedNetwork } from '../experiments/problem.ts'
import type { Matrix } from '../linalg/matrix.ts'
import type { NetworkFamily, Parameter } from './family.ts'
import {
  arraysOf,
  feedforwardLossGradient,
  hiddenWork,
  layersOf,
  respond,
  unitSizes,
  type Feedforward,
} from './feedforward.ts'
import { decayed, free, randomBiases, randomWeights } from './initialize.ts'

const asFeedforward = (network: TrainedNetwork): Feedforward => ({
  layers: layersOf(network),
  rectified: true,
})

const parameterOf = (name: string): Parameter => (name.startsWith('b') ? free(name) : decayed(name))

/**
 * F = (X·W1 + 1b1ᵀ)₊·W2 + 1b2ᵀ: W1 d×m, b1 [m], W2 m×K, b2 [K], regulariser ½(‖W1‖²_F + ‖W2‖²_F): biases are free
 * (THEORY 5.7). Without an output bias there is no array b2.
 */
export const reluBias: NetworkFamily<FamilySettings<'relu-bias'>> = {
  id: 'relu-bias',
  title: 'two-layer ReLU with bias',
  batchStatistics: false,
  parameters: (network) => Object.keys(network.arrays).map(parameterOf),
  initialize({ d, outputs, network: { width, outputBias } }, initialization, stream) {
    return reluBiasNetwork({
      W1: randomWeights(d, width, initialization, stream.split('W1')),
      b1: randomBiases(d, width, initialization, stream.split('b1')),
      W2: randomWeights(width, outputs, initialization, stream.split('W2')),
      b2: outputBias ? new Float64Array(outputs) : null,
    })
  },
  forward: (network, X) => respond(asFeedforward(network), X),
  trainingLoss: (network, X, Y, loss) => loss.value(respond(asFeedforward(network), X), Y),
  lossGradient: (network, X, Y, loss) => feedforwardLossGradient(asFeedforward(network), X, Y, loss),
  refreshStatistics: (network) => network,
  layers: (network) => layersOf(network).map(({ W }) => W),
  neuronSizes: (network) => unitSizes(layersOf(network)),
  hiddenWork: (network) => hiddenWork(layersOf(network)),
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

/** The network of these weights, sharing their memory. */
export function reluBiasNetwork({ W1, b1, W2, b2 }: ReluBiasWeights): TrainedNetwork {
  return {
    family: 'relu-bias',
    arrays: arraysOf([
      { W: W1, b: b1 },
      { W: W2, b: b2 },
    ]),
  }
}
