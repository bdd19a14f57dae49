import type { TrainedNetwork } from '../experiments/problem.ts'
import { Matrix } from '../linalg/matrix.ts'
import { multiply, rowNorms } from '../linalg/products.ts'
import { fromMatrix, fromVector, matrixOf, vectorOf } from './arrays.ts'
import { bnLossGradient } from './bn-gradient.ts'
import { HiddenLayer, normalize, scaleShift, type BatchStatistics } from './bn-statistics.ts'
import { rowRange } from './blocks.ts'
import type { NetworkFamily } from './family.ts'
import { randomWeights } from './initialize.ts'
import { rectify } from './relu.ts'

const one = () => 1
const rootN = (n: number) => Math.sqrt(n)

/**
 * F = (N·diag(γ) + 1αᵀ/√n)₊·W2 with N the centred columns of X·W1 divided by their ℓ₂ norm (THEORY 3.2; Ergen et
 * al. 2022, (3)).
 *
 * Arrays: W1 d×m, gamma [m], alpha [m], W2 m×K; mean [m] and norm [m], the statistics of X·W1 over the training
 * rows; n [1], their number. Regulariser ½(‖γ‖² + ‖α‖² + ‖W2‖²_F): W1 has no scale and no decay. A column of zero
 * variance responds with α/√n alone.
 */
export const bnRelu: NetworkFamily = {
  id: 'bn-relu',
  title: 'two-layer ReLU with batch normalisation',
  parameters: [
    { name: 'W1', regularized: false, unit: one },
    { name: 'gamma', regularized: true, unit: rootN },
    { name: 'alpha', regularized: true, unit: rootN },
    { name: 'W2', regularized: true, unit: one },
  ],
  batchStatistics: true,
  initialize({ n, d, outputs, width }, initialization, stream) {
    const parts = {
      W1: randomWeights(d, width, initialization, stream.split('W1')),
      gamma: new Float64Array(width).fill(1),
      alpha: new Float64Array(width),
      W2: randomWeights(width, outputs, initialization, stream.split('W2')),
    }
    const none = { mean: new Float64Array(width), norm: new Float64Array(width) }
    return assemble(parts, none, n)
  },
  forward: (network, X) =>
    respond(
      network,
      new HiddenLayer(X, matrixOf(network, 'W1')),
      storedStatistics(network),
      trainingRows(network),
    ),
  trainingLoss(network, X, Y, loss) {
    const hidden = new HiddenLayer(X, matrixOf(network, 'W1'))
    return loss.value(respond(network, hidden, hidden.statistics(X.rows), X.rows), Y)
  },
  lossGradient: (network, X, Y, loss, n) => bnLossGradient(network, X, Y, loss, n),
  refreshStatistics: (network, X) => bnReluNetwork(weightsOf(network), X),
  layers: (network) => [matrixOf(network, 'W1'), matrixOf(network, 'W2')],
  neuronSizes(network) {
    const [gamma, alpha] = [vectorOf(network, 'gamma'), vectorOf(network, 'alpha')]
    return rowNorms(matrixOf(network, 'W2')).map((norm, j) => norm * Math.hypot(gamma[j], alpha[j]))
  },
}

export interface BnReluWeights {
  /** d×m. */
  W1: Matrix
  gamma: Float64Array
  alpha: Float64Array
  /** m×K. */
  W2: Matrix
}

/** The network of these weights with the statistics of the training data X (n×d) stored; memory is shared. */
export function bnReluNetwork(weights: BnReluWeights, X: Matrix): TrainedNetwork {
  return assemble(weights, new HiddenLayer(X, weights.W1).statistics(X.rows), X.rows)
}

function weightsOf(network: TrainedNetwork): BnReluWeights {
  return {
    W1: matrixOf(network, 'W1'),
    gamma: vectorOf(network, 'gamma'),
    alpha: vectorOf(network, 'alpha'),
    W2: matrixOf(network, 'W2'),
  }
}

function assemble(
  { W1, gamma, alpha, W2 }: BnReluWeights,
  statistics: BatchStatistics,
  n: number,
): TrainedNetwork {
  return {
    family: 'bn-relu',
    arrays: {
      W1: fromMatrix(W1),
      gamma: fromVector(gamma),
      alpha: fromVector(alpha),
      W2: fromMatrix(W2),
      mean: fromVector(statistics.mean),
      norm: fromVector(statistics.norm),
      n: fromVector(Float64Array.of(n)),
    },
  }
}

/** The number of rows n that the network is trained on. */
const trainingRows = (network: TrainedNetwork): number => vectorOf(network, 'n')[0]

const storedStatistics = (network: TrainedNetwork): BatchStatistics => ({
  mean: vectorOf(network, 'mean'),
  norm: vectorOf(network, 'norm'),
})

/** F (rows×K) of the rows behind `hidden`, in a network trained on n rows. */
function respond(
  network: TrainedNetwork,
  hidden: HiddenLayer,
  statistics: BatchStatistics,
  n: number,
): Matrix {
  const { gamma, alpha, W2 } = weightsOf(network)
  const F = Matrix.zeros(hidden.rows, W2.cols)
  hidden.blocks.forEach((block, i) => {
    const N = normalize(hidden.take(i), statistics)
    const A = rectify(scaleShift(N, gamma, alpha, n))
    multiply(A, W2, { out: rowRange(F, block.first, block.rows) })
  })
  return F
}
