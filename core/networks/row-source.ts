import { Matrix } from '../linalg/matrix.ts'
import { frobeniusNorm } from '../linalg/products.ts'
import { BLOCK_ENTRIES, rowBlocks, rowRange } from './blocks.ts'
import { extractPatches, patchCount, patchRange, patchSize, type PatchGeometry } from './patches.ts'

/** The rows that batch normalisation sees: those of a matrix, or the patches of its rows, made when they are needed. */
export interface RowSource {
  readonly rows: number
  readonly cols: number
  /** Rows a sample: its patches, 1 without patches. The rows of a sample are neighbours. */
  readonly group: number
  /** Rows first … first + count − 1, not to be written to. */
  take(first: number, count: number): Matrix
  /** Column means, 1×cols. */
  means(): Matrix
  /** Frobenius norm. */
  size(): number
}

/** The rows of X. */
export function matrixRows(X: Matrix, group = 1): RowSource {
  return {
    rows: X.rows,
    cols: X.cols,
    group,
    take: (first, count) => rowRange(X, first, count),
    means: () => columnMeans(X),
    size: () => frobeniusNorm(X),
  }
}

/** The patches of the rows of X: a matrix while it is small (`entries`), else made anew for each use. */
export function patchRows(X: Matrix, geometry: PatchGeometry, entries = BLOCK_ENTRIES): RowSource {
  const [group, cols] = [patchCount(geometry), patchSize(geometry)]
  const rows = X.rows * group
  if (rows * cols <= entries) return matrixRows(extractPatches(X, geometry), group)
  const take = (first: number, count: number): Matrix => patchRange(X, geometry, first, count)
  const blocks = rowBlocks(rows, cols, entries)
  let known: RowSums | null = null
  const sums = (): RowSums =>
    (known ??= sumsOf(
      blocks.map(
        ({ first, rows: count }) =>
          () =>
            take(first, count),
      ),
      cols,
    ))
  return {
    rows,
    cols,
    group,
    take,
    means: () => meansOf(sums().columns, rows),
    size: () => sums().size,
  }
}

interface RowSums {
  /** Column sums. */
  columns: Float64Array
  /** Frobenius norm. */
  size: number
}

/** Both at once: making the blocks is most of the work. */
function sumsOf(blocks: readonly (() => Matrix)[], cols: number): RowSums {
  const columns = new Float64Array(cols)
  const sizes = blocks.map((make) => {
    const block = make()
    addColumnSums(block, columns)
    return frobeniusNorm(block)
  })
  return { columns, size: Math.hypot(...sizes) }
}

/** The column means of X as a 1×d matrix. */
export function columnMeans(X: Matrix): Matrix {
  const sums = new Float64Array(X.cols)
  addColumnSums(X, sums)
  return meansOf(sums, X.rows)
}

/** sums += 1ᵀA. */
export function addColumnSums(A: Matrix, sums: Float64Array): void {
  for (let i = 0; i < A.rows; i++) {
    for (let k = 0, at = i * A.cols; k < A.cols; k++, at++) sums[k] += A.data[at]
  }
}

const meansOf = (sums: Float64Array, rows: number): Matrix =>
  new Matrix(
    1,
    sums.length,
    sums.map((sum) => sum / rows),
  )
