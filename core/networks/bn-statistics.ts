import { Matrix } from '../linalg/matrix.ts'
import { columnNorms, frobeniusNorm, multiply } from '../linalg/products.ts'
import { BLOCK_ENTRIES, rowBlocks, rowRange, type RowBlock } from './blocks.ts'

/**
 * Mean and ℓ₂ norm of every column of X·W1 over the rows of X. The norm is that of the *centred* column (THEORY
 * 3.2), scaled by √(n/rows) when X is a batch of n training rows; it is 0 for a column of zero variance.
 */
export interface BatchStatistics {
  mean: Float64Array
  norm: Float64Array
}

/**
 * Below this share of ‖X‖_F·‖w‖ a centred column is rounding: it counts as constant and its normalised response
 * as 0. Any w outside the null space of the centred data is far above it.
 */
const CONSTANT_COLUMN = 1e-13

/**
 * X·W1 in row blocks: computed once and kept while it is one block, computed again for each use when it is more.
 */
export class HiddenLayer {
  private readonly X: Matrix
  private readonly W1: Matrix
  readonly blocks: readonly RowBlock[]
  private kept: Matrix | null = null

  get rows(): number {
    return this.X.rows
  }

  /** X: rows×d, W1: d×m; `entries` bounds a block. */
  constructor(X: Matrix, W1: Matrix, entries = BLOCK_ENTRIES) {
    this.X = X
    this.W1 = W1
    this.blocks = rowBlocks(X.rows, W1.cols, entries)
  }

  /** Statistics of the rows of X, all or a batch of the n training rows. */
  statistics(n: number): BatchStatistics {
    const mean = multiply(columnMeans(this.X), this.W1).data
    const squares = new Float64Array(this.W1.cols)
    this.blocks.forEach((_, i) => {
      const H = this.take(i)
      addCenteredSquares(H, mean, squares)
      if (this.blocks.length === 1) this.kept = H
    })
    const size = frobeniusNorm(this.X)
    const weights = columnNorms(this.W1)
    const norm = squares.map((square, j) => {
      const value = Math.sqrt(square)
      return value <= CONSTANT_COLUMN * size * weights[j] ? 0 : value * Math.sqrt(n / this.X.rows)
    })
    return { mean, norm }
  }

  /** Block `index` of X·W1, the caller's to overwrite. */
  take(index: number): Matrix {
    const { kept } = this
    this.kept = null
    const { first, rows } = this.blocks[index]
    return kept ?? multiply(rowRange(this.X, first, rows), this.W1)
  }
}

/** The column means of X as a 1×d matrix. */
export function columnMeans(X: Matrix): Matrix {
  const sums = new Float64Array(X.cols)
  for (let i = 0; i < X.rows; i++) {
    for (let k = 0, at = i * X.cols; k < X.cols; k++, at++) sums[k] += X.data[at]
  }
  return new Matrix(
    1,
    X.cols,
    sums.map((sum) => sum / X.rows),
  )
}

function addCenteredSquares(H: Matrix, mean: Float64Array, squares: Float64Array): void {
  const m = H.cols
  for (let i = 0; i < H.rows; i++) {
    for (let j = 0, at = i * m; j < m; j++, at++) squares[j] += (H.data[at] - mean[j]) ** 2
  }
}

/** (H − mean)/norm in place, 0 in columns of zero variance. */
export function normalize(H: Matrix, { mean, norm }: BatchStatistics): Matrix {
  const inverse = norm.map((value) => (value === 0 ? 0 : 1 / value))
  const m = H.cols
  for (let i = 0; i < H.rows; i++) {
    for (let j = 0, at = i * m; j < m; j++, at++) {
      const centered = H.data[at] - mean[j]
      // A zero times a divergent value would hide it; NaN must stay visible.
      H.data[at] = inverse[j] === 0 && Number.isFinite(centered) ? 0 : centered * inverse[j]
    }
  }
  return H
}

/** N·diag(γ) + 1αᵀ/√n, written over N. */
export function scaleShift(N: Matrix, gamma: Float64Array, alpha: Float64Array, n: number): Matrix {
  const m = N.cols
  const shift = alpha.map((value) => value / Math.sqrt(n))
  for (let i = 0; i < N.rows; i++) {
    for (let j = 0, at = i * m; j < m; j++, at++) N.data[at] = N.data[at] * gamma[j] + shift[j]
  }
  return N
}
