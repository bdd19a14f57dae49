import type { Matrix } from './matrix.ts'
import { axpy, identity, scale } from './products.ts'

/**
 * A⁻¹ of a general m×m matrix by Gauss–Jordan elimination with row pivoting, O(m³), less where A is sparse.
 *
 * @throws RangeError when A is singular
 */
export function pivotedInverse(A: Matrix): Matrix {
  const work = A.clone()
  const inverse = identity(A.rows)
  for (let j = 0; j < A.rows; j++) {
    const pivot = largestBelow(work, j)
    if (pivot < 0) throw new RangeError(`Column ${j} depends on the columns before it: there is no inverse.`)
    const factor = 1 / work.get(pivot, j)
    for (const rows of [work, inverse]) {
      swapRows(rows, j, pivot)
      scale(factor, rows.row(j))
    }
    for (let i = 0; i < A.rows; i++) {
      const entry = work.get(i, j)
      if (i === j || entry === 0) continue
      axpy(-entry, work.row(j), work.row(i))
      axpy(-entry, inverse.row(j), inverse.row(i))
    }
  }
  return inverse
}

/** The row of the largest entry of column j from row j on; −1 when all are zero. */
function largestBelow(A: Matrix, j: number): number {
  let best = -1
  let size = 0
  for (let i = j; i < A.rows; i++) {
    const entry = Math.abs(A.get(i, j))
    if (entry > size) [best, size] = [i, entry]
  }
  return best
}

function swapRows(A: Matrix, i: number, j: number): void {
  if (i === j) return
  const kept = A.row(i).slice()
  A.row(i).set(A.row(j))
  A.row(j).set(kept)
}
