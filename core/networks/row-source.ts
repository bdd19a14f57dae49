import { addCenteredSquares, addColumnSums } from '../kernels/columns.ts'
import type { Matrix, RealArray } from '../linalg/matrix.ts'
import { BLOCK_ENTRIES, rowBlocks, rowRange } from './blocks.ts'
import { extractPatches, patchCount, patchRange, patchSize, type PatchGeometry } from './patches.ts'

/** The rows that batch normalisation sees: those of a matrix, or the patches of its rows, made when they are needed. */
export interface RowSource<T extends RealArray = Float64Array> {
  readonly rows: number
  readonly cols: number
  /** Rows a sample: its patches, 1 without patches. The rows of a sample are neighbours. */
  readonly group: number
  /** Made where matrices of its rows are made. */
  readonly like: Matrix<T>
  /** Rows first … first + count − 1, not to be written to. */
  take(first: number, count: number): Matrix<T>
  /** Column means, 1×cols. */
  means(): Matrix<T>
  /** Frobenius norm. */
  size(): number
}

/** The rows of X. */
export function matrixRows<T extends RealArray>(X: Matrix<T>, group = 1): RowSource<T> {
  const take = (first: number, count: number): Matrix<T> => rowRange(X, first, count)
  return { rows: X.rows, cols: X.cols, group, like: X, take, ...lazySums(X, X.cols, [() => X], X.rows) }
}

/** The patches of the rows of X: a matrix while it is small (`entries`), else made anew for each use. */
export function patchRows<T extends RealArray>(
  X: Matrix<T>,
  geometry: PatchGeometry,
  entries = BLOCK_ENTRIES,
): RowSource<T> {
  const [group, cols] = [patchCount(geometry), patchSize(geometry)]
  const rows = X.rows * group
  if (rows * cols <= entries) return matrixRows(extractPatches(X, geometry), group)
  const take = (first: number, count: number): Matrix<T> => patchRange(X, geometry, first, count)
  const blocks = rowBlocks(rows, cols, entries).map(
    ({ first, rows: count }) =>
      () =>
        take(first, count),
  )
  return { rows, cols, group, like: X, take, ...lazySums(X, cols, blocks, rows) }
}

/** Both from one pass over the blocks, when one is asked for: making them is most of the work. */
function lazySums<T extends RealArray>(
  X: Matrix<T>,
  cols: number,
  blocks: readonly (() => Matrix<T>)[],
  rows: number,
): Pick<RowSource<T>, 'means' | 'size'> {
  let known: { sums: Float64Array; squares: Float64Array } | null = null
  const both = () => (known ??= sumsOf(X, cols, blocks))
  return {
    means: () => meansOf(X, both().sums, rows),
    size: () => Math.sqrt(both().squares.reduce((sum, square) => sum + square, 0)),
  }
}

/** Sums and sums of squares of the columns of all blocks. */
function sumsOf<T extends RealArray>(
  X: Matrix<T>,
  cols: number,
  blocks: readonly (() => Matrix<T>)[],
): { sums: Float64Array; squares: Float64Array } {
  const [sums, squares, origin] = [0, 1, 2].map(() => new Float64Array(cols))
  for (const make of blocks) {
    X.scoped(() => {
      const block = make()
      addColumnSums(block, sums)
      addCenteredSquares(block, origin, squares)
    })
  }
  return { sums, squares }
}

/** The column means of X as a 1×d matrix. */
export function columnMeans<T extends RealArray>(X: Matrix<T>): Matrix<T> {
  const sums = new Float64Array(X.cols)
  addColumnSums(X, sums)
  return meansOf(X, sums, X.rows)
}

function meansOf<T extends RealArray>(X: Matrix<T>, sums: Float64Array, rows: number): Matrix<T> {
  const means = X.roomAlike(1, sums.length)
  means.data.set(sums.map((sum) => sum / rows))
  return means
}
