/** Networks that are special cases of parallel ones (Ergen & Pilanci 2023, Remark 1 and A.2). */
import type { TrainedNetwork } from '../experiments/problem.ts'
import { Matrix } from '../linalg/matrix.ts'
import { identity } from '../linalg/products.ts'
import { layersOf } from './feedforward.ts'
import { parallelNetwork, type Branch } from './parallel.ts'

/**
 * A three-layer `relu` network as a parallel network of one sub-network, with the same response everywhere.
 *
 * @throws RangeError for another depth
 */
export function deepAsParallel(network: TrainedNetwork): TrainedNetwork {
  const weights = layersOf(network).map(({ W }) => W)
  if (network.family !== 'relu' || weights.length !== 3) {
    throw new RangeError(
      `Expected a relu network of 3 layers, found ${network.family} with ${weights.length}.`,
    )
  }
  const [W1, W2, W3] = weights
  return parallelNetwork([[W1, W2, W3]], [W1.rows, W1.cols, W2.cols, W3.cols])
}

/**
 * A three-layer `relu` network with a diagonal W2 as parallel sub-networks of one neuron a layer: the same response and
 * the same weight decay.
 *
 * @throws RangeError for another depth, or when W2 is not square
 */
export function chainsAsParallel(network: TrainedNetwork): TrainedNetwork {
  const weights = layersOf(network).map(({ W }) => W)
  const [W1, W2, W3] = weights
  if (network.family !== 'relu' || weights.length !== 3 || W2.rows !== W2.cols) {
    throw new RangeError('Expected a relu network of 3 layers, the second of them diagonal.')
  }
  const chains = Array.from({ length: W2.rows }, (_, k): Branch => [
    Matrix.column(W1.columnCopy(k)),
    new Matrix(1, 1, Float64Array.of(W2.get(k, k))),
    new Matrix(1, W3.cols, W3.row(k).slice()),
  ])
  return parallelNetwork(chains, [W1.rows, 1, 1, W3.cols], 'parallel-decay')
}

/** F = (A·W2)₊·W3 summed over A = (X·W1)₊, the block, and A = X, the connection that skips it. */
export interface ShallowResNet {
  /** d×d. */
  W1: Matrix
  /** d×m. */
  W2: Matrix
  /** m×K. */
  W3: Matrix
}

/**
 * The shallow ResNet ((X·W1)₊·W2)₊·W3 + (X·W2)₊·W3 as a parallel network of two sub-networks, the second with the
 * identity for its first layer: the same response where X ≥ 0, which is what a block after a ReLU is given.
 *
 * @throws RangeError when W1 is not square, so that the connection could not skip it
 */
export function resNetAsParallel({ W1, W2, W3 }: ShallowResNet): TrainedNetwork {
  if (W1.rows !== W1.cols) throw new RangeError(`W1 is ${W1.rows}×${W1.cols} where it has to be square.`)
  return parallelNetwork(
    [
      [W1, W2, W3],
      [identity(W1.rows), W2, W3],
    ],
    [W1.rows, W1.cols, W2.cols, W3.cols],
  )
}
