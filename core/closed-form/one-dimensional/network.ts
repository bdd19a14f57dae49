/** Networks with biases that compute a function with kinks at data points (THEORY 5.7, 5.6). */
import type { TrainedNetwork } from '../../experiments/problem.ts'
import { Matrix } from '../../linalg/matrix.ts'
import type { Layer } from '../../networks/feedforward.ts'
import { deepReluBiasNetwork } from '../../networks/relu-bias.ts'
import { sizeOf, type KinkedFunction } from './kinks.ts'
import type { Line } from './line.ts'

export interface NetworkShape {
  /** L ≥ 2. */
  layers: number
  outputBias: boolean
}

/**
 * A branch of one neuron a layer for every kink: c(s·x − s·t)₊ with all L weights of size |c|^{1/L}, so that weight decay
 * is (L/2)|c|^{2/L} a branch, |c| in two layers (Ergen & Pilanci 2021, Thm 4.2, Cor. 4.2).
 */
export function branchNetwork(
  line: Line,
  f: KinkedFunction,
  { layers, outputBias }: NetworkShape,
): TrainedNetwork {
  const { kinks } = f
  const sizes = kinks.map(({ weight }) => Math.abs(weight) ** (1 / layers))
  const chain = (): Layer => ({ W: diagonal(sizes), b: new Float64Array(kinks.length) })
  return deepReluBiasNetwork([
    firstLayer(line, f, sizes),
    ...Array.from({ length: layers - 2 }, chain),
    lastLayer(f, sizes, outputBias),
  ])
}

/** ½Σ‖W‖² of {@link branchNetwork}: (L/2)Σ|c|^{2/L}. */
export const branchCost = ({ kinks }: KinkedFunction, layers: number): number =>
  kinks.reduce((sum, { weight }) => sum + (layers / 2) * Math.abs(weight) ** (2 / layers), 0)

/**
 * The same function where the first L − 2 hidden layers are one neuron each that carries the coordinate on, and the last
 * hidden layer has all the kinks: cost (L/2)(Σ|c|)^{2/L}. The coordinate is carried from the leftmost point on, so to the
 * left of the data this network is constant.
 */
export function trunkNetwork(
  line: Line,
  f: KinkedFunction,
  { layers, outputBias }: NetworkShape,
): TrainedNetwork {
  if (layers === 2) return branchNetwork(line, f, { layers, outputBias })
  const { kinks } = f
  const total = sizeOf(f)
  const gain = total ** (1 / layers)
  const start = line.points[0]
  const carry = gain ** (layers - 2)
  const sizes = kinks.map(({ weight }) => Math.sqrt(Math.abs(weight) / carry))
  const first: Layer = { W: column(line.direction, [gain]), b: Float64Array.of(-gain * start) }
  const pass = (): Layer => ({ W: Matrix.fromRows([[gain]]), b: new Float64Array(1) })
  const bend: Layer = {
    W: Matrix.fromRows([kinks.map(({ side }, j) => side * sizes[j])]),
    b: Float64Array.from(
      kinks,
      ({ side, point }, j) => -side * sizes[j] * carry * (line.points[point] - start),
    ),
  }
  return deepReluBiasNetwork([
    first,
    ...Array.from({ length: layers - 3 }, pass),
    bend,
    lastLayer(f, sizes, outputBias),
  ])
}

/** ½Σ‖W‖² of {@link trunkNetwork}: (L/2)(Σ|c|)^{2/L}. */
export const trunkCost = (f: KinkedFunction, layers: number): number =>
  (layers / 2) * sizeOf(f) ** (2 / layers)

/** (s·size)(xa − t)₊ for every kink. */
function firstLayer({ direction, points }: Line, { kinks }: KinkedFunction, sizes: readonly number[]): Layer {
  return {
    W: column(
      direction,
      kinks.map(({ side }, j) => side * sizes[j]),
    ),
    b: Float64Array.from(kinks, ({ side, point }, j) => -side * sizes[j] * points[point]),
  }
}

function lastLayer(
  { kinks, intercept }: KinkedFunction,
  sizes: readonly number[],
  outputBias: boolean,
): Layer {
  const weights = Float64Array.from(kinks, ({ weight }, j) => Math.sign(weight) * sizes[j])
  return { W: Matrix.column(weights), b: outputBias ? Float64Array.of(intercept) : null }
}

/** a·rowᵀ. */
function column(a: Float64Array, row: readonly number[]): Matrix {
  const W = Matrix.zeros(a.length, row.length)
  a.forEach((value, i) => {
    row.forEach((factor, j) => W.set(i, j, value * factor))
  })
  return W
}

function diagonal(values: readonly number[]): Matrix {
  const D = Matrix.zeros(values.length, values.length)
  values.forEach((value, j) => D.set(j, j, value))
  return D
}
