/** What the families with batch normalisation share: arrays, statistics, response. */
import type { FamilySettings } from '../experiments/document.ts'
import type { NamedArrays, TrainedNetwork } from '../experiments/problem.ts'
import type { Matrix } from '../linalg/matrix.ts'
import { type RealArray } from '../linalg/matrix.ts'
import { multiply, rowNorms } from '../linalg/products.ts'
import type { Loss } from '../losses/index.ts'
import { fromMatrix, fromVector, matrixOf, vectorOf } from './arrays.ts'
import { rowRange } from './blocks.ts'
import {
  activationsBehind,
  backLayers,
  passLayer,
  passLayers,
  type NormalizedLayer,
  type PassOptions,
} from './bn-front.ts'
import { bnLossGradient } from './bn-gradient.ts'
import { depthOf, hiddenNames, outputName } from './bn-names.ts'
import { bnActivation } from './bn-activation.ts'
import { HiddenLayer, type BatchStatistics } from './bn-statistics.ts'
import type { LossGradient, NetworkFamily, NetworkShape } from './family.ts'
import { decayed, free, randomWeights } from './initialize.ts'
import { geometryArray, geometryOf, patchCount, patchSize, type PatchGeometry } from './patches.ts'
import { matrixRows, patchRows, type RowSource } from './row-source.ts'

export type NormalizedSettings = FamilySettings<'bn-relu' | 'relu-bn' | 'conv-bn'>

/** The last hidden layer and the output layer, which are the whole network when there is nothing before them. */
export interface NormalizedWeights<T extends RealArray = Float64Array> {
  /** h×m, h the features, the entries of a patch or the units of the hidden layer before. */
  W1: Matrix<T>
  gamma: T
  alpha: T
  /** m×K. */
  W2: Matrix<T>
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
 * Arrays of two layers: W1 h×m, gamma [m], alpha [m], W2 m×K; mean [m] and norm [m], the statistics of the hidden columns
 * over the training rows; n [1], the number of those rows (patches count one by one); geometry [7] where there are
 * patches. With L > 2 layers every hidden layer l < L has its own Wl, gammal, alphal, meanl, norml, and the output is WL
 * (Ergen et al. 2022, §1.4).
 *
 * Regulariser ½(‖γ‖² + ‖α‖² + ‖WL‖²_F) with γ, α of the *last* hidden layer (their (3)): what comes before has no scale,
 * because the next normalisation takes it away, and no decay. A column of zero variance responds with α/√n alone.
 */
export function normalizedFamily<Settings extends NormalizedSettings>(
  kind: NormalizedKind<Settings>,
): NetworkFamily<Settings> {
  const { id, title, rectified } = kind
  const layerOf = (network: TrainedNetwork, W1: Matrix, A: Matrix): HiddenLayer =>
    new HiddenLayer(sourceOf(network, A), W1, { rectified })
  return {
    id,
    title,
    batchStatistics: true,
    parameters(network) {
      const group = groupOf(network)
      const unit = (n: number): number => Math.sqrt(n * group)
      const layers = depthOf(network)
      const hidden = hiddenNames(layers).flatMap(({ W, gamma, alpha }, l) => {
        const scale = l === layers - 2 ? decayed : free
        return [free(W), { ...scale(gamma), unit }, { ...scale(alpha), unit }]
      })
      return [...hidden, decayed(outputName(layers))]
    },
    initialize(shape, initialization, stream) {
      const { n, d, outputs, network } = shape
      const { width, layers } = network
      const geometry = kind.geometry(shape)
      const [h, group] = geometry ? [patchSize(geometry), patchCount(geometry)] : [d, 1]
      const ones = () => ({ gamma: new Float64Array(width).fill(1), alpha: new Float64Array(width) })
      const hidden = hiddenNames(layers).map(({ W }, l) => ({
        W: randomWeights(l === 0 ? h : width, width, initialization, stream.split(W)),
        ...ones(),
      }))
      const output = outputName(layers)
      const W2 = randomWeights(width, outputs, initialization, stream.split(output))
      const none = hidden.map(() => ({ mean: new Float64Array(width), norm: new Float64Array(width) }))
      return assemble(id, { hidden, output: W2 }, none, n * group, geometry)
    },
    forward(network, X) {
      const { front, last } = splitOf(network)
      const [n, stored] = [vectorOf(network, 'n')[0], storedStatistics(network)]
      const A = activationsBehind(front, X, { n, rectified }, stored)
      return respond(last, layerOf(network, last.W1, A), stored[stored.length - 1], n, rectified)
    },
    trainingLoss(network, X, Y, loss) {
      const { front, last } = splitOf(network)
      const A = activationsBehind(front, X, { n: X.rows, rectified })
      const hidden = layerOf(network, last.W1, A)
      const statistics = hidden.statistics(hidden.rows)
      return loss.value(respond(last, hidden, statistics, hidden.rows, rectified), Y)
    },
    lossGradient: (network, X, Y, loss, n) => normalizedLossGradient(network, X, Y, loss, { n, rectified }),
    refreshStatistics(network, X) {
      const { front, last } = splitOf(network)
      return normalizedNetwork(id, last, sourceOf(network, X), {
        rectified,
        front,
        geometry: storedGeometry(network),
      })
    },
    layers: (network) => {
      const layers = depthOf(network)
      return Array.from({ length: layers }, (_, l) => matrixOf(network, `W${l + 1}`))
    },
    neuronSizes,
    hiddenWork(network) {
      const hidden = hiddenNames(depthOf(network)).map(({ W }) => network.arrays[W].data.length)
      return groupOf(network) * hidden.reduce((sum, length) => sum + length, 0)
    },
  }
}

/**
 * ℓ and ∇ℓ of a network of these families, through the statistics of the rows of X.
 *
 * @param n training rows, of which those of X are all or a batch
 * @param entries up to which the last hidden layer is kept
 */
export function normalizedLossGradient<T extends RealArray>(
  network: TrainedNetwork<T>,
  X: Matrix<T>,
  Y: Matrix<RealArray>,
  loss: Loss,
  { n, rectified, entries }: PassOptions & { entries?: number },
): LossGradient<T> {
  const { front, last } = splitOf(network)
  const options = { n: n * groupOf(network), rectified }
  const passes = passLayers(front, X, options)
  const A = passes.at(-1)?.A ?? X
  const dX = front.length > 0 ? A.roomAlike(A.rows, A.cols) : null
  const hidden = new HiddenLayer(sourceOf(network, A), last.W1, { rectified, entries })
  const { loss: value, gradient, statistics } = bnLossGradient(last, hidden, Y, loss, { ...options, dX })
  const before = dX ? backLayers(front, passes, dX, options) : []
  return {
    loss: value,
    gradient: namedWeights(joined(before, gradient)),
    statistics: namedStatistics([...passes.map((pass) => pass.statistics), statistics]),
  }
}

/**
 * ‖row of the next weights‖·‖(γ, α)‖ of every hidden neuron. Only the last hidden layer has a scale of its own: the
 * others are measured against the largest neuron of their layer, which counts like the largest of the last one.
 */
function neuronSizes(network: TrainedNetwork): Float64Array {
  const { hidden, output } = weightsOf(network)
  const sizes = hidden.map(({ gamma, alpha }, l) =>
    rowNorms(hidden[l + 1]?.W ?? output).map((norm, j) => norm * Math.hypot(gamma[j], alpha[j])),
  )
  const largest = (values: Float64Array): number => values.reduce((a, b) => Math.max(a, b), 0)
  const scale = largest(sizes[sizes.length - 1])
  return Float64Array.from(
    sizes.flatMap((layer) => {
      const own = largest(layer)
      return [...layer].map((size) => (own === 0 ? 0 : (size / own) * scale))
    }),
  )
}

export interface NormalizedOptions {
  rectified: boolean
  /** Hidden layers before the last. */
  front?: readonly NormalizedLayer[]
  geometry?: PatchGeometry | null
}

/** The network of these weights with the statistics of the training rows of `source` stored; memory is shared. */
export function normalizedNetwork(
  family: NormalizedSettings['family'],
  weights: NormalizedWeights,
  source: RowSource,
  { rectified, front = [], geometry = null }: NormalizedOptions,
): TrainedNetwork {
  const n = source.rows
  let input = source
  const statistics = front.map((layer) => {
    const pass = passLayer(layer, input, { n, rectified })
    input = matrixRows(pass.A)
    return pass.statistics
  })
  const hidden = new HiddenLayer(input, weights.W1, { rectified })
  return assemble(family, joined(front, weights), [...statistics, hidden.statistics(n)], n, geometry)
}

/** Every weight from input to output. */
interface AllWeights<T extends RealArray = Float64Array> {
  hidden: readonly NormalizedLayer<T>[]
  output: Matrix<T>
}

/** The trained arrays, as views. */
function weightsOf<T extends RealArray>(network: TrainedNetwork<T>): AllWeights<T> {
  const layers = depthOf(network)
  const hidden = hiddenNames(layers).map(({ W, gamma, alpha }) => ({
    W: matrixOf(network, W),
    gamma: vectorOf(network, gamma),
    alpha: vectorOf(network, alpha),
  }))
  return { hidden, output: matrixOf(network, outputName(layers)) }
}

/** The last two layers apart from those before them. */
function splitOf<T extends RealArray>(
  network: TrainedNetwork<T>,
): { front: readonly NormalizedLayer<T>[]; last: NormalizedWeights<T> } {
  const { hidden, output } = weightsOf(network)
  const { W, gamma, alpha } = hidden[hidden.length - 1]
  return { front: hidden.slice(0, -1), last: { W1: W, gamma, alpha, W2: output } }
}

const joined = <T extends RealArray>(
  front: readonly NormalizedLayer<T>[],
  { W1, gamma, alpha, W2 }: NormalizedWeights<T>,
): AllWeights<T> => ({ hidden: [...front, { W: W1, gamma, alpha }], output: W2 })

/** Mean and norm of every hidden layer as they are stored. */
const storedStatistics = (network: TrainedNetwork): BatchStatistics[] =>
  hiddenNames(depthOf(network)).map(({ mean, norm }) => ({
    mean: vectorOf(network, mean),
    norm: vectorOf(network, norm),
  }))

/** The rows that the statistics are taken over: those of X, or their patches. */
function sourceOf<T extends RealArray>(network: TrainedNetwork<T>, X: Matrix<T>): RowSource<T> {
  const geometry = storedGeometry(network)
  return geometry ? patchRows(X, geometry) : matrixRows(X)
}

const storedGeometry = (network: TrainedNetwork<RealArray>): PatchGeometry | null =>
  'geometry' in network.arrays ? geometryOf(vectorOf(network, 'geometry')) : null

/** Patches a row of X, 1 without patches. */
function groupOf(network: TrainedNetwork<RealArray>): number {
  const geometry = storedGeometry(network)
  return geometry ? patchCount(geometry) : 1
}

function assemble(
  family: NormalizedSettings['family'],
  weights: AllWeights,
  statistics: readonly BatchStatistics[],
  n: number,
  geometry: PatchGeometry | null,
): TrainedNetwork {
  return {
    family,
    arrays: {
      ...namedWeights(weights),
      ...namedStatistics(statistics),
      n: fromVector(Float64Array.of(n)),
      ...(geometry && { geometry: fromVector(geometryArray(geometry)) }),
    },
  }
}

function namedStatistics(statistics: readonly BatchStatistics[]): NamedArrays {
  const entries = hiddenNames(statistics.length + 1).flatMap(({ mean, norm }, l) => [
    [mean, fromVector(statistics[l].mean)],
    [norm, fromVector(statistics[l].norm)],
  ])
  return Object.fromEntries(entries) as NamedArrays
}

function namedWeights<T extends RealArray>({ hidden, output }: AllWeights<T>): NamedArrays<T> {
  const layers = hidden.length + 1
  const entries = hiddenNames(layers).flatMap((names, l) => [
    [names.W, fromMatrix(hidden[l].W)],
    [names.gamma, fromVector(hidden[l].gamma)],
    [names.alpha, fromVector(hidden[l].alpha)],
  ])
  return { ...Object.fromEntries(entries), [outputName(layers)]: fromMatrix(output) } as NamedArrays<T>
}

/** F (samples×K) of the samples behind `hidden`, in a network trained on n rows. */
function respond(
  weights: NormalizedWeights,
  hidden: HiddenLayer,
  statistics: BatchStatistics,
  n: number,
  rectified: boolean,
): Matrix {
  const { like, group } = hidden.source
  const F = like.roomAlike(hidden.rows / group, weights.W2.cols)
  const activation = bnActivation({ statistics, scale: weights, n, rows: hidden.rows, group, rectified })
  hidden.eachBlock(({ first, rows }, i) => {
    const { A } = activation.forth(hidden.take(i))
    multiply(A, weights.W2, { out: rowRange(F, first / group, rows / group) })
  })
  return F
}
