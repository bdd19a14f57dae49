import { NotPositiveDefiniteError, requireFinite, requireSquare } from './checks.ts'
import { blockOf, splitSize, sub, update, withWorkbench, type Block, type Workbench } from './blocks.ts'
import { Matrix } from './matrix.ts'
import { rightScratch, solveLower, solveLowerTranspose, solveRightLowerTranspose } from './triangular.ts'

const leafOrder = 48

/**
 * The factorisation A = LLᵀ of a symmetric positive definite matrix, L lower triangular.
 *
 * It can follow an active set: `append` borders A with a row and column, `remove` deletes one.
 */
export class Cholesky {
  /** L, order × order; its upper triangle is zero. Replaced, never changed, by `append` and `remove`. */
  factor: Matrix

  constructor(factor: Matrix) {
    this.factor = factor
  }

  get order(): number {
    return this.factor.rows
  }

  /** x with A·x = b; b is a vector of `order` entries or an order×m matrix, and stays as it is. */
  solve(b: Float64Array): Float64Array
  solve(b: Matrix): Matrix
  solve(b: Float64Array | Matrix): Float64Array | Matrix
  solve(b: Float64Array | Matrix): Float64Array | Matrix {
    const X = b instanceof Matrix ? b.clone() : Matrix.column(b.slice())
    solveLowerTranspose(this.factor, solveLower(this.factor, X))
    return b instanceof Matrix ? X : X.data
  }

  /** log det A = 2·Σ log Lᵢᵢ. */
  logDeterminant(): number {
    let sum = 0
    for (let i = 0; i < this.order; i++) sum += Math.log(this.factor.get(i, i))
    return 2 * sum
  }

  /**
   * Borders A with one row and column: `column` holds A's new last column, its diagonal entry last
   * (`order` + 1 entries).
   *
   * @throws NotPositiveDefiniteError when the bordered matrix is not; the factorisation then stays as it was.
   */
  append(column: Float64Array): void {
    const k = this.order
    if (column.length !== k + 1) throw new RangeError(`Expected ${k + 1} entries, found ${column.length}.`)
    const border = solveLower(this.factor, Matrix.column(column.slice(0, k))).data
    let pivot = column[k]
    for (const value of border) pivot -= value * value
    if (!(pivot > 0)) throw new NotPositiveDefiniteError(k)
    const grown = Matrix.zeros(k + 1, k + 1)
    for (let i = 0; i < k; i++) grown.row(i).set(this.factor.row(i))
    grown.row(k).set(border)
    grown.set(k, k, Math.sqrt(pivot))
    this.factor = grown
  }

  /** Deletes row and column `index` of A, with Givens rotations on the rows of L below it. */
  remove(index: number): void {
    const k = this.order
    if (!(index >= 0 && index < k)) throw new RangeError(`No row ${index} in a matrix of order ${k}.`)
    const shrunk = Matrix.zeros(k - 1, k)
    for (let i = 0; i < k - 1; i++) shrunk.row(i).set(this.factor.row(i < index ? i : i + 1))
    for (let j = index; j < k - 1; j++) rotateColumns(shrunk, j, j)
    const factor = Matrix.zeros(k - 1, k - 1)
    for (let i = 0; i < k - 1; i++) factor.row(i).set(shrunk.row(i).subarray(0, k - 1))
    this.factor = factor
  }
}

/**
 * Factorises a symmetric positive definite matrix; only its lower triangle is read.
 *
 * @throws NotPositiveDefiniteError naming the pivot; NotFiniteError naming the entry.
 */
export function cholesky(A: Matrix): Cholesky {
  requireSquare(A)
  return withWorkbench((bench) => {
    const work = copyLower(A, bench.arena.matrixUndefined(A.rows, A.cols))
    const failed = factorise(bench, blockOf(work), rightScratch(bench))
    if (failed < A.rows) {
      // An entry that is not finite spoils the pivot of its row: no need to look for one before.
      requireFinite(A)
      throw new NotPositiveDefiniteError(failed)
    }
    return new Cholesky(copyLower(work, Matrix.zeros(A.rows, A.cols)))
  })
}

/**
 * Overwrites the lower triangle of A with L, by halving: A₁₁ = L₁₁L₁₁ᵀ, L₂₁ = A₂₁L₁₁⁻ᵀ, then A₂₂ − L₂₁L₂₁ᵀ.
 * @returns the first row whose pivot is not positive, or the order of A
 */
function factorise(bench: Workbench, A: Block, scratch: number): number {
  const n = A.rows
  if (n <= leafOrder) return bench.host.kernels.choleskyLeaf(A.address, A.stride, n)
  const half = splitSize(n, leafOrder)
  const corner = sub(A, half, half, n - half, n - half)
  const below = sub(A, half, 0, n - half, half)
  const first = sub(A, 0, 0, half, half)
  const failed = factorise(bench, first, scratch)
  if (failed < half) return failed
  solveRightLowerTranspose(bench, first, below, scratch)
  update(bench.host, corner, below, below, { transposeB: true, alpha: -1, beta: 1, lower: true })
  return half + factorise(bench, corner, scratch)
}

/** Copies the lower triangle; what `to` holds above it stays. @returns `to` */
function copyLower(from: Matrix, to: Matrix): Matrix {
  for (let i = 0; i < from.rows; i++) to.row(i).set(from.row(i).subarray(0, i + 1))
  return to
}

/** Rotates columns j and j+1 from row `first` on so that entry (first, j+1) vanishes and (first, j) is positive. */
function rotateColumns(L: Matrix, first: number, j: number): void {
  const radius = Math.hypot(L.get(first, j), L.get(first, j + 1))
  if (radius === 0) return
  const c = L.get(first, j) / radius
  const s = L.get(first, j + 1) / radius
  for (let i = first; i < L.rows; i++) {
    const left = L.get(i, j)
    const right = L.get(i, j + 1)
    L.set(i, j, c * left + s * right)
    L.set(i, j + 1, c * right - s * left)
  }
}
