import type { NetworkSettings } from '../experiments/document.ts'
import type { NamedArrays, NetworkId, Problem, TrainedNetwork } from '../experiments/problem.ts'
import type { Matrix, RealArray } from '../linalg/matrix.ts'
import type { Loss } from '../losses/index.ts'
import type { Stream } from '../random/index.ts'

/** What a network is made for: training rows, features, outputs K, the document's settings, the shape of images. */
export interface NetworkShape<Settings extends NetworkSettings = NetworkSettings> {
  n: number
  d: number
  outputs: number
  network: Settings
  image: Problem['summary']['image']
}

/** The shape that a problem asks of its network. */
export function shapeOf({
  X,
  Y,
  network,
  summary,
}: Pick<Problem, 'X' | 'Y' | 'network' | 'summary'>): NetworkShape {
  return { n: X.rows, d: X.cols, outputs: Y.cols, network, image: summary.image }
}

export interface Initialization {
  kind: 'kaiming' | 'gaussian'
  /** Standard deviation of the gaussian one. */
  scale: number
}

/** One trained array of a family; arrays that are not listed are statistics, not parameters. */
export interface Parameter {
  readonly name: string
  /** Whether ½‖·‖² of it is in the regulariser; false where the family has a {@link Regularizer} of its own. */
  readonly regularized: boolean
  /**
   * The unit in which common learning rates fit: a trainer steps in θ / unit. 1 except for the scale and shift of
   * batch normalisation, √n there: every framework trains γ/√n and α/√n (THEORY 3.2).
   */
  readonly unit: (n: number) => number
}

export interface LossGradient<T extends RealArray = Float64Array> {
  /** ℓ at the given weights. */
  loss: number
  /** ∇ℓ for every parameter, without the regulariser. */
  gradient: NamedArrays<T>
  /**
   * Of batch normalisation: the arrays `mean…` and `norm…` of these rows, by the names under which a network stores them.
   */
  statistics?: NamedArrays
}

/** A regulariser that is not a half sum of squares. */
export interface Regularizer {
  value(network: TrainedNetwork<RealArray>): number
  /** Its gradient for the parameters it depends on; 0 is the subgradient where it has a kink. */
  gradient<T extends RealArray>(network: TrainedNetwork<T>): NamedArrays<T>
}

/** What the one objective function, the measures and exports need to know of trained weights, however they were found. */
export interface NetworkModel {
  readonly id: NetworkId
  readonly title: string
  /** In place of ½Σ‖·‖² over the regularised parameters; of models that are not trained by gradients there always is one. */
  readonly regularizer?: Pick<Regularizer, 'value'>
  /** Predictions (rows×K) as at inference: stored statistics. */
  forward(network: TrainedNetwork, X: Matrix): Matrix
  /** ℓ on the whole training set: batch normalisation takes the statistics (and n) of X itself. */
  trainingLoss(network: TrainedNetwork, X: Matrix, Y: Matrix, loss: Loss): number
  /** The network with the statistics of the training data X stored; itself where there are none. */
  refreshStatistics(network: TrainedNetwork, X: Matrix): TrainedNetwork
  /** Weight matrices from input to output, as views where the arrays are matrices. */
  layers(network: TrainedNetwork): Matrix[]
  /** A size of every hidden neuron (sub-network of parallel ones) that is 0 when it contributes nothing. */
  neuronSizes(network: TrainedNetwork): Float64Array
}

/** A network family of the document: a model that can be started from random weights and trained by gradients. */
export interface NetworkFamily<Settings extends NetworkSettings = NetworkSettings> extends NetworkModel {
  readonly id: Settings['family']
  /** Whether the response of a row depends on the other rows of the training set. */
  readonly batchStatistics: boolean
  /** In place of ½Σ‖·‖² over the regularised parameters. */
  readonly regularizer?: Regularizer
  /** The trained arrays of a network, from input to output. */
  parameters(network: TrainedNetwork<RealArray>): readonly Parameter[]
  /** Random weights; deterministic in the stream. */
  initialize(shape: NetworkShape<Settings>, initialization: Initialization, stream: Stream): TrainedNetwork
  /**
   * ℓ over the rows of X and its gradient. X is all n training rows, and then ℓ is {@link NetworkModel.trainingLoss}, or a batch
   * of them that batch normalisation takes its statistics from, on the scale of the whole. Computed in the precision of
   * X; ℓ is summed in double.
   */
  lossGradient<T extends RealArray>(
    network: TrainedNetwork<T>,
    X: Matrix<T>,
    Y: Matrix<RealArray>,
    loss: Loss,
    n: number,
  ): LossGradient<T>
  /** Multiply–adds of the hidden layers for one row. */
  hiddenWork(network: TrainedNetwork<RealArray>): number
}
