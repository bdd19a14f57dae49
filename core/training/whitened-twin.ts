/**
 * Batch normalisation seen as whitening (Ergen et al. 2022, Lemma 4.1, Thm 4.1). With (I − 11ᵀ/n)X = UΣVᵀ and q = ΣVᵀw,
 *
 *     BN(Xw) = Uq/‖q‖·γ + 1α/√n,
 *
 * so that the two-layer network on X and its twin on the whitened data U are the same function, with the same gradients in
 * γ, α and W2. The chain rule ∇_w = VΣ∇_q makes their hidden weights differ: a gradient step moves the network on X, seen
 * in q-space, Σ² times as far as the twin,
 *
 *     ΣVᵀΔw = Σ²·Δq.
 *
 * (The appendix prints the relation inverted.) Directions of large singular values are learnt first on X, all alike on U.
 */
import type { NamedArrays, TrainedNetwork } from '../experiments/problem.ts'
import type { LossId } from '../experiments/document.ts'
import { Matrix } from '../linalg/matrix.ts'
import { columnNorms, dot, multiply, norm2, scaleColumns, scaleRows } from '../linalg/products.ts'
import { numericalRank, thinSvd } from '../linalg/svd.ts'
import { bnReluNetwork, gradient, matrixOf, parameters, vectorOf } from '../networks/index.ts'
import { columnMeans } from '../networks/row-source.ts'

/** The compact singular value decomposition of the centred data. */
export interface Whitening {
  /** The data that the decomposition is of, n×d. */
  X: Matrix
  /** n×r, columns orthonormal and orthogonal to 1. */
  U: Matrix
  /** Descending, positive. */
  s: Float64Array
  /** d×r. */
  V: Matrix
}

export function whiten(X: Matrix): Whitening {
  const centered = X.clone()
  const means = columnMeans(X).data
  for (let i = 0; i < X.rows; i++) means.forEach((mean, j) => (centered.row(i)[j] -= mean))
  const { U, s, V } = thinSvd(centered)
  const rank = numericalRank(s)
  const leading = (A: Matrix): Matrix => {
    const result = Matrix.zeros(A.rows, rank)
    for (let i = 0; i < A.rows; i++) result.row(i).set(A.row(i).subarray(0, rank))
    return result
  }
  return { X, U: leading(U), s: s.slice(0, rank), V: leading(V) }
}

/** The twin on U of a two-layer bn-relu network on X: W1 (d×m) becomes Q = ΣVᵀW1 (r×m); the rest is copied. */
export function toWhitened(network: TrainedNetwork, { U, s, V }: Whitening): TrainedNetwork {
  const Q = scaleRows(multiply(V, matrixOf(network, 'W1'), { transposeA: true }), s)
  return bnReluNetwork({ ...outerOf(network), W1: Q }, U)
}

/** The network on X of a twin on U: W1 = VΣ⁻¹Q, in the row space of the centred data; the rest is copied. */
export function fromWhitened(twin: TrainedNetwork, { X, s, V }: Whitening): TrainedNetwork {
  const inverse = s.map((value) => 1 / value)
  const W1 = multiply(scaleColumns(V, inverse), matrixOf(twin, 'W1'))
  return bnReluNetwork({ ...outerOf(twin), W1 }, X)
}

function outerOf(network: TrainedNetwork) {
  return {
    gamma: vectorOf(network, 'gamma').slice(),
    alpha: vectorOf(network, 'alpha').slice(),
    W2: matrixOf(network, 'W2').clone(),
  }
}

/** What one step of gradient descent does to both networks from the same function. */
export interface StepPair {
  /** ∇ of the objective on U, for every parameter of the twin. */
  twin: NamedArrays
  objective: number
  /** ΣVᵀ∇_w and ∇_q, r×m: the steps in q-space are −η times these. */
  moved: Matrix
  movedTwin: Matrix
  /**
   * max |ΣVᵀ∇_w − Σ²∇_q| over the largest entry of ΣVᵀ∇_w or, where that is larger, of what the normalisation takes off it
   * (along q: with one direction nothing else is left): 0 but for rounding.
   */
  deviation: number
  /** The same of the gradients in γ, α and W2, which are equal. */
  outerDeviation: number
}

/** Both gradients at the function of `twin`: on U, and on X at the weights that {@link fromWhitened} gives. */
export function compareSteps(
  twin: TrainedNetwork,
  whitening: Whitening,
  Y: Matrix,
  loss: LossId,
  beta: number,
): StepPair {
  const { X, U, s, V } = whitening
  const { objective, gradient: onU } = gradient(twin, U, Y, loss, beta)
  const { gradient: onX } = gradient(fromWhitened(twin, whitening), X, Y, loss, beta)
  const asMatrix = ({ shape, data }: NamedArrays[string]) => new Matrix(shape[0], shape[1], data)
  const moved = scaleRows(multiply(V, asMatrix(onX.W1), { transposeA: true }), s)
  const movedTwin = asMatrix(onU.W1)
  const predicted = scaleRows(
    movedTwin,
    s.map((value) => value * value),
  )
  const outer = ['gamma', 'alpha', 'W2'].map((name) => deviationOf(onX[name].data, onU[name].data))
  return {
    twin: onU,
    objective,
    moved,
    movedTwin,
    deviation: deviationOf(moved.data, predicted.data, s[0] ** 2 * radialSize(twin, onU)),
    outerDeviation: Math.max(...outer),
  }
}

/** The largest γ·∂γ/‖q‖: the size of what ∇_q, which is orthogonal to q, has lost along q. */
function radialSize(twin: TrainedNetwork, slopes: NamedArrays): number {
  const gamma = vectorOf(twin, 'gamma')
  const sizes = columnNorms(matrixOf(twin, 'W1'))
  return slopes.gamma.data.reduce(
    (largest, slope, j) =>
      sizes[j] === 0 ? largest : Math.max(largest, Math.abs(gamma[j] * slope) / sizes[j]),
    0,
  )
}

/** max |a − b| over the larger of max |a| and `scale`; 0 between zeros. */
function deviationOf(a: Float64Array, b: Float64Array, scale = 0): number {
  let [largest, difference] = [scale, 0]
  a.forEach((value, i) => {
    largest = Math.max(largest, Math.abs(value))
    difference = Math.max(difference, Math.abs(value - b[i]))
  })
  return difference === 0 ? 0 : difference / largest
}

/** One step of gradient descent on objective/n in the units of the parameters (as a trainer's), in place. */
export function descend(network: TrainedNetwork, slopes: NamedArrays, learningRate: number, n: number): void {
  for (const { name, unit } of parameters(network)) {
    const theta = network.arrays[name].data
    const rate = (learningRate * unit(n) ** 2) / n
    slopes[name].data.forEach((slope, at) => (theta[at] -= rate * slope))
  }
}

/**
 * Cosine similarity of the hidden weights to those of the start, one a singular direction of the centred data
 * (Ergen et al. 2022, (21)): of the rows of Q, which are those of VᵀW1 up to σ.
 *
 * @returns r entries; 1 where a direction has no weights in either
 */
export function directionSimilarity(Q: Matrix, start: Matrix): Float64Array {
  return Float64Array.from({ length: Q.rows }, (_, i) => {
    const size = norm2(Q.row(i)) * norm2(start.row(i))
    return size === 0 ? 1 : dot(Q.row(i), start.row(i)) / size
  })
}
