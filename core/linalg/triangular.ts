import type { Matrix } from './matrix.ts'
import { axpy, scale } from './products.ts'

/** L·X = B with L lower triangular (order×order): overwrites B (order×m) with X and returns it. */
export function solveLower(L: Matrix, B: Matrix): Matrix {
  requireOrder(L, B)
  for (let i = 0; i < L.rows; i++) {
    const row = B.row(i)
    for (let k = 0; k < i; k++) axpy(-L.data[i * L.cols + k], B.row(k), row)
    scale(1 / pivot(L, i), row)
  }
  return B
}

/** Lᵀ·X = B with L lower triangular: overwrites B with X and returns it. */
export function solveLowerTranspose(L: Matrix, B: Matrix): Matrix {
  requireOrder(L, B)
  for (let i = L.rows - 1; i >= 0; i--) {
    const row = B.row(i)
    scale(1 / pivot(L, i), row)
    for (let k = 0; k < i; k++) axpy(-L.data[i * L.cols + k], row, B.row(k))
  }
  return B
}

/** R·X = B with R upper triangular: overwrites B with X and returns it. */
export function solveUpper(R: Matrix, B: Matrix): Matrix {
  requireOrder(R, B)
  for (let i = R.rows - 1; i >= 0; i--) {
    const row = B.row(i)
    for (let k = i + 1; k < R.rows; k++) axpy(-R.data[i * R.cols + k], B.row(k), row)
    scale(1 / pivot(R, i), row)
  }
  return B
}

/** Rᵀ·X = B with R upper triangular: overwrites B with X and returns it. */
export function solveUpperTranspose(R: Matrix, B: Matrix): Matrix {
  requireOrder(R, B)
  for (let i = 0; i < R.rows; i++) {
    const row = B.row(i)
    scale(1 / pivot(R, i), row)
    for (let k = i + 1; k < R.rows; k++) axpy(-R.data[i * R.cols + k], row, B.row(k))
  }
  return B
}

function pivot(T: Matrix, i: number): number {
  const value = T.data[i * T.cols + i]
  if (value === 0) throw new RangeError(`The triangular matrix is singular: pivot ${i} is 0.`)
  return value
}

function requireOrder(T: Matrix, B: Matrix): void {
  if (T.rows !== T.cols || T.rows !== B.rows) {
    throw new RangeError(`Cannot solve a ${T.rows}×${T.cols} system for ${B.rows} rows.`)
  }
}
