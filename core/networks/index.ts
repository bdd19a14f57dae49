/** Every network family, and the one objective function that all methods are compared by. */
import type { LossId } from '../experiments/document.ts'
import type { NamedArrays, NetworkId, TrainedNetwork } from '../experiments/problem.ts'
import type { Score } from '../experiments/result.ts'
import type { Matrix } from '../linalg/matrix.ts'
import { axpy, dot } from '../linalg/products.ts'
import { effectiveBeta, LOSSES, type LabelCoding } from '../losses/index.ts'
import { accuracy } from '../measures/accuracy.ts'
import { arrayOf } from './arrays.ts'
import { bnRelu } from './bn-relu.ts'
import type { NetworkFamily } from './family.ts'
import { linear } from './linear.ts'
import { relu } from './relu.ts'

export { cloneNetwork, matrixOf, vectorOf } from './arrays.ts'
export { bnReluNetwork, type BnReluWeights } from './bn-relu.ts'
export type { Initialization, NetworkFamily, NetworkShape, Parameter } from './family.ts'
export { linearNetwork } from './linear.ts'
export { reluNetwork } from './relu.ts'
export { toStandardBatchNorm, type StandardBatchNorm } from './standard-batch-norm.ts'

export const NETWORKS: Readonly<Record<NetworkId, NetworkFamily>> = { relu, 'bn-relu': bnRelu, linear }

/** Predictions (rows×K) as at inference: batch normalisation uses its stored training statistics. */
export function forward(network: TrainedNetwork, X: Matrix): Matrix {
  return NETWORKS[network.family].forward(network, X)
}

/** ½Σ‖·‖² over the regularised arrays of the family, without β (THEORY §1). */
export function regularizer(network: TrainedNetwork): number {
  let sum = 0
  for (const { name, regularized } of NETWORKS[network.family].parameters) {
    const { data } = arrayOf(network, name)
    if (regularized) sum += dot(data, data)
  }
  return 0.5 * sum
}

/**
 * ℓ(F, Y) + β·regulariser: THE objective, of every method, in double precision (equality: the regulariser alone, or
 * Infinity).
 *
 * Batch normalisation takes the statistics of X itself, so X, Y must be the whole training set (n×d, n×K); stored
 * statistics cannot make the value wrong.
 */
export function objective(network: TrainedNetwork, X: Matrix, Y: Matrix, loss: LossId, beta: number): number {
  return (
    NETWORKS[network.family].trainingLoss(network, X, Y, LOSSES[loss]) +
    effectiveBeta(loss, beta) * regularizer(network)
  )
}

/** The objective and its gradient for every parameter (0 is the derivative of the ReLU at 0). */
export function gradient(
  network: TrainedNetwork,
  X: Matrix,
  Y: Matrix,
  loss: LossId,
  beta: number,
): { objective: number; gradient: NamedArrays } {
  const family = NETWORKS[network.family]
  const result = family.lossGradient(network, X, Y, LOSSES[loss], X.rows)
  for (const { name, regularized } of family.parameters) {
    if (regularized) axpy(beta, arrayOf(network, name).data, result.gradient[name].data)
  }
  return { objective: result.loss + beta * regularizer(network), gradient: result.gradient }
}

/** The network with the statistics of the training data X stored; itself for families without any. */
export function refreshStatistics(network: TrainedNetwork, X: Matrix): TrainedNetwork {
  return NETWORKS[network.family].refreshStatistics(network, X)
}

/** Weight matrices from input to output, as views. */
export function layers(network: TrainedNetwork): Matrix[] {
  return NETWORKS[network.family].layers(network)
}

/** Neurons smaller than this share of the largest count as dead. */
const DEAD_NEURON = 1e-6

/** Hidden neurons that contribute: those above 1e-6 of the largest (product of incoming and outgoing norm). */
export function activeNeurons(network: TrainedNetwork): number {
  const sizes = NETWORKS[network.family].neuronSizes(network)
  const largest = sizes.reduce((a, b) => Math.max(a, b), 0)
  return sizes.filter((size) => size > DEAD_NEURON * largest).length
}

/** Loss (sum over rows) and accuracy of the inference-time predictions; null where a number does not exist. */
export function score(
  network: TrainedNetwork,
  X: Matrix,
  Y: Matrix,
  loss: LossId,
  labels: LabelCoding,
): Score {
  const F = forward(network, X)
  const value = LOSSES[loss].value(F, Y)
  return { loss: Number.isFinite(value) ? value : null, accuracy: accuracy(F, Y, labels) }
}
