/**
 * Measures of networks on data of one dimension (THEORY §7): how far the fit is from the linear spline through the data
 * (Ergen & Pilanci 2021 JMLR, Fig. 1a), and where its kinks lie (Ergen & Pilanci 2021, Fig. 1).
 */
import { lineOf, sumsAt, type Line } from '../closed-form/one-dimensional/line.ts'
import type { TrainedNetwork } from '../experiments/problem.ts'
import type { Matrix } from '../linalg/matrix.ts'
import { maxAbs } from '../linalg/products.ts'
import { alongLine, kinksOf, slopesOf, valueAt, type AlongLine, type LineInSpace } from './line-kinks.ts'

export interface SplineMeasure {
  /** max |f − spline| between the outermost points; the spline goes through the mean target of each point. */
  deviation: number
  /** The same over the largest absolute difference of targets; null where all targets are equal. */
  relativeDeviation: number | null
  /** Of every kink between the outermost points, the largest jump of slope first. */
  kinks: MeasuredKink[]
  /** Share of Σ|jump| in kinks closer to a data point than 5 % of the gap between points that they lie in; 1 without kinks. */
  jumpAtPoints: number
}

export interface MeasuredKink {
  /** Coordinate along the line. */
  at: number
  jump: number
  /** Distance to the nearer data point over the gap between the two around it: 0 at a point, ½ in the middle. */
  distance: number
}

/** Kinks with a jump below this share of the largest are rounding, or neurons that training has left over. */
const VISIBLE = 1e-3
/** Jumps below this share of the steepest slope are rounding. */
const ROUNDING = 1e-6
/** A kink within this share of a gap is at its data point. */
const AT_POINT = 0.05

/**
 * @param network relu or relu-bias of any depth, one output
 * @param X n×d, rows on a line: d = 1, or affine rank one
 * @param y n targets
 * @returns null when all rows are at one point
 */
export function measureSpline(network: TrainedNetwork, X: Matrix, y: Float64Array): SplineMeasure | null {
  const line = lineOf(X)
  const { points } = line
  if (points.length < 2) return null
  const ends = [points[0], points[points.length - 1]] as const
  const fit = alongLine(network, embedded(line, X), ends)
  const targets = meansAt(line, y)
  const deviation = largestDeviation(fit, { t: points, values: targets })
  const spread = Math.max(...targets) - Math.min(...targets)
  const kinks = visibleKinks(fit, points)
  const total = kinks.reduce((sum, { jump }) => sum + Math.abs(jump), 0)
  const near = kinks.reduce((sum, { jump, distance }) => sum + (distance <= AT_POINT ? Math.abs(jump) : 0), 0)
  return {
    deviation,
    relativeDeviation: spread > 0 ? deviation / spread : null,
    kinks,
    jumpAtPoints: total > 0 ? near / total : 1,
  }
}

/** The line in feature space whose coordinate along `direction` is t: through the first row. */
function embedded({ direction }: Line, X: Matrix): LineInSpace {
  const row = X.row(0)
  const along = direction.reduce((sum, a, i) => sum + a * row[i], 0)
  return { origin: row.map((value, i) => value - along * direction[i]), direction }
}

function meansAt(line: Line, y: Float64Array): Float64Array {
  const counts = sumsAt(line, new Float64Array(y.length).fill(1))
  return sumsAt(line, y).map((sum, k) => sum / counts[k])
}

/** Of two piecewise linear functions on one interval: attained where one of them has a kink. */
function largestDeviation(fit: AlongLine, spline: AlongLine): number {
  const at = [...fit.t, ...spline.t]
  return at.reduce((most, t) => Math.max(most, Math.abs(valueAt(fit, t) - valueAt(spline, t))), 0)
}

function visibleKinks(fit: AlongLine, points: Float64Array): MeasuredKink[] {
  const all = kinksOf(fit)
  const largest = all.reduce((most, { jump }) => Math.max(most, Math.abs(jump)), 0)
  const least = Math.max(VISIBLE * largest, ROUNDING * maxAbs(slopesOf(fit)))
  return all
    .filter(({ jump }) => Math.abs(jump) > least)
    .map(({ t, jump }): MeasuredKink => ({ at: t, jump, distance: distanceToPoint(points, t) }))
    .sort((a, b) => Math.abs(b.jump) - Math.abs(a.jump))
}

function distanceToPoint(points: Float64Array, t: number): number {
  const after = points.findIndex((point) => point >= t)
  const [left, right] = [points[after - 1], points[after]]
  return Math.min(t - left, right - t) / (right - left)
}
