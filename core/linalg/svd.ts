import { bidiagonalSvd } from './bidiagonal-svd.ts'
import { bidiagonalise } from './bidiagonal.ts'
import { blockOf, sub, withWorkbench, type Workbench } from './blocks.ts'
import { requireFinite } from './checks.ts'
import { Matrix } from './matrix.ts'
import { householderQr } from './householder-qr.ts'
import { maxAbs, multiply, scaleColumns } from './products.ts'
import { applyReflections } from './reflectors.ts'
import { powerOfTwoScale } from './scaling.ts'

export interface Svd {
  /** n×k with orthonormal columns, k = min(n, d). */
  readonly U: Matrix
  /** k singular values, descending. */
  readonly s: Float64Array
  /** d×k with orthonormal columns. */
  readonly V: Matrix
}

/** From this ratio of rows to columns on, a QR factorisation first saves work. */
const tallRatio = 1.5

/**
 * A = U·diag(s)·Vᵀ for an n×d matrix.
 *
 * Householder bidiagonalisation (after a QR factorisation where one side is much longer), then divide and conquer:
 * backward stable, residual and orthogonality of order ε. Singular values are accurate to ε·s₀, not each to its own
 * size.
 *
 * @throws NotFiniteError naming the entry.
 */
export function thinSvd(A: Matrix): Svd {
  requireFinite(A)
  if (A.rows < A.cols) {
    const { U, s, V } = svdOfTall(A.transpose())
    return { U: V, s, V: U }
  }
  return svdOfTall(A)
}

function svdOfTall(A: Matrix): Svd {
  const scale = powerOfTwoScale(maxAbs(A.data))
  return withWorkbench((bench) => {
    const work = bench.arena.adopt(A)
    for (let i = 0; i < work.data.length; i++) work.data[i] *= scale
    const reflectors = A.rows >= tallRatio * A.cols ? householderQr(bench, work) : undefined
    const core = reflectors ? upperTriangle(bench, work) : work
    const B = bidiagonalise(bench, core)
    const s = B.diagonal
    const inner = bidiagonalSvd(bench, s, B.offDiagonal)
    const U = bench.arena.matrix(A.rows, A.cols)
    U.data.set(inner.U.data)
    const leading = sub(blockOf(U), 0, 0, core.rows, A.cols)
    applyReflections(bench, B.left, B.leftTaus, leading)
    if (reflectors) applyReflections(bench, reflectors.vectors, reflectors.taus, blockOf(U))
    applyReflections(bench, B.right, B.rightTaus, blockOf(inner.V), { offset: 1 })
    return {
      U: reversedColumns(U),
      s: s.reverse().map((value) => value / scale),
      V: reversedColumns(inner.V),
    }
  })
}

function upperTriangle({ arena }: Workbench, A: Matrix): Matrix {
  const R = arena.matrix(A.cols, A.cols)
  for (let i = 0; i < A.cols; i++) R.row(i).set(A.row(i).subarray(i), i)
  return R
}

/** A copy outside the kernel memory, its columns in reverse. */
function reversedColumns(A: Matrix): Matrix {
  const result = Matrix.zeros(A.rows, A.cols)
  for (let i = 0; i < A.rows; i++) result.row(i).set(A.row(i).slice().reverse())
  return result
}

/** The min(n, d) singular values of A, descending. */
export function singularValues(A: Matrix): Float64Array {
  return thinSvd(A).s
}

/**
 * How many singular values exceed `tolerance`·s₀.
 *
 * @param s descending singular values
 * @param tolerance relative to the largest; 10·ε·(number of values) by default.
 */
export function numericalRank(s: Float64Array, tolerance = 10 * Number.EPSILON * s.length): number {
  let rank = 0
  while (rank < s.length && s[rank] > tolerance * s[0]) rank++
  return rank
}

/** A⁺ (d×n); singular values up to `tolerance`·s₀ count as zero. */
export function pseudoInverse(A: Matrix, tolerance?: number): Matrix {
  const { V, U, weights } = invertedSvd(A, tolerance)
  return multiply(scaleColumns(V, weights), U, { transposeB: true })
}

/** The X (d×m) of minimum Frobenius norm among the minimisers of ‖A·X − B‖_F. */
export function leastSquares(A: Matrix, B: Matrix, tolerance?: number): Matrix {
  const { V, U, weights } = invertedSvd(A, tolerance)
  return multiply(scaleColumns(V, weights), multiply(U, B, { transposeA: true }))
}

/** Σ sᵢ. */
export function nuclearNorm(A: Matrix): number {
  return singularValues(A).reduce((sum, value) => sum + value, 0)
}

/** s₀, 0 for an empty matrix. */
export function spectralNorm(A: Matrix): number {
  return singularValues(A)[0] ?? 0
}

function invertedSvd(A: Matrix, tolerance?: number): { U: Matrix; V: Matrix; weights: Float64Array } {
  const { U, s, V } = thinSvd(A)
  const rank = numericalRank(s, tolerance)
  return { U, V, weights: s.map((value, i) => (i < rank ? 1 / value : 0)) }
}
