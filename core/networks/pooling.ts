import * as columns from '../kernels/columns.ts'
import type { Matrix, RealArray } from '../linalg/matrix.ts'

/** Sums of `group` neighbouring rows: rows×m → (rows/group)×m; A itself for groups of one. */
export function sumGroups<T extends RealArray>(A: Matrix<T>, group: number): Matrix<T> {
  if (group === 1) return A
  const sums = A.roomAlike(A.rows / group, A.cols)
  columns.sumRowGroups(A, group, sums)
  return sums
}

/** Every row of D `group` times, the adjoint of {@link sumGroups}, and 0 where A is not positive. */
export function repeatActive<T extends RealArray>(D: Matrix<T>, group: number, A: Matrix<T>): Matrix<T> {
  const repeated = D.roomAlike(D.rows * group, D.cols)
  columns.spreadRows(D, group, A, repeated)
  return repeated
}
