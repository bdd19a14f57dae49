import type { Matrix } from '../linalg/matrix.ts'
import { dot } from '../linalg/products.ts'

/** Unit rows whose difference is shorter than this are one direction. */
const SAME = 1e-10

/** Rows that stand for all others: no zero rows, no two that are positive multiples of each other. */
export interface Representatives {
  /** Indices of rows of the matrix. */
  readonly rows: readonly number[]
  /** Whether the search ended early, with more representatives than asked for. */
  readonly tooMany: boolean
}

/**
 * The first row of each direction.
 *
 * @param A m×d whose rows have norm 1, or 0
 * @param most end when there are more than this
 */
export function distinctDirections(A: Matrix, most: number): Representatives {
  const rows: number[] = []
  for (let i = 0; i < A.rows; i++) {
    const row = A.row(i)
    if (dot(row, row) === 0) continue
    if (rows.some((j) => distanceSquare(A.row(j), row) <= SAME ** 2)) continue
    rows.push(i)
    if (rows.length > most) return { rows, tooMany: true }
  }
  return { rows, tooMany: false }
}

function distanceSquare(x: Float64Array, y: Float64Array): number {
  let sum = 0
  for (let c = 0; c < x.length; c++) {
    sum += (x[c] - y[c]) ** 2
    if (sum > SAME ** 2) return sum
  }
  return sum
}
