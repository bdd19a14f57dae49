import { blockOf, sub, update, type Block, type Workbench } from './blocks.ts'
import type { Matrix } from './matrix.ts'
import { reflectionOf } from './reflectors.ts'

/** A = Q·B·Pᵀ with B upper bidiagonal, Q = H₀H₁⋯ and P = G₀G₁⋯. */
export interface Bidiagonal {
  readonly diagonal: Float64Array
  /** n − 1 entries above the diagonal. */
  readonly offDiagonal: Float64Array
  /** n×m: row j holds the vector of Hⱼ, zero before column j. */
  readonly left: Block
  readonly leftTaus: Float64Array
  /** n×n: row j holds the vector of Gⱼ, zero before column j + 1. */
  readonly right: Block
  readonly rightTaus: Float64Array
}

/** Columns and rows reduced before the rest of the matrix is updated at once. */
const panelWidth = 32

/**
 * Householder bidiagonalisation of an m×n matrix, m ≥ n, blocked as in LAPACK's `dlabrd`: within a panel the matrix is
 * A − VᵀY − XᵀU, with V and U the reflection vectors of columns and rows; after it that is formed by one product.
 *
 * @param A in the kernel memory, overwritten
 */
export function bidiagonalise(bench: Workbench, A: Matrix): Bidiagonal {
  const { rows: m, cols: n } = A
  const { arena } = bench
  const state: Reduction = {
    A,
    // V and X row by row in turn; Y and U likewise. The rows in use come first.
    tall: arena.matrix(2 * panelWidth, m),
    wide: arena.matrix(2 * panelWidth, n),
    left: arena.matrix(n, m),
    right: arena.matrix(n, n),
    column: arena.float64(m),
    row: arena.float64(n),
    coefficients: arena.float64(2 * panelWidth),
    diagonal: new Float64Array(n),
    offDiagonal: new Float64Array(Math.max(0, n - 1)),
    leftTaus: new Float64Array(n),
    rightTaus: new Float64Array(n),
  }
  for (let from = 0; from < n; from += panelWidth) {
    const width = Math.min(panelWidth, n - from)
    state.tall.data.fill(0)
    state.wide.data.fill(0)
    for (let i = 0; i < width; i++) {
      reduceColumn(bench, state, from + i, i)
      if (from + i < n - 1) reduceRow(bench, state, from + i, i)
    }
    updateRest(bench, state, from + width)
  }
  return { ...state, left: blockOf(state.left), right: blockOf(state.right) }
}

interface Reduction {
  readonly A: Matrix
  readonly tall: Matrix
  readonly wide: Matrix
  readonly left: Matrix
  readonly right: Matrix
  readonly column: Float64Array
  readonly row: Float64Array
  readonly coefficients: Float64Array
  readonly diagonal: Float64Array
  readonly offDiagonal: Float64Array
  readonly leftTaus: Float64Array
  readonly rightTaus: Float64Array
}

/** Reflects column j of the current matrix, and forms y = tau·Aᵀv, with A the current matrix right of column j. */
function reduceColumn({ host: { kernels } }: Workbench, state: Reduction, j: number, i: number): void {
  const { A, tall, wide, column, coefficients } = state
  const { rows: m, cols: n } = A
  const c = coefficients.byteOffset
  const used = 2 * i + 1
  for (let r = j; r < m; r++) column[r] = A.data[r * n + j]
  for (let p = 0; p < coefficients.length; p++) coefficients[p] = wide.data[p * n + j]
  const v = column.subarray(j)
  kernels.multiplyTransposeVector(at(tall, 0, j), m, used, m - j, c, -1, v.byteOffset)
  const { tau, beta } = reflectionOf(v)
  state.diagonal[j] = beta
  state.leftTaus[j] = tau
  state.left.row(j).set(v, j)
  const tail = n - j - 1
  if (tail === 0) return
  const y = wide.row(2 * i).subarray(j + 1)
  kernels.multiplyTransposeVector(at(A, j, j + 1), n, m - j, tail, v.byteOffset, 1, y.byteOffset)
  coefficients.fill(0)
  kernels.multiplyVector(at(tall, 0, j), m, used, m - j, v.byteOffset, 1, c)
  coefficients[2 * i] = 0
  kernels.multiplyTransposeVector(at(wide, 0, j + 1), n, used, tail, c, -1, y.byteOffset)
  kernels.scale(tau, y.byteOffset, tail)
  tall.row(2 * i).fill(0)
  tall.row(2 * i).set(v, j)
}

/** Reflects row j of the current matrix right of the diagonal, and forms x = tau·A·u below it. */
function reduceRow({ host: { kernels } }: Workbench, state: Reduction, j: number, i: number): void {
  const { A, tall, wide, row, coefficients } = state
  const { rows: m, cols: n } = A
  const c = coefficients.byteOffset
  const used = 2 * i + 1
  const tail = n - j - 1
  const u = row.subarray(j + 1)
  u.set(A.row(j).subarray(j + 1))
  for (let p = 0; p < coefficients.length; p++) coefficients[p] = tall.data[p * m + j]
  kernels.multiplyTransposeVector(at(wide, 0, j + 1), n, used, tail, c, -1, u.byteOffset)
  const { tau, beta } = reflectionOf(u)
  state.offDiagonal[j] = beta
  state.rightTaus[j] = tau
  state.right.row(j).set(u, j + 1)
  const x = tall.row(2 * i + 1).subarray(j + 1)
  kernels.multiplyVector(at(A, j + 1, j + 1), n, m - j - 1, tail, u.byteOffset, 1, x.byteOffset)
  coefficients.fill(0)
  kernels.multiplyVector(at(wide, 0, j + 1), n, used, tail, u.byteOffset, 1, c)
  kernels.multiplyTransposeVector(at(tall, 0, j + 1), m, used, x.length, c, -1, x.byteOffset)
  kernels.scale(tau, x.byteOffset, x.length)
  wide.row(2 * i + 1).set(u, j + 1)
}

/** From row and column `next` on: A −= VᵀY + XᵀU. */
function updateRest(bench: Workbench, { A, tall, wide }: Reduction, next: number): void {
  const [height, width] = [A.rows - next, A.cols - next]
  const rest = sub(blockOf(A), next, next, height, width)
  const left = sub(blockOf(tall), 0, next, tall.rows, height)
  const right = sub(blockOf(wide), 0, next, wide.rows, width)
  update(bench.host, rest, left, right, { transposeA: true, alpha: -1, beta: 1 })
}

function at(A: Matrix, i: number, j: number): number {
  return A.data.byteOffset + 8 * (i * A.cols + j)
}
