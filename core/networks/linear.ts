import type { TrainedNetwork } from '../experiments/problem.ts'
import type { Matrix } from '../linalg/matrix.ts'
import { multiply } from '../linalg/products.ts'
import { fromMatrix, matrixOf } from './arrays.ts'
import type { NetworkFamily } from './family.ts'
import { randomWeights } from './initialize.ts'

/** F = X·W1, the one-layer linear baseline: W1 d×K, regulariser ½‖W1‖²_F. It has no hidden neurons. */
export const linear: NetworkFamily = {
  id: 'linear',
  title: 'one-layer linear',
  parameters: [{ name: 'W1', regularized: true, unit: () => 1 }],
  batchStatistics: false,
  initialize: ({ d, outputs }, initialization, stream) =>
    linearNetwork(randomWeights(d, outputs, initialization, stream.split('W1'))),
  forward: (network, X) => multiply(X, matrixOf(network, 'W1')),
  trainingLoss: (network, X, Y, loss) => loss.value(multiply(X, matrixOf(network, 'W1')), Y),
  lossGradient(network, X, Y, loss) {
    const F = multiply(X, matrixOf(network, 'W1'))
    const value = loss.value(F, Y)
    const W1 = multiply(X, loss.gradient(F, Y, F), { transposeA: true })
    return { loss: value, gradient: { W1: fromMatrix(W1) } }
  },
  refreshStatistics: (network) => network,
  layers: (network) => [matrixOf(network, 'W1')],
  neuronSizes: () => new Float64Array(0),
}

/** The network of the weights W1 (d×K), sharing their memory. */
export function linearNetwork(W1: Matrix): TrainedNetwork {
  return { family: 'linear', arrays: { W1: fromMatrix(W1) } }
}
