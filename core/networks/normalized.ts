/** What the families with batch normalisation share: arrays, statistics, response. */
import type { FamilySettings } from '../experiments/document.ts'
import type { TrainedNetwork } from '../experiments/problem.ts'
import { Matrix } from '../linalg/matrix.ts'
import { multiply, rowNorms } from '../linalg/products.ts'
import { fromMatrix, fromVector, matrixOf, vectorOf } from './arrays.ts'
import { rowRange } from './blocks.ts'
import { bnLossGradient } from './bn-gradient.ts'
import { HiddenLayer, normalize, scaleShift, type BatchStatistics } from './bn-statistics.ts'
import type { NetworkFamily, NetworkShape } from './family.ts'
import { rectify } from './feedforward.ts'
import { decayed, free, randomWeights } from './initialize.ts'
import { geometryArray, geometryOf, patchCount, patchSize, type PatchGeometry } from './patches.ts'
import { sumGroups } from './pooling.ts'
import { matrixRows, patchRows, type RowSource } from './row-source.ts'

export type NormalizedSettings = FamilySettings<'bn-relu' | 'relu-bn' | 'conv-bn'>

export interface NormalizedWeights {
  /** h×m, h the features or the entries of a patch. */
  W1: Matrix
  gamma: Float64Array
  alpha: Float64Array
  /** m×K. */
  W2: Matrix
}

/** How a family with batch normalisation differs from the others. */
export interface NormalizedKind<Settings extends NormalizedSettings> {
  id: Settings['family']
  title: string
  /** Whether the ReLU comes before the normalisation, not after it. */
  rectified: boolean
  /** The patches that W1 acts on; null: whole rows. */
  geometry: (shape: NetworkShape<Settings>) => PatchGeometry | null
}

/**
 * The family of a kind.
 *
 * Arrays: W1 h×m, gamma [m], alpha [m], W2 m×K; mean [m] and norm [m], the statistics of the hidden columns over the
 * training rows; n [1], the number of those rows (patches count one by one); geometry [7] where there are patches.
 * Regulariser ½(‖γ‖² + ‖α‖² + ‖W2‖²_F): W1 has no scale and no decay. A column of zero variance responds with α/√n
 * alone.
 */
export function normalizedFamily<Settings extends NormalizedSettings>(
  kind: NormalizedKind<Settings>,
): NetworkFamily<Settings> {
  const { id, title, rectified } = kind
  const layerOf = (network: TrainedNetwork, X: Matrix): HiddenLayer =>
    new HiddenLayer(sourceOf(network, X), matrixOf(network, 'W1'), { rectified })
  return {
    id,
    title,
    batchStatistics: true,
    parameters(network) {
      const group = groupOf(network)
      const unit = (n: number): number => Math.sqrt(n * group)
      return [free('W1'), { ...decayed('gamma'), unit }, { ...decayed('alpha'), unit }, decayed('W2')]
    },
    initialize(shape, initialization, stream) {
      const { n, d, outputs, network } = shape
      const { width } = network
      const geometry = kind.geometry(shape)
      const [h, group] = geometry ? [patchSize(geometry), patchCount(geometry)] : [d, 1]
      const weights = {
        W1: randomWeights(h, width, initialization, stream.split('W1')),
        gamma: new Float64Array(width).fill(1),
        alpha: new Float64Array(width),
        W2: randomWeights(width, outputs, initialization, stream.split('W2')),
      }
      const none = { mean: new Float64Array(width), norm: new Float64Array(width) }
      return assemble(id, weights, none, n * group, geometry)
    },
    forward(network, X) {
      const stored = { mean: vectorOf(network, 'mean'), norm: vectorOf(network, 'norm') }
      return respond(weightsOf(network), layerOf(network, X), stored, vectorOf(network, 'n')[0], rectified)
    },
    trainingLoss(network, X, Y, loss) {
      const hidden = layerOf(network, X)
      const statistics = hidden.statistics(hidden.rows)
      return loss.value(respond(weightsOf(network), hidden, statistics, hidden.rows, rectified), Y)
    },
    lossGradient: (network, X, Y, loss, n) =>
      bnLossGradient(weightsOf(network), layerOf(network, X), Y, loss, n * groupOf(network), rectified),
    refreshStatistics: (network, X) =>
      normalizedNetwork(id, weightsOf(network), layerOf(network, X), storedGeometry(network)),
    layers: (network) => [matrixOf(network, 'W1'), matrixOf(network, 'W2')],
    neuronSizes(network) {
      const { gamma, alpha, W2 } = weightsOf(network)
      return rowNorms(W2).map((norm, j) => norm * Math.hypot(gamma[j], alpha[j]))
    },
    hiddenWork: (network) => groupOf(network) * matrixOf(network, 'W1').data.length,
  }
}

/** The network of these weights with the statistics of `hidden`, its layer on the training data, stored. */
export function normalizedNetwork(
  family: NormalizedSettings['family'],
  weights: NormalizedWeights,
  hidden: HiddenLayer,
  geometry: PatchGeometry | null,
): TrainedNetwork {
  return assemble(family, weights, hidden.statistics(hidden.rows), hidden.rows, geometry)
}

/** The trained arrays, as views. */
export function weightsOf(network: TrainedNetwork): NormalizedWeights {
  return {
    W1: matrixOf(network, 'W1'),
    gamma: vectorOf(network, 'gamma'),
    alpha: vectorOf(network, 'alpha'),
    W2: matrixOf(network, 'W2'),
  }
}

/** The rows that the statistics are taken over: those of X, or their patches. */
function sourceOf(network: TrainedNetwork, X: Matrix): RowSource {
  const geometry = storedGeometry(network)
  return geometry ? patchRows(X, geometry) : matrixRows(X)
}

const storedGeometry = (network: TrainedNetwork): PatchGeometry | null =>
  'geometry' in network.arrays ? geometryOf(vectorOf(network, 'geometry')) : null

/** Patches a row of X, 1 without patches. */
function groupOf(network: TrainedNetwork): number {
  const geometry = storedGeometry(network)
  return geometry ? patchCount(geometry) : 1
}

function assemble(
  family: NormalizedSettings['family'],
  { W1, gamma, alpha, W2 }: NormalizedWeights,
  { mean, norm }: BatchStatistics,
  n: number,
  geometry: PatchGeometry | null,
): TrainedNetwork {
  return {
    family,
    arrays: {
      W1: fromMatrix(W1),
      gamma: fromVector(gamma),
      alpha: fromVector(alpha),
      W2: fromMatrix(W2),
      mean: fromVector(mean),
      norm: fromVector(norm),
      n: fromVector(Float64Array.of(n)),
      ...(geometry && { geometry: fromVector(geometryArray(geometry)) }),
    },
  }
}

/** F (samples×K) of the samples behind `hidden`, in a network trained on n rows. */
function respond(
  { gamma, alpha, W2 }: NormalizedWeights,
  hidden: HiddenLayer,
  statistics: BatchStatistics,
  n: number,
  rectified: boolean,
): Matrix {
  const { group } = hidden.source
  const F = Matrix.zeros(hidden.rows / group, W2.cols)
  hidden.blocks.forEach(({ first, rows }, i) => {
    const Z = scaleShift(normalize(hidden.take(i), statistics), gamma, alpha, n)
    const A = sumGroups(rectified ? Z : rectify(Z), group)
    multiply(A, W2, { out: rowRange(F, first / group, rows / group) })
  })
  return F
}
