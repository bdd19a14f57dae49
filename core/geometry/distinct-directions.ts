import { Matrix } from '../linalg/matrix.ts'
import { dot, norm2 } from '../linalg/products.ts'

/** Unit vectors closer than this are one direction. */
const SAME = 1e-10

/** Samples that stand for all others. */
export interface Representatives {
  /** Indices of samples. */
  readonly rows: readonly number[]
  /** Their unit vectors, as rows. */
  readonly units: Matrix
  /** Whether the search ended early, with more representatives than asked for. */
  readonly tooMany: boolean
}

/**
 * The first sample of each direction; zero vectors have none. Vectors are made one by one: large data are not copied.
 *
 * @param count samples; @param vectorAt the vector of a sample, d entries
 * @param most end when there are more than this
 */
export function distinctDirections(
  count: number,
  vectorAt: (i: number) => Float64Array,
  most: number,
): Representatives {
  const rows: number[] = []
  const units: Float64Array[] = []
  for (let i = 0; i < count && rows.length <= most; i++) {
    const vector = vectorAt(i)
    const size = norm2(vector)
    if (size === 0) continue
    const unit = vector.map((value) => value / size)
    if (units.some((other) => isSame(other, unit))) continue
    rows.push(i)
    units.push(unit)
  }
  return { rows, units: Matrix.fromRows(units), tooMany: rows.length > most }
}

/** The test costs an entry or two for most pairs. */
function isSame(x: Float64Array, y: Float64Array): boolean {
  let sum = 0
  for (let c = 0; c < x.length; c++) {
    sum += (x[c] - y[c]) ** 2
    if (sum > SAME ** 2) return false
  }
  return true
}

/** The largest distance of a row from a point, and at least the smallest positive number. */
export function radiusAround(A: Matrix, center: Float64Array): number {
  let most = 0
  for (let i = 0; i < A.rows; i++) {
    const difference = A.row(i).map((value, c) => value - center[c])
    most = Math.max(most, dot(difference, difference))
  }
  return Math.sqrt(most) || 1
}
