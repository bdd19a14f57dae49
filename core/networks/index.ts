/** Every network family, and the one objective function that all methods are compared by. */
import type { FamilyId, LossId } from '../experiments/document.ts'
import type { NamedArrays, NetworkId, TrainedNetwork } from '../experiments/problem.ts'
import type { Score } from '../experiments/result.ts'
import type { Matrix, RealArray } from '../linalg/matrix.ts'
import { axpy, dot } from '../linalg/products.ts'
import { effectiveBeta, LOSSES, type LabelCoding } from '../losses/index.ts'
import { accuracy } from '../measures/accuracy.ts'
import { arrayOf } from './arrays.ts'
import { bnRelu } from './bn-relu.ts'
import { convBn } from './conv-bn.ts'
import type { NetworkFamily, NetworkModel, Parameter } from './family.ts'
import { kernel } from './kernel.ts'
import { linear } from './linear.ts'
import { parallel, parallelDecay } from './parallel.ts'
import { randomFeatures } from './random-features.ts'
import { reluBias } from './relu-bias.ts'
import { reluBn } from './relu-bn.ts'
import { relu } from './relu.ts'
import { stacked } from './stacked.ts'

export { cloneNetwork, matrixOf, vectorOf } from './arrays.ts'
export { chainsAsParallel, deepAsParallel, resNetAsParallel, type ShallowResNet } from './as-parallel.ts'
export { bnReluNetwork, type BnReluWeights } from './bn-relu.ts'
export { convBnNetwork } from './conv-bn.ts'
export {
  shapeOf,
  type Initialization,
  type LossGradient,
  type NetworkFamily,
  type NetworkModel,
  type NetworkShape,
  type Parameter,
  type Regularizer,
} from './family.ts'
export { kernelModel, type KernelSettings } from './kernel.ts'
export { linearNetwork } from './linear.ts'
export type { NormalizedWeights } from './normalized.ts'
export { branchesOf, branchSizes, parallelNetwork, type Branch, type BranchSizes } from './parallel.ts'
export {
  encode,
  encodeBlock,
  encodingBlocks,
  featureCount,
  normalizePatches,
  type PatchEncoder,
} from './patch-features.ts'
export {
  extractPatches,
  patchCount,
  patchGeometry,
  patchRange,
  patchSize,
  type PatchGeometry,
} from './patches.ts'
export { encoderOf, randomFeaturesModel } from './random-features.ts'
export { reluBiasNetwork, type ReluBiasWeights } from './relu-bias.ts'
export { reluBnNetwork } from './relu-bn.ts'
export { reluNetwork } from './relu.ts'
export { stackedModel, stageFeatures, stagesOf } from './stacked.ts'
export { toStandardBatchNorm, type StandardBatchNorm } from './standard-batch-norm.ts'

/** The families of the document. */
export const NETWORKS: Readonly<Record<FamilyId, NetworkFamily>> = {
  relu,
  'relu-bias': reluBias,
  'bn-relu': bnRelu,
  'relu-bn': reluBn,
  'conv-bn': convBn,
  parallel,
  'parallel-decay': parallelDecay,
  linear,
}

/** Everything that a method can return: the families, and models that are found in another way. */
export const MODELS: Readonly<Record<NetworkId, NetworkModel>> = {
  ...NETWORKS,
  kernel,
  'random-features': randomFeatures,
  stacked,
}

/** @throws RangeError for a model that is not trained by gradients */
function trainable({ family }: TrainedNetwork<RealArray>): NetworkFamily {
  if (family in NETWORKS) return NETWORKS[family as FamilyId]
  throw new RangeError(`A ${MODELS[family].title} has no parameters to be trained by gradients.`)
}

/** The trained arrays of a network, from input to output; other arrays are statistics and geometry. */
export function parameters(network: TrainedNetwork<RealArray>): readonly Parameter[] {
  return trainable(network).parameters(network)
}

/** Predictions (rows×K) as at inference: batch normalisation uses its stored training statistics. */
export function forward(network: TrainedNetwork, X: Matrix): Matrix {
  return MODELS[network.family].forward(network, X)
}

/** The regulariser of the family without β: ½Σ‖·‖² over its regularised arrays (THEORY §1), or its own (3.6). */
export function regularizer(network: TrainedNetwork<RealArray>): number {
  const own = MODELS[network.family].regularizer
  if (own) return own.value(network)
  let sum = 0
  for (const { name, regularized } of parameters(network)) {
    const { data } = arrayOf(network, name)
    if (regularized) sum += dot(data, data)
  }
  return 0.5 * sum
}

/** The gradient of {@link regularizer}, for the parameters that it depends on; weight decay shares their memory. */
export function regularizerGradient<T extends RealArray>(network: TrainedNetwork<T>): NamedArrays<T> {
  const own = trainable(network).regularizer
  if (own) return own.gradient(network)
  const decaying = parameters(network).filter(({ regularized }) => regularized)
  return Object.fromEntries(decaying.map(({ name }) => [name, arrayOf(network, name)]))
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
    MODELS[network.family].trainingLoss(network, X, Y, LOSSES[loss]) +
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
  const family = trainable(network)
  const result = family.lossGradient(network, X, Y, LOSSES[loss], X.rows)
  for (const [name, { data }] of Object.entries(regularizerGradient(network))) {
    axpy(beta, data, result.gradient[name].data)
  }
  return { objective: result.loss + beta * regularizer(network), gradient: result.gradient }
}

/** The network with the statistics of the training data X stored; itself for families without any. */
export function refreshStatistics(network: TrainedNetwork, X: Matrix): TrainedNetwork {
  return MODELS[network.family].refreshStatistics(network, X)
}

/** Weight matrices from input to output, as views. */
export function layers(network: TrainedNetwork): Matrix[] {
  return MODELS[network.family].layers(network)
}

/** Neurons smaller than this share of the largest count as dead. */
const DEAD_NEURON = 1e-6

/** Hidden neurons that contribute: those above 1e-6 of the largest (product of incoming and outgoing norm). */
export function activeNeurons(network: TrainedNetwork): number {
  const sizes = MODELS[network.family].neuronSizes(network)
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
