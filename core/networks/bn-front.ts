/**
 * The hidden layers of a deep batch-normalised network before the last one: A ↦ (N·diag(γ) + 1αᵀ/√n)₊ with N the
 * normalised columns of A·W, or with the ReLU before the normalisation. Every layer needs the statistics of all rows
 * of the one before, so whole layers are held: one at a time for a response, all of them for a gradient.
 */
import type { Matrix, RealArray } from '../linalg/matrix.ts'
import { multiply, scaleColumns } from '../linalg/products.ts'
import { addColumnSums, centerSlopes, columnSlopes, noSums, scaleGradients } from './bn-backward.ts'
import { HiddenLayer, normalize, scaleShift, type BatchStatistics } from './bn-statistics.ts'
import { maskInactive } from './feedforward.ts'
import { matrixRows, type RowSource } from './row-source.ts'

/** A hidden layer with its normalisation: W h×m; γ and α m entries each. */
export interface NormalizedLayer<T extends RealArray = Float64Array> {
  W: Matrix<T>
  gamma: T
  alpha: T
}

/** What a layer made of its input, rows×m each. */
export interface LayerPass<T extends RealArray = Float64Array> {
  input: RowSource<T>
  statistics: BatchStatistics
  /** Normalised columns. */
  N: Matrix<T>
  /** The hidden columns, where the ReLU comes before the normalisation. */
  H: Matrix<T> | null
  /** The activations, input of the next layer. */
  A: Matrix<T>
}

export interface PassOptions {
  /** Training rows, of which those of the input are all or a batch. */
  n: number
  /** Whether the ReLU comes before the normalisation. */
  rectified: boolean
}

/** One layer; the statistics are those of the input unless they are given. */
export function passLayer<T extends RealArray>(
  layer: NormalizedLayer<T>,
  input: RowSource<T>,
  { n, rectified }: PassOptions,
  stored?: BatchStatistics,
): LayerPass<T> {
  const { W } = layer
  const hidden = new HiddenLayer(input, W, { rectified, entries: input.rows * W.cols })
  const statistics = stored ?? hidden.statistics(n)
  const H = hidden.whole()
  const N = rectified ? normalize(H, statistics) : normalize(H, statistics, H)
  return { input, statistics, N, H: rectified ? H : null, A: scaleShift(N, layer, n, !rectified) }
}

/** Every layer, each on the activations of the one before. */
export function passLayers<T extends RealArray>(
  layers: readonly NormalizedLayer<T>[],
  X: Matrix<T>,
  options: PassOptions,
): LayerPass<T>[] {
  const passes: LayerPass<T>[] = []
  for (const layer of layers) passes.push(passLayer(layer, matrixRows(passes.at(-1)?.A ?? X), options))
  return passes
}

/** The activations behind all layers, X itself behind none; nothing else is kept. */
export function activationsBehind(
  layers: readonly NormalizedLayer[],
  X: Matrix,
  options: PassOptions,
  stored?: readonly BatchStatistics[],
): Matrix {
  return layers.reduce((A, layer, l) => passLayer(layer, matrixRows(A), options, stored?.[l]).A, X)
}

/** The gradient of every layer from dA, ∂ℓ/∂ the last activations, which is overwritten; formulas in bn-gradient.ts. */
export function backLayers<T extends RealArray>(
  layers: readonly NormalizedLayer<T>[],
  passes: readonly LayerPass<T>[],
  dA: Matrix<T>,
  options: PassOptions,
): NormalizedLayer<T>[] {
  const gradients: NormalizedLayer<T>[] = []
  let D = dA
  for (let l = layers.length - 1; l >= 0; l--) {
    const { gradient, dH } = backLayer(layers[l], passes[l], D, options)
    gradients.unshift(gradient)
    if (l > 0) D = multiply(dH, layers[l].W, { transposeB: true })
  }
  return gradients
}

/** Overwrites dA with dH, ∂ℓ/∂(A·W). */
function backLayer<T extends RealArray>(
  { gamma }: NormalizedLayer<T>,
  { input, statistics, N, H, A }: LayerPass<T>,
  dA: Matrix<T>,
  { n, rectified }: PassOptions,
): { gradient: NormalizedLayer<T>; dH: Matrix<T> } {
  if (!rectified) maskInactive(dA, A)
  const sums = addColumnSums(N, dA, noSums(N.cols))
  centerSlopes(dA, N, sums, n, N.rows)
  if (H) maskInactive(dA, H)
  const dH = scaleColumns(dA, columnSlopes(gamma, statistics), dA)
  const W = dH.zerosAlike(input.cols, dH.cols)
  input.addTransposeTimes(dH, 0, input.rows, W)
  return { dH, gradient: { W, ...scaleGradients(sums, n, dH) } }
}
