import type { TrainedNetwork } from '../experiments/problem.ts'
import { Matrix } from '../linalg/matrix.ts'
import { columnNorms, multiply, rowNorms } from '../linalg/products.ts'
import type { Loss } from '../losses/index.ts'
import { fromMatrix, matrixOf } from './arrays.ts'
import { BLOCK_ENTRIES, rowBlocks, rowRange } from './blocks.ts'
import type { LossGradient, NetworkFamily } from './family.ts'
import { randomWeights } from './initialize.ts'

/** F = (X·W1)₊·W2, two layers: W1 d×m, W2 m×K, regulariser ½(‖W1‖²_F + ‖W2‖²_F) (THEORY §1, 3.1). */
export const relu: NetworkFamily = {
  id: 'relu',
  title: 'two-layer ReLU',
  parameters: [
    { name: 'W1', regularized: true, unit: () => 1 },
    { name: 'W2', regularized: true, unit: () => 1 },
  ],
  batchStatistics: false,
  initialize: ({ d, outputs, width }, initialization, stream) =>
    reluNetwork(
      randomWeights(d, width, initialization, stream.split('W1')),
      randomWeights(width, outputs, initialization, stream.split('W2')),
    ),
  forward,
  trainingLoss: (network, X, Y, loss) => loss.value(forward(network, X), Y),
  lossGradient: (network, X, Y, loss) => reluLossGradient(network, X, Y, loss),
  refreshStatistics: (network) => network,
  layers: (network) => [matrixOf(network, 'W1'), matrixOf(network, 'W2')],
  neuronSizes(network) {
    const outgoing = rowNorms(matrixOf(network, 'W2'))
    return columnNorms(matrixOf(network, 'W1')).map((norm, j) => norm * outgoing[j])
  },
}

/** The network of the weights W1 (d×m) and W2 (m×K), sharing their memory. m = 0 is the zero network. */
export function reluNetwork(W1: Matrix, W2: Matrix): TrainedNetwork {
  return { family: 'relu', arrays: { W1: fromMatrix(W1), W2: fromMatrix(W2) } }
}

function forward(network: TrainedNetwork, X: Matrix): Matrix {
  const [W1, W2] = [matrixOf(network, 'W1'), matrixOf(network, 'W2')]
  const F = Matrix.zeros(X.rows, W2.cols)
  for (const { first, rows } of rowBlocks(X.rows, W1.cols)) {
    const hidden = rectify(multiply(rowRange(X, first, rows), W1))
    multiply(hidden, W2, { out: rowRange(F, first, rows) })
  }
  return F
}

/** Backpropagation, `entries` of the hidden layer at a time; the derivative of the ReLU at 0 is 0. */
export function reluLossGradient(
  network: TrainedNetwork,
  X: Matrix,
  Y: Matrix,
  loss: Loss,
  entries = BLOCK_ENTRIES,
): LossGradient {
  const [W1, W2] = [matrixOf(network, 'W1'), matrixOf(network, 'W2')]
  const [dW1, dW2] = [Matrix.zeros(W1.rows, W1.cols), Matrix.zeros(W2.rows, W2.cols)]
  let value = 0
  for (const { first, rows } of rowBlocks(X.rows, W1.cols, entries)) {
    const [Xb, Yb] = [rowRange(X, first, rows), rowRange(Y, first, rows)]
    const hidden = rectify(multiply(Xb, W1))
    const F = multiply(hidden, W2)
    value += loss.value(F, Yb)
    const dF = loss.gradient(F, Yb, F)
    multiply(hidden, dF, { transposeA: true, beta: 1, out: dW2 })
    const dHidden = multiply(dF, W2, { transposeB: true })
    maskInactive(dHidden, hidden)
    multiply(Xb, dHidden, { transposeA: true, beta: 1, out: dW1 })
  }
  return { loss: value, gradient: { W1: fromMatrix(dW1), W2: fromMatrix(dW2) } }
}

/** max(A, 0) in place; NaN stays NaN, so that divergence is seen. */
export function rectify(A: Matrix): Matrix {
  const { data } = A
  for (let at = 0; at < data.length; at++) if (data[at] < 0) data[at] = 0
  return A
}

/** Zeroes D, in place, where the activation is not positive. */
export function maskInactive(D: Matrix, activations: Matrix): void {
  for (let at = 0; at < D.data.length; at++) if (!(activations.data[at] > 0)) D.data[at] = 0
}
