/**
 * Minimum-norm interpolation in closed form (THEORY 5.7, equality loss; Ergen & Pilanci 2021 JMLR, Cor. 3.2): the atoms
 * of least Σ|weight| through the points, and the dual vector that proves it.
 *
 * The values at the points fix the slopes, so the bends Δᵢ and the slope m at the left end are given, and only the split
 * of each bend into a left weight lᵢ and a right one Δᵢ − lᵢ is free. With prices Cᵢ = vᵀ(x − tᵢ)₊ the dual asks for
 * |Cᵢ| ≤ 1 and |Cᵢ − qᵢ| ≤ 1, where qᵢ = vᵀ(x − tᵢ) is the same c₀ for all i with an intercept (1ᵀv = 0), and any linear
 * function of tᵢ without one.
 */
import { sizeOf, type KinkedFunction, type Kink } from './kinks.ts'
import { leastSplit, regimeOf, sidesOf, type Bend, type Regime } from './least-split.ts'

export interface Interpolation extends KinkedFunction {
  /** One entry a point; Σ vₖyₖ is the size. */
  dual: Float64Array
}

const TREND: Record<Regime, number> = { free: 0, rising: 0, falling: 0, top: 1, bottom: -1 }

/** With an unpenalised intercept: size max(TV, D⁻ − m, D⁺ + m). y: p values at p ascending points. */
export function interpolateFreely(points: Float64Array, y: Float64Array): Interpolation {
  const { slope, bends } = bendsOf(points, y)
  const regime = regimeOf(slope, sidesOf(bends))
  const kinks = leastSplit(slope, bends, regime)
  const left = kinks.filter(({ side }) => side < 0)
  const intercept = left.reduce((b, { point, weight }) => b - weight * (points[point] - points[0]), y[0])
  const trend = TREND[regime]
  return { kinks, intercept, dual: dualVector(points, bends, () => trend) }
}

/**
 * B's program, without an intercept: the size is the largest value over linear q with |q| ≤ 1 at both ends of
 *
 *     q(t₀)·a + q(t₍ₚ₋₁₎)·b + Σ Δᵢ·(upper bound of Cᵢ where Δᵢ > 0, lower where Δᵢ < 0),
 *
 * concave and piecewise linear, so attained where q = 0, at a corner, or where q vanishes at a bend and is ±1 at an end.
 */
export function interpolateWithoutIntercept(points: Float64Array, y: Float64Array): Interpolation {
  const p = points.length
  const { slope, bends } = bendsOf(points, y)
  const range = points[p - 1] - points[0]
  const problem: SplitProblem = { points, bends, slope, start: y[0] / range, range }
  const best = candidates(problem).reduce((a, b) => (sizeAt(problem, b) > sizeAt(problem, a) ? b : a))
  return {
    kinks: splitAt(problem, best),
    intercept: 0,
    dual: dualVector(points, bends, priceAt(problem, best)),
  }
}

/** The slope of every piece between two points. */
export function slopesOf(points: Float64Array, y: Float64Array): Float64Array {
  return Float64Array.from(
    { length: points.length - 1 },
    (_, k) => (y[k + 1] - y[k]) / (points[k + 1] - points[k]),
  )
}

/** Slope of the first piece, and the change of slope at every interior point. */
function bendsOf(points: Float64Array, y: Float64Array): { slope: number; bends: Bend[] } {
  const slopes = slopesOf(points, y)
  const bends = Array.from(slopes.subarray(1), (next, k): Bend => ({ point: k + 1, jump: next - slopes[k] }))
  return { slope: slopes[0], bends }
}

/** q at both ends of the data, and the bend at which it vanishes, when it was chosen so. */
interface Ends {
  first: number
  last: number
  through: number | null
}

interface SplitProblem {
  points: Float64Array
  bends: readonly Bend[]
  /** m: minus the sum of all left weights, plus the right one at t₀. */
  slope: number
  /** y₀ over the range: Σ of left weights times their distance from t₀ is y₀. */
  start: number
  range: number
}

const priceAt =
  ({ points, range }: SplitProblem, { first, last, through }: Ends) =>
  (point: number): number =>
    point === through ? 0 : first + ((last - first) * (points[point] - points[0])) / range

const upper = (q: number): number => Math.min(1, 1 + q)
const lower = (q: number): number => Math.max(-1, q - 1)

/** The dual value: q₀ is the price of the slope at t₀, and (q₀ − q₁)/range that of the constant. */
function sizeAt(problem: SplitProblem, ends: Ends): number {
  const q = priceAt(problem, ends)
  const outer = ends.first * problem.slope + (ends.first - ends.last) * problem.start
  return problem.bends.reduce(
    (sum, { point, jump }) => sum + jump * (jump > 0 ? upper(q(point)) : lower(q(point))),
    outer,
  )
}

function candidates({ points, bends }: SplitProblem): Ends[] {
  const last = points.length - 1
  const through = bends.flatMap(({ point }): Ends[] => {
    const [before, after] = [points[point] - points[0], points[last] - points[point]]
    const ratio = Math.min(before, after) / Math.max(before, after)
    return [1, -1].map((sign) =>
      before <= after
        ? { first: sign * ratio, last: -sign, through: point }
        : { first: sign, last: -sign * ratio, through: point },
    )
  })
  const corners = [1, -1].flatMap((first) =>
    [1, -1].map((end): Ends => ({ first, last: end, through: null })),
  )
  return [{ first: 0, last: 0, through: null }, ...through, ...corners]
}

/**
 * The weights that complementarity leaves: a bend with q > 0 is right when it goes up and left when it goes down, with
 * q < 0 the other way round; the one at q = 0 is split, and the atoms (x − t₀)₊ and (t₍ₚ₋₁₎ − x)₊ are in use where |q| = 1.
 * Two of these meet both sums; where all three are free it is the pair of least size.
 */
function splitAt(problem: SplitProblem, ends: Ends): Kink[] {
  const { points, bends, slope, start, range } = problem
  if (ends.first === 0 && ends.last === 0) return windowSplit(problem)
  const q = priceAt(problem, ends)
  const lefts = bends.map(({ point, jump }) => (q(point) * jump < 0 ? jump : 0))
  // What the others have to make: Σ of left weights minus the right one at t₀, and Σ of left weights times distance.
  const sum = lefts.reduce((rest, left) => rest - left, -slope)
  const moment = lefts.reduce(
    (rest, left, i) => rest - left * (points[bends[i].point] - points[0]),
    start * range,
  )
  const split = bends.findIndex(({ point }) => point === ends.through)
  const options: Kink[][] = []
  const offer = (left: number, first: number, last: number): void => {
    const all = split < 0 ? lefts : lefts.with(split, left)
    options.push(kinksOf(problem, all, first, last))
  }
  if (split < 0 || ends.first === -ends.last) offer(0, moment / range - sum, moment / range)
  if (split >= 0) {
    const distance = points[bends[split].point] - points[0]
    if (Math.abs(ends.first) === 1) offer(moment / distance, moment / distance - sum, 0)
    if (Math.abs(ends.last) === 1) {
      const last = (moment - sum * distance) / (range - distance)
      offer(sum - last, 0, last)
    }
  }
  return options.reduce((least, option) =>
    sizeOf({ kinks: option }) < sizeOf({ kinks: least }) ? option : least,
  )
}

/**
 * Left weights between 0 and the jumps with both sums given. Down bends are counted from all-left, so that every weight
 * to give is positive; given to a window of neighbouring bends, the moment rises as the window moves right.
 */
function windowSplit(problem: SplitProblem): Kink[] {
  const { points, bends, slope, start, range } = problem
  const sizes = bends.map(({ jump }) => Math.abs(jump))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  let mass = -slope
  let moment = start * range
  for (const { point, jump } of bends) {
    if (jump >= 0) continue
    mass -= jump
    moment -= jump * (points[point] - points[0])
  }
  mass = Math.min(Math.max(mass, 0), total)
  const give = (offset: number): number[] => {
    let before = 0
    return sizes.map((size) => {
      const share = Math.min(before + size, offset + mass) - Math.max(before, offset)
      before += size
      return Math.max(0, share)
    })
  }
  const momentOf = (given: number[]): number =>
    given.reduce((sum, weight, i) => sum + weight * (points[bends[i].point] - points[0]), 0)
  // The moment is piecewise linear in the offset: bisection to the last bit, then a linear step.
  let [low, high] = [0, total - mass]
  for (let step = 0; step < 100 && high - low > 1e-3 * Number.EPSILON * total; step++) {
    const middle = 0.5 * (low + high)
    if (momentOf(give(middle)) < moment) low = middle
    else high = middle
  }
  const given = give(high)
  const lefts = bends.map(({ jump }, i) => (jump >= 0 ? given[i] : jump + given[i]))
  return kinksOf(problem, lefts, 0, 0)
}

function kinksOf(
  { points, bends }: SplitProblem,
  lefts: readonly number[],
  first: number,
  last: number,
): Kink[] {
  const inner = bends.flatMap(({ point, jump }, i): Kink[] => [
    { side: 1, point, weight: jump - lefts[i] },
    { side: -1, point, weight: lefts[i] },
  ])
  const ends: Kink[] = [
    { side: 1, point: 0, weight: first },
    { side: -1, point: points.length - 1, weight: last },
  ]
  return [...ends, ...inner].filter(({ weight }) => weight !== 0)
}

/** The v whose prices are at the bound that the sign of each bend asks for: second differences of the prices. */
function dualVector(
  points: Float64Array,
  bends: readonly Bend[],
  q: (point: number) => number,
): Float64Array {
  const last = points.length - 1
  const prices = new Float64Array(points.length)
  prices[0] = q(0)
  for (const { point, jump } of bends) {
    const price = q(point)
    prices[point] = jump > 0 ? upper(price) : jump < 0 ? lower(price) : 0
  }
  const drops = Float64Array.from(
    { length: last },
    (_, k) => (prices[k] - prices[k + 1]) / (points[k + 1] - points[k]),
  )
  const total = (q(0) - q(last)) / (points[last] - points[0])
  const v = new Float64Array(points.length)
  v[0] = total - drops[0]
  for (let k = 1; k < last; k++) v[k] = drops[k - 1] - drops[k]
  v[last] = drops[last - 1]
  return v
}
