import type { Matrix } from './matrix.ts'

/** An entry that is not a finite number, with its place. */
export class NotFiniteError extends RangeError {
  readonly code = 'not-finite'
  readonly row: number
  readonly column: number

  constructor(row: number, column: number, value: number) {
    super(`Entry (${row}, ${column}) is ${value}; only finite numbers can be used.`)
    this.name = 'NotFiniteError'
    this.row = row
    this.column = column
  }
}

/** A symmetric matrix whose factorisation met a pivot that is not positive. */
export class NotPositiveDefiniteError extends RangeError {
  readonly code = 'not-positive-definite'
  /** The first leading minor, counted from 0, that is not positive definite. */
  readonly pivot: number

  constructor(pivot: number) {
    super(`The matrix is not positive definite: pivot ${pivot} is not positive.`)
    this.name = 'NotPositiveDefiniteError'
    this.pivot = pivot
  }
}

/** @throws NotFiniteError naming the first NaN or infinite entry of A. */
export function requireFinite(A: Matrix): void {
  const at = firstNotFinite(A.data)
  if (at >= 0) throw new NotFiniteError(Math.floor(at / A.cols), at % A.cols, A.data[at])
}

/** @throws NotFiniteError naming the first NaN or infinite entry (row i, column 0). */
export function requireFiniteVector(x: Float64Array): void {
  const at = firstNotFinite(x)
  if (at >= 0) throw new NotFiniteError(at, 0, x[at])
}

function firstNotFinite(x: Float64Array): number {
  for (let i = 0; i < x.length; i++) if (!Number.isFinite(x[i])) return i
  return -1
}

/** @throws RangeError when A is not square. */
export function requireSquare(A: Matrix): void {
  if (A.rows !== A.cols) throw new RangeError(`Expected a square matrix, found ${A.rows}×${A.cols}.`)
}
