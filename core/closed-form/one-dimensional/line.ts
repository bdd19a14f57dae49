import type { Matrix } from '../../linalg/matrix.ts'
import { multiplyVector } from '../../linalg/products.ts'
import { thinSvd } from '../../linalg/svd.ts'
import { centerColumns } from '../minimum-norm.ts'

/** Data on a line, rows at one place put together. */
export interface Line {
  /** Unit, d entries: the rows are a point plus multiples of it. */
  direction: Float64Array
  /** The distinct coordinates Xa of the rows along it, ascending: p entries. */
  points: Float64Array
  /** Index of the point of each row, n entries. */
  place: Int32Array
}

/** Coordinates closer than this share of their range are one point: what rounding of X·a leaves. */
const SAME = 1e-13

/**
 * The line that rows of affine rank one lie on. Free hidden biases take up any shift, so data 1μᵀ + taᵀ are as good as
 * rank one (THEORY 5.7). Data that are on no line are projected on their leading direction.
 *
 * @param X n×d
 */
export function lineOf(X: Matrix): Line {
  const direction = leadingDirection(X)
  return { direction, ...pointsOf(multiplyVector(X, direction)) }
}

/** The distinct values of x (n entries), ascending, and which of them each entry is. */
export function pointsOf(x: Float64Array): Pick<Line, 'points' | 'place'> {
  const order = Int32Array.from(x.keys()).sort((i, j) => x[i] - x[j])
  const [low, high] = [x[order[0]], x[order[order.length - 1]]]
  const points: number[] = []
  const place = new Int32Array(x.length)
  for (const i of order) {
    if (points.length === 0 || x[i] - points[points.length - 1] > SAME * (high - low)) points.push(x[i])
    place[i] = points.length - 1
  }
  return { points: Float64Array.from(points), place }
}

/** The leading right singular vector of the centred rows, its largest entry positive. */
function leadingDirection(X: Matrix): Float64Array {
  if (X.cols === 1) return Float64Array.of(1)
  const leading = thinSvd(centerColumns(X)).V.columnCopy(0)
  const largest = leading.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0)
  return largest < 0 ? leading.map((value) => -value) : leading
}

/** Sums of an n-vector over the rows at each point, p entries. */
export function sumsAt({ points, place }: Line, values: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(points.length)
  place.forEach((k, i) => (sums[k] += values[i]))
  return sums
}
