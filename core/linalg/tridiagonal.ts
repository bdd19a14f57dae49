import { blockOf, sub, update, type Block, type Workbench } from './blocks.ts'
import type { Matrix } from './matrix.ts'
import { reflectionOf } from './reflectors.ts'

/** S = Q·T·Qᵀ with T tridiagonal and Q = H₀·H₁⋯H_{n−2}. */
export interface Tridiagonal {
  readonly diagonal: Float64Array
  /** n − 1 entries. */
  readonly offDiagonal: Float64Array
  /** n×n: row j holds the vector of Hⱼ, zero before column j + 1. */
  readonly vectors: Block
  readonly taus: Float64Array
}

/** Columns reduced before the rest of the matrix is updated at once. */
const panelWidth = 32

/**
 * Householder tridiagonalisation of a symmetric matrix in the kernel memory, blocked as in LAPACK's `dlatrd`: within
 * a panel the reflections act through V and W, after it S −= VᵀW + WᵀV by one matrix product.
 *
 * @param S only the lower triangle is read; overwritten.
 */
export function tridiagonalise(bench: Workbench, S: Matrix): Tridiagonal {
  const n = S.rows
  const vectors = bench.arena.matrix(n, n)
  const state: Reduction = {
    S,
    vectors,
    // Rows of V then rows of W, and the other way round, so that the update is one product of depth 2·panelWidth.
    pairs: bench.arena.matrix(2 * panelWidth, n),
    swapped: bench.arena.matrix(2 * panelWidth, n),
    column: bench.arena.float64(n),
    coefficients: bench.arena.float64(panelWidth),
    diagonal: new Float64Array(n),
    offDiagonal: new Float64Array(Math.max(0, n - 1)),
    taus: new Float64Array(n),
  }
  for (let from = 0; from < n; from += panelWidth) {
    const width = Math.min(panelWidth, n - from)
    for (let i = 0; i < width; i++) reduceColumn(bench, state, from, i)
    updateRest(bench, state, from + width)
  }
  const { diagonal, offDiagonal, taus } = state
  return { diagonal, offDiagonal, taus, vectors: blockOf(vectors) }
}

interface Reduction {
  readonly S: Matrix
  readonly vectors: Matrix
  readonly pairs: Matrix
  readonly swapped: Matrix
  readonly column: Float64Array
  readonly coefficients: Float64Array
  readonly diagonal: Float64Array
  readonly offDiagonal: Float64Array
  readonly taus: Float64Array
}

/** Column from + i: brings it up to date, reflects it, and forms its row of W. */
function reduceColumn(bench: Workbench, state: Reduction, from: number, i: number): void {
  const { S, vectors, pairs, swapped, diagonal, offDiagonal, taus } = state
  const n = S.rows
  const j = from + i
  const x = state.column.subarray(j)
  for (let r = j; r < n; r++) state.column[r] = S.data[r * n + j]
  subtractPairs(bench, state, i, j, x)
  diagonal[j] = x[0]
  if (j === n - 1) return
  const v = x.subarray(1)
  const { tau, beta } = reflectionOf(v)
  offDiagonal[j] = beta
  taus[j] = tau
  const tail = n - j - 1
  for (const target of [vectors.row(j), pairs.row(i), swapped.row(panelWidth + i)]) {
    target.fill(0, 0, j + 1)
    target.set(v, j + 1)
  }
  const w = pairs.row(panelWidth + i)
  w.fill(0)
  const own = w.subarray(j + 1)
  const { kernels } = bench.host
  const corner = S.data.byteOffset + 8 * ((j + 1) * n + j + 1)
  kernels.symmetricMultiplyVector(corner, n, tail, v.byteOffset, own.byteOffset)
  for (const [left, right] of [
    [0, panelWidth],
    [panelWidth, 0],
  ]) {
    state.coefficients.fill(0)
    const c = state.coefficients.byteOffset
    kernels.multiplyVector(at(pairs, right, j + 1), n, i, tail, v.byteOffset, 1, c)
    kernels.multiplyTransposeVector(at(pairs, left, j + 1), n, i, tail, c, -1, own.byteOffset)
  }
  kernels.scale(tau, own.byteOffset, tail)
  const half = -0.5 * tau * kernels.dot(own.byteOffset, v.byteOffset, tail)
  kernels.axpy(half, v.byteOffset, own.byteOffset, tail)
  swapped.row(i).set(w)
}

/** x −= what the first i reflections of the panel do to column j, rows j…n. */
function subtractPairs(
  bench: Workbench,
  { pairs, coefficients }: Reduction,
  i: number,
  j: number,
  x: Float64Array,
): void {
  for (const [left, right] of [
    [0, panelWidth],
    [panelWidth, 0],
  ]) {
    for (let p = 0; p < i; p++) coefficients[p] = pairs.get(right + p, j)
    const { kernels } = bench.host
    const c = coefficients.byteOffset
    kernels.multiplyTransposeVector(at(pairs, left, j), pairs.cols, i, x.length, c, -1, x.byteOffset)
  }
}

/** The lower triangle from row and column `next` on: S −= VᵀW + WᵀV. */
function updateRest(bench: Workbench, { S, pairs, swapped }: Reduction, next: number): void {
  const size = S.rows - next
  if (size === 0) return
  const corner = sub(blockOf(S), next, next, size, size)
  const left = sub(blockOf(pairs), 0, next, pairs.rows, size)
  const right = sub(blockOf(swapped), 0, next, swapped.rows, size)
  update(bench.host, corner, left, right, { transposeA: true, alpha: -1, beta: 1, lower: true })
}

function at(A: Matrix, i: number, j: number): number {
  return A.data.byteOffset + 8 * (i * A.cols + j)
}
