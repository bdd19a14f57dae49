import { Matrix } from '../linalg/matrix.ts'
import { dot, norm2 } from '../linalg/products.ts'

/** Unit rows closer than this (‖a ∓ b‖) are one hyperplane. */
export const PARALLEL_TOLERANCE = 1e-10

/** The distinct hyperplanes among the rows of a matrix. */
export interface DistinctLines {
  /** m×r, unit rows, no two parallel. */
  readonly normals: Matrix
  /** For each row of the matrix its hyperplane, −1 for a zero row. */
  readonly line: Int32Array
  /** +1 where the row points along its hyperplane's normal, −1 where it points against it. */
  readonly orientation: Int8Array
}

/**
 * Merges parallel, duplicate and antiparallel rows and drops zero rows: what is left cuts space into the same cells.
 *
 * @param A n×r
 * @param zero rows of norm up to this count as zero.
 */
export function distinctLines(A: Matrix, zero = 0): DistinctLines {
  const line = new Int32Array(A.rows).fill(-1)
  const orientation = new Int8Array(A.rows).fill(1)
  const normals: Float64Array[] = []
  const known = new Map<number, number[]>()
  for (let j = 0; j < A.rows; j++) {
    const norm = norm2(A.row(j))
    if (norm <= zero) continue
    const unit = A.row(j).map((value) => value / norm)
    const keys = roundedKeys(unit)
    const found = matching(unit, keys, known, normals)
    if (found === null) {
      line[j] = normals.length
      for (const key of keys) known.set(key, [...(known.get(key) ?? []), normals.length])
      normals.push(unit)
    } else {
      line[j] = found
      orientation[j] = dot(unit, normals[found]) > 0 ? 1 : -1
    }
  }
  return {
    normals: normals.length > 0 ? Matrix.fromRows(normals) : Matrix.zeros(0, A.cols),
    line,
    orientation,
  }
}

function matching(
  unit: Float64Array,
  keys: readonly number[],
  known: ReadonlyMap<number, number[]>,
  normals: readonly Float64Array[],
): number | null {
  for (const key of keys) {
    for (const candidate of known.get(key) ?? []) {
      if (isParallel(unit, normals[candidate])) return candidate
    }
  }
  return null
}

function isParallel(a: Float64Array, b: Float64Array): boolean {
  let minus = 0
  let plus = 0
  for (let k = 0; k < a.length; k++) {
    minus += (a[k] - b[k]) ** 2
    plus += (a[k] + b[k]) ** 2
  }
  return Math.min(minus, plus) <= PARALLEL_TOLERANCE ** 2
}

/**
 * Bins of a line on two overlapping grids of one sign-free figure (Σ k·|u_k|): parallel rows share at least one bin.
 * Only a filter; rows are compared entry by entry.
 */
function roundedKeys(unit: Float64Array): number[] {
  let figure = 0
  for (let k = 0; k < unit.length; k++) figure += (k + 1) * Math.abs(unit[k])
  const bin = figure / (1e3 * PARALLEL_TOLERANCE * unit.length ** 2)
  return [2 * Math.floor(bin), 2 * Math.floor(bin + 0.5) + 1]
}
