/** A ReLU network along a line, exactly: it is piecewise linear there, and its kinks can be found layer by layer. */
import type { TrainedNetwork } from '../experiments/problem.ts'
import type { Matrix } from '../linalg/matrix.ts'
import { layersOf, type Layer } from '../networks/feedforward.ts'

/** The points origin + t·direction, t real. */
export interface LineInSpace {
  /** d entries. */
  origin: Float64Array
  /** d entries. */
  direction: Float64Array
}

/** A network of one output along a line, from t = low to high. */
export interface AlongLine {
  /** Ascending: both ends, and every t between them at which some hidden unit is zero. */
  t: Float64Array
  /** The output there. */
  values: Float64Array
}

/** A change of the slope of the output. */
export interface NetworkKink {
  t: number
  /** Slope to the right minus slope to the left. */
  jump: number
}

/** Zeros of hidden units closer than this share of the interval are one point: slopes of shorter pieces are rounding. */
const SAME = 1e-9

/**
 * @param network relu or relu-bias, any depth
 * @param output which of its outputs
 * @throws RangeError for other families
 */
export function alongLine(
  network: TrainedNetwork,
  { origin, direction }: LineInSpace,
  [low, high]: readonly [number, number],
  output = 0,
): AlongLine {
  if (network.family !== 'relu' && network.family !== 'relu-bias') {
    throw new RangeError(`A ${network.family} network is not measured along a line: relu and relu-bias are.`)
  }
  const layers = layersOf(network)
  const last = layers[layers.length - 1]
  let t: Float64Array = Float64Array.of(low, high)
  let state = Array.from(t, (at) => origin.map((value, i) => value + at * direction[i]))
  layers.slice(0, -1).forEach((layer) => {
    const before = state.map((activations) => apply(layer, activations))
    const split = refined(t, before, SAME * (high - low))
    t = split.t
    state = split.state.map((activations) => activations.map((value) => Math.max(0, value)))
  })
  return { t, values: Float64Array.from(state, (activations) => apply(last, activations)[output]) }
}

/** The slope of every piece. */
export function slopesOf({ t, values }: AlongLine): Float64Array {
  return Float64Array.from(
    { length: t.length - 1 },
    (_, k) => (values[k + 1] - values[k]) / (t[k + 1] - t[k]),
  )
}

/** What happens to the slope at every point strictly inside the interval, jumps of zero among them. */
export function kinksOf(along: AlongLine): NetworkKink[] {
  const slopes = slopesOf(along)
  return Array.from(slopes.subarray(1), (slope, k): NetworkKink => ({
    t: along.t[k + 1],
    jump: slope - slopes[k],
  }))
}

/** The output at any t of the interval, by linear interpolation between neighbouring zeros. */
export function valueAt({ t, values }: AlongLine, at: number): number {
  let k = t.findIndex((next) => next >= at)
  if (k < 0) k = t.length - 1
  if (k === 0 || t[k] === at) return values[k]
  const share = (at - t[k - 1]) / (t[k] - t[k - 1])
  return (1 - share) * values[k - 1] + share * values[k]
}

/** a·W + b. */
function apply({ W, b }: Layer, a: Float64Array): Float64Array {
  const result = b ? b.slice() : new Float64Array(W.cols)
  addRows(W, a, result)
  return result
}

function addRows(W: Matrix, a: Float64Array, out: Float64Array): void {
  for (let i = 0; i < W.rows; i++) {
    if (a[i] === 0) continue
    const row = W.row(i)
    for (let j = 0; j < row.length; j++) out[j] += a[i] * row[j]
  }
}

/** The points and the states there, linear between them, with a point added wherever an entry changes sign. */
function refined(
  t: Float64Array,
  state: Float64Array[],
  same: number,
): { t: Float64Array; state: Float64Array[] } {
  const points = [t[0]]
  const states = [state[0]]
  for (let k = 1; k < t.length; k++) {
    for (const share of crossings(state[k - 1], state[k])) {
      const at = t[k - 1] + share * (t[k] - t[k - 1])
      if (at - points[points.length - 1] <= same || t[k] - at <= same) continue
      points.push(at)
      states.push(state[k - 1].map((value, j) => value + share * (state[k][j] - value)))
    }
    points.push(t[k])
    states.push(state[k])
  }
  return { t: Float64Array.from(points), state: states }
}

/** Where between 0 and 1 entries change sign, ascending. */
function crossings(from: Float64Array, to: Float64Array): number[] {
  const shares: number[] = []
  from.forEach((value, j) => {
    if (value * to[j] < 0) shares.push(value / (value - to[j]))
  })
  return shares.sort((a, b) => a - b)
}
