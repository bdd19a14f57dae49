import { addCenteredSquares, addColumnSums, affineColumns } from '../kernels/columns.ts'
import type { Matrix, RealArray } from '../linalg/matrix.ts'
import { multiply } from '../linalg/products.ts'
import { BLOCK_ENTRIES, rowBlocks, type RowBlock } from './blocks.ts'
import { rectify } from './feedforward.ts'
import type { RowSource } from './row-source.ts'

/**
 * Mean and ℓ₂ norm of every column of a hidden layer over its rows. The norm is that of the *centred* column (THEORY
 * 3.2), scaled by √(n/rows) when the rows are a batch of n; it is 0 for a column of zero variance. Both in double.
 */
export interface BatchStatistics {
  mean: Float64Array
  norm: Float64Array
}

/**
 * Below this share of ‖X‖_F·‖w‖ a centred column is rounding: it counts as constant and its normalised response
 * as 0, by the bytes of an entry. Any w outside the null space of the centred data is far above it.
 */
const CONSTANT_COLUMN: Readonly<Record<number, number>> = { 8: 1e-13, 4: 1e-6 }

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
export class HiddenLayer<T extends RealArray = Float64Array> {
  readonly source: RowSource<T>
  readonly blocks: readonly RowBlock[]
  private readonly W1: Matrix<T>
  private readonly rectified: boolean
  private kept: Matrix<T> | null = null

  get rows(): number {
    return this.source.rows
  }

  /** source: rows×d, W1: d×m. */
  constructor(
    source: RowSource<T>,
    W1: Matrix<T>,
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

  /** Visits the blocks; of several, what one has made is forgotten before the next is visited. */
  eachBlock(visit: (block: RowBlock, index: number) => void): void {
    const { like } = this.source
    if (this.blocks.length === 1) visit(this.blocks[0], 0)
    else for (const [index, block] of this.blocks.entries()) like.scoped(() => visit(block, index))
  }

  /** Statistics of the rows, which are all of the n training rows or a batch of them. */
  statistics(n: number): BatchStatistics {
    const mean = this.means()
    const squares = new Float64Array(this.W1.cols)
    this.eachBlock((_, i) => {
      const H = this.take(i)
      addCenteredSquares(H, mean, squares)
      this.keep(H)
    })
    const size = this.source.size()
    const weights = new Float64Array(this.W1.cols)
    addCenteredSquares(this.W1, new Float64Array(this.W1.cols), weights)
    const rounding = CONSTANT_COLUMN[this.W1.data.BYTES_PER_ELEMENT] * size
    const norm = squares.map((square, j) => {
      const value = Math.sqrt(square)
      return value <= rounding * Math.sqrt(weights[j]) ? 0 : value * Math.sqrt(n / this.rows)
    })
    return { mean, norm }
  }

  /** Block `index` of the layer, the caller's to overwrite. */
  take(index: number): Matrix<T> {
    const { kept } = this
    this.kept = null
    if (kept) return kept
    const { first, rows } = this.blocks[index]
    const H = multiply(this.source.take(first, rows), this.W1)
    return this.rectified ? rectify(H) : H
  }

  /** The mean of X·W1 is the mean of X times W1; after the ReLU the columns have to be summed. */
  private means(): Float64Array {
    if (!this.rectified) return Float64Array.from(multiply(this.source.means(), this.W1).data)
    const sums = new Float64Array(this.W1.cols)
    this.eachBlock((_, i) => {
      const H = this.take(i)
      addColumnSums(H, sums)
      this.keep(H)
    })
    return sums.map((sum) => sum / this.rows)
  }

  private keep(H: Matrix<T>): void {
    if (this.blocks.length === 1) this.kept = H
  }
}

/** (H − mean)/norm in place, 0 in columns of zero variance; NaN and Infinity stay visible as NaN. */
export function normalize<T extends RealArray>(H: Matrix<T>, { mean, norm }: BatchStatistics): Matrix<T> {
  const factor = norm.map((value) => (value === 0 ? 0 : 1 / value))
  affineColumns(H, { center: mean, factor, shift: new Float64Array(H.cols) }, false, H)
  return H
}

/** Scale and shift of a normalised layer of m units: γ and α. */
export interface ScaleShift {
  gamma: RealArray
  alpha: RealArray
}

/** N·diag(γ) + 1αᵀ/√n, or its positive part when `rectified`: a new matrix. */
export function scaleShift<T extends RealArray>(
  N: Matrix<T>,
  { gamma, alpha }: ScaleShift,
  n: number,
  rectified: boolean,
): Matrix<T> {
  const shift = Float64Array.from(alpha, (value) => value / Math.sqrt(n))
  const Z = N.roomAlike(N.rows, N.cols)
  const columns = { center: new Float64Array(N.cols), factor: Float64Array.from(gamma), shift }
  affineColumns(N, columns, rectified, Z)
  return Z
}
