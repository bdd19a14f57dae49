import { Matrix } from '../linalg/matrix.ts'

/** Sums of `group` neighbouring rows: rows×m → (rows/group)×m; A itself for groups of one. */
export function sumGroups(A: Matrix, group: number): Matrix {
  if (group === 1) return A
  const m = A.cols
  const sums = Matrix.zeros(A.rows / group, m)
  for (let i = 0, at = 0; i < sums.rows; i++) {
    for (let k = 0; k < group; k++) {
      for (let j = 0, to = i * m; j < m; j++, at++, to++) sums.data[to] += A.data[at]
    }
  }
  return sums
}

/** Every row `group` times, the adjoint of {@link sumGroups}; A itself for groups of one. */
export function repeatRows(A: Matrix, group: number): Matrix {
  if (group === 1) return A
  const m = A.cols
  const repeated = Matrix.zeros(A.rows * group, m)
  for (let i = 0, at = 0; i < A.rows; i++) {
    for (let k = 0; k < group; k++) {
      for (let j = 0, from = i * m; j < m; j++, at++, from++) repeated.data[at] = A.data[from]
    }
  }
  return repeated
}
