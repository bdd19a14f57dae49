import { Matrix } from '../linalg/matrix.ts'

/** Sums of `group` neighbouring rows: rows×m → (rows/group)×m; A itself for groups of one. */
export function sumGroups(A: Matrix, group: number): Matrix {
  if (group === 1) return A
  const sums = Matrix.zeros(A.rows / group, A.cols)
  for (let i = 0; i < A.rows; i++) {
    const target = sums.row(Math.floor(i / group))
    for (let j = 0, at = i * A.cols; j < A.cols; j++, at++) target[j] += A.data[at]
  }
  return sums
}

/** Every row `group` times, the adjoint of {@link sumGroups}; A itself for groups of one. */
export function repeatRows(A: Matrix, group: number): Matrix {
  if (group === 1) return A
  const repeated = Matrix.zeros(A.rows * group, A.cols)
  for (let i = 0; i < repeated.rows; i++) repeated.row(i).set(A.row(Math.floor(i / group)))
  return repeated
}
