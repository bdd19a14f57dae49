import { addCenteredSquares, addColumnSums, affineColumns } from '../kernels/columns.ts'
import type { Matrix, RealArray } from '../linalg/matrix.ts'
import { multiply } from '../linalg/products.ts'
import { BLOCK_ENTRIES, rowBlocks, rowRange, type RowBlock } from './blocks.ts'
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
  /** Up to so many entries the layer is kept once it is computed; a longer one is computed again for each use. */
  entries?: number
}

/** Entries of a block: with what is made of them they stay in the second-level cache. */
const CACHED_ENTRIES = 2 ** 17

/** … but so many rows at least: every block packs W1 anew for its product. */
const BLOCK_ROWS = 512

/** X·W1 or (X·W1)₊ in blocks of whole samples. */
export class HiddenLayer<T extends RealArray = Float64Array> {
  readonly source: RowSource<T>
  readonly blocks: readonly RowBlock[]
  private readonly W1: Matrix<T>
  private readonly rectified: boolean
  private readonly keeps: boolean
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
    this.keeps = source.rows * W1.cols <= entries
    const { group } = source
    const block = Math.min(entries, Math.max(CACHED_ENTRIES, BLOCK_ROWS * W1.cols))
    this.blocks = rowBlocks(source.rows / group, W1.cols * group, block).map(({ first, rows }) => ({
      first: first * group,
      rows: rows * group,
    }))
  }

  /** Visits the blocks; what one visit has made is forgotten before the next. */
  eachBlock(visit: (block: RowBlock, index: number) => void): void {
    const { like } = this.source
    for (const [index, block] of this.blocks.entries()) like.scoped(() => visit(block, index))
  }

  /** Statistics of the rows, which are all of the n training rows or a batch of them. */
  statistics(n: number): BatchStatistics {
    const mean = this.rectified ? this.summedMeans() : this.mappedMeans()
    const squares = new Float64Array(this.W1.cols)
    this.eachComputed((H) => addCenteredSquares(H, mean, squares))
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

  /** Block `index` of the layer, not to be written to. */
  take(index: number): Matrix<T> {
    const { first, rows } = this.blocks[index]
    return this.kept ? rowRange(this.kept, first, rows) : this.compute(index)
  }

  /** The whole layer, the caller's to overwrite. */
  whole(): Matrix<T> {
    const { source, W1, kept } = this
    this.kept = null
    if (kept) return kept
    const H = source.times(W1, 0, source.rows)
    return this.rectified ? rectify(H) : H
  }

  /** Visits the blocks, and keeps them where that is possible. */
  private eachComputed(visit: (H: Matrix<T>) => void): void {
    const { kept } = this
    const store = this.keeps ? (kept ?? this.source.like.roomAlike(this.rows, this.W1.cols)) : undefined
    this.eachBlock(({ first, rows }, i) => {
      visit(kept ? this.take(i) : this.compute(i, store && rowRange(store, first, rows)))
    })
    this.kept = store ?? null
  }

  private compute(index: number, out?: Matrix<T>): Matrix<T> {
    const { first, rows } = this.blocks[index]
    const H = this.source.times(this.W1, first, rows, out)
    return this.rectified ? rectify(H) : H
  }

  /** The mean of X·W1 is the mean of X times W1. */
  private mappedMeans(): Float64Array {
    return Float64Array.from(multiply(this.source.means(), this.W1).data)
  }

  /** After the ReLU the columns have to be summed. */
  private summedMeans(): Float64Array {
    const sums = new Float64Array(this.W1.cols)
    this.eachComputed((H) => addColumnSums(H, sums))
    return sums.map((sum) => sum / this.rows)
  }
}

/**
 * (H − mean)/norm, 0 in columns of zero variance; NaN and Infinity stay visible as NaN.
 *
 * @param out H itself to overwrite it
 */
export function normalize<T extends RealArray>(
  H: Matrix<T>,
  { mean, norm }: BatchStatistics,
  out = H.roomAlike(H.rows, H.cols),
): Matrix<T> {
  const factor = norm.map((value) => (value === 0 ? 0 : 1 / value))
  affineColumns(H, { center: mean, factor, shift: new Float64Array(H.cols) }, false, out)
  return out
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
