import type { Matrix } from '../linalg/matrix.ts'
import { columnNorms, multiply } from '../linalg/products.ts'
import { BLOCK_ENTRIES, rowBlocks, type RowBlock } from './blocks.ts'
import { rectify } from './feedforward.ts'
import { addColumnSums, type RowSource } from './row-source.ts'

/**
 * Mean and ℓ₂ norm of every column of a hidden layer over its rows. The norm is that of the *centred* column (THEORY
 * 3.2), scaled by √(n/rows) when the rows are a batch of n; it is 0 for a column of zero variance.
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

export interface HiddenLayerOptions {
  /** Whether the ReLU comes before the statistics: (X·W1)₊ in place of X·W1. */
  rectified?: boolean
  /** Bound of the entries of a block. */
  entries?: number
}

/**
 * X·W1 or (X·W1)₊ in blocks of whole samples: computed once and kept while it is one block, computed again for each
 * use when it is more.
 */
export class HiddenLayer {
  readonly source: RowSource
  readonly blocks: readonly RowBlock[]
  private readonly W1: Matrix
  private readonly rectified: boolean
  private kept: Matrix | null = null

  get rows(): number {
    return this.source.rows
  }

  /** source: rows×d, W1: d×m. */
  constructor(
    source: RowSource,
    W1: Matrix,
    { rectified = false, entries = BLOCK_ENTRIES }: HiddenLayerOptions = {},
  ) {
    this.source = source
    this.W1 = W1
    this.rectified = rectified
    const { group } = source
    this.blocks = rowBlocks(source.rows / group, W1.cols * group, entries).map(({ first, rows }) => ({
      first: first * group,
      rows: rows * group,
    }))
  }

  /** Statistics of the rows, which are all of the n training rows or a batch of them. */
  statistics(n: number): BatchStatistics {
    const mean = this.means()
    const squares = new Float64Array(this.W1.cols)
    this.blocks.forEach((_, i) => {
      const H = this.take(i)
      addCenteredSquares(H, mean, squares)
      this.keep(H)
    })
    const size = this.source.size()
    const weights = columnNorms(this.W1)
    const norm = squares.map((square, j) => {
      const value = Math.sqrt(square)
      return value <= CONSTANT_COLUMN * size * weights[j] ? 0 : value * Math.sqrt(n / this.rows)
    })
    return { mean, norm }
  }

  /** Block `index` of the layer, the caller's to overwrite. */
  take(index: number): Matrix {
    const { kept } = this
    this.kept = null
    if (kept) return kept
    const { first, rows } = this.blocks[index]
    const H = multiply(this.source.take(first, rows), this.W1)
    return this.rectified ? rectify(H) : H
  }

  /** The mean of X·W1 is the mean of X times W1; after the ReLU the columns have to be summed. */
  private means(): Float64Array {
    if (!this.rectified) return multiply(this.source.means(), this.W1).data
    const sums = new Float64Array(this.W1.cols)
    this.blocks.forEach((_, i) => {
      const H = this.take(i)
      addColumnSums(H, sums)
      this.keep(H)
    })
    return sums.map((sum) => sum / this.rows)
  }

  private keep(H: Matrix): void {
    if (this.blocks.length === 1) this.kept = H
  }
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
