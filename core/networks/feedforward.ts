import type { NamedArrays, TrainedNetwork } from '../experiments/problem.ts'
import { maskInactive as maskEntries, rectifyInPlace } from '../kernels/elementwise.ts'
import type { Matrix, RealArray } from '../linalg/matrix.ts'
import { columnNorms, multiply, rowNorms } from '../linalg/products.ts'
import type { Loss } from '../losses/index.ts'
import { fromMatrix, fromVector, matrixOf, vectorOf } from './arrays.ts'
import { BLOCK_ENTRIES, rowBlocks, rowRange, type RowBlock } from './blocks.ts'
import type { LossGradient } from './family.ts'

/** One layer A ↦ A·W + 1bᵀ: W fanIn×fanOut, b fanOut entries or none. */
export interface Layer<T extends RealArray = Float64Array> {
  W: Matrix<T>
  b: T | null
}

/** F = σ(⋯σ(X·W1 + 1b1ᵀ)⋯)·WL + 1bLᵀ with σ the ReLU or, in linear networks, the identity. */
export interface Feedforward<T extends RealArray = Float64Array> {
  layers: readonly Layer<T>[]
  rectified: boolean
}

/** The layers W1, b1, W2, … of a network, as many as it has; biases where it has them. */
export function layersOf<T extends RealArray>(network: TrainedNetwork<T>): Layer<T>[] {
  const depth = Object.keys(network.arrays).filter((name) => /^W\d+$/.test(name)).length
  return Array.from({ length: depth }, (_, l) => ({
    W: matrixOf(network, `W${l + 1}`),
    b: `b${l + 1}` in network.arrays ? vectorOf(network, `b${l + 1}`) : null,
  }))
}

/** The arrays W1, b1, W2, … of these layers, sharing their memory. */
export function arraysOf<T extends RealArray>(layers: readonly Layer<T>[]): NamedArrays<T> {
  return Object.fromEntries(
    layers.flatMap(({ W, b }, l) => [
      [`W${l + 1}`, fromMatrix(W)],
      ...(b ? [[`b${l + 1}`, fromVector(b)]] : []),
    ]),
  ) as NamedArrays<T>
}

/** Layers of zeros of the same shapes, in the place of X. */
export function zerosLike<T extends RealArray>(layers: readonly Layer<T>[], X: Matrix<T>): Layer<T>[] {
  return layers.map(({ W, b }) => ({
    W: X.zerosAlike(W.rows, W.cols),
    b: b && X.zerosAlike(1, b.length).data,
  }))
}

/** Units of all hidden layers together: what a row of activations costs to keep. */
export function hiddenUnits(layers: readonly Layer<RealArray>[]): number {
  return layers.slice(0, -1).reduce((sum, { W }) => sum + W.cols, 0)
}

/** F (rows×K). */
export function respond({ layers, rectified }: Feedforward, X: Matrix): Matrix {
  const F = X.roomAlike(X.rows, layers.at(-1)!.W.cols)
  for (const { first, rows } of rowBlocks(X.rows, hiddenUnits(layers))) {
    X.scoped(() => {
      let A = rowRange(X, first, rows)
      for (const layer of layers.slice(0, -1)) A = activate(apply(A, layer), rectified)
      apply(A, layers.at(-1)!, rowRange(F, first, rows))
    })
  }
  return F
}

/** The activations of the hidden layers, then F, of the rows of X. */
export function responses<T extends RealArray>(
  { layers, rectified }: Feedforward<T>,
  X: Matrix<T>,
): Matrix<T>[] {
  const last = layers.length - 1
  const all: Matrix<T>[] = []
  layers.forEach((layer, l) => {
    const A = apply(l === 0 ? X : all[l - 1], layer)
    all.push(l === last ? A : activate(A, rectified))
  })
  return all
}

/**
 * Backpropagation: adds ∂ℓ of every layer to `gradient`.
 *
 * @param hidden activations of the hidden layers, as {@link responses} gives them
 * @param dF ∂ℓ/∂F, rows×K
 */
export function backpropagate<T extends RealArray>(
  { layers, rectified }: Feedforward<T>,
  X: Matrix<T>,
  hidden: readonly Matrix<T>[],
  dF: Matrix<T>,
  gradient: readonly Layer<T>[],
): void {
  let D = dF
  for (let l = layers.length - 1; l >= 0; l--) {
    const { W, b } = gradient[l]
    multiply(l === 0 ? X : hidden[l - 1], D, { transposeA: true, beta: 1, out: W })
    if (b) addColumnSums(D, b)
    if (l === 0) return
    D = multiply(D, layers[l].W, { transposeB: true })
    if (rectified) maskInactive(D, hidden[l - 1])
  }
}

/** ℓ and its gradient for every array, `entries` of the hidden layers at a time. */
export function feedforwardLossGradient<T extends RealArray>(
  net: Feedforward<T>,
  X: Matrix<T>,
  Y: Matrix<RealArray>,
  loss: Loss,
  entries = BLOCK_ENTRIES,
): LossGradient<T> {
  const gradient = zerosLike(net.layers, X)
  let value = 0
  for (const block of rowBlocks(X.rows, hiddenUnits(net.layers), entries)) {
    const [Xb, Yb] = [rowsOf(X, block), rowsOf(Y, block)]
    X.scoped(() => {
      const all = responses(net, Xb)
      const F = all.at(-1)
      value += loss.replaceByGradient(F, Yb)
      backpropagate(net, Xb, all, F, gradient)
    })
  }
  return { loss: value, gradient: arraysOf(gradient) }
}

/** Incoming times outgoing norm of every hidden unit, layer by layer; the incoming one counts the bias. */
export function unitSizes(layers: readonly Layer[]): Float64Array {
  const sizes = layers.slice(0, -1).map(({ W, b }, l) => {
    const outgoing = rowNorms(layers[l + 1].W)
    return columnNorms(W).map((norm, j) => (b ? Math.hypot(norm, b[j]) : norm) * outgoing[j])
  })
  return Float64Array.from(sizes.flatMap((layer) => [...layer]))
}

/** Multiply–adds of all layers but the last for one row. */
export function hiddenWork(layers: readonly Layer<RealArray>[]): number {
  return layers.slice(0, -1).reduce((sum, { W }) => sum + W.rows * W.cols, 0)
}

/** max(A, 0) in place; NaN stays NaN, so that divergence is seen. */
export function rectify<T extends RealArray>(A: Matrix<T>): Matrix<T> {
  rectifyInPlace(A.data)
  return A
}

/** Zeroes D, in place, where the activation is not positive. */
export function maskInactive(D: Matrix<RealArray>, activations: Matrix<RealArray>): void {
  maskEntries(D.data, activations.data)
}

const rowsOf = <T extends RealArray>(A: Matrix<T>, { first, rows }: RowBlock): Matrix<T> =>
  rowRange(A, first, rows)

const activate = <T extends RealArray>(A: Matrix<T>, rectified: boolean): Matrix<T> =>
  rectified ? rectify(A) : A

/** A·W + 1bᵀ. */
function apply<T extends RealArray>(A: Matrix<T>, { W, b }: Layer<T>, out?: Matrix<T>): Matrix<T> {
  const product = multiply(A, W, { out })
  if (b) for (let i = 0; i < product.rows; i++) addTo(product.row(i), b)
  return product
}

function addColumnSums(D: Matrix<RealArray>, sums: RealArray): void {
  for (let i = 0; i < D.rows; i++) addTo(sums, D.row(i))
}

function addTo(target: RealArray, values: RealArray): void {
  for (let j = 0; j < target.length; j++) target[j] += values[j]
}
