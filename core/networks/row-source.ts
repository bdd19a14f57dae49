import { addCenteredSquares, addColumnSums } from '../kernels/columns.ts'
import { gemmScattered, type Scattered } from '../kernels/scattered.ts'
import type { Matrix, RealArray } from '../linalg/matrix.ts'
import { multiply } from '../linalg/products.ts'
import { rowRange } from './blocks.ts'
import { scatteredPatches, type PatchGeometry } from './patches.ts'

/** The rows that batch normalisation sees: those of a matrix, or the patches of its rows, made when they are needed. */
export interface RowSource<T extends RealArray = Float64Array> {
  readonly rows: number
  readonly cols: number
  /** Rows a sample: its patches, 1 without patches. The rows of a sample are neighbours. */
  readonly group: number
  /** Made where matrices of its rows are made. */
  readonly like: Matrix<T>
  /** The product of rows first … first + count − 1 with W, rows×m: `out` or a new matrix. */
  times(W: Matrix<T>, first: number, count: number, out?: Matrix<T>): Matrix<T>
  /** Adds their transpose times D (count×m) to `out`, cols×m. */
  addTransposeTimes(D: Matrix<T>, first: number, count: number, out: Matrix<T>): void
  /** Column means, 1×cols. */
  means(): Matrix<T>
  /** Frobenius norm. */
  size(): number
}

/** The rows of X. */
export function matrixRows<T extends RealArray>(X: Matrix<T>): RowSource<T> {
  return {
    rows: X.rows,
    cols: X.cols,
    group: 1,
    like: X,
    times: (W, first, count, out) => multiply(rowRange(X, first, count), W, { out }),
    addTransposeTimes: (D, first, count, out) =>
      void multiply(rowRange(X, first, count), D, { transposeA: true, beta: 1, out }),
    means: () => columnMeans(X),
    size: () => sizeOf(columnSums(X)),
  }
}

/** The patches of the rows of X, multiplied where they are: no matrix of them is made. */
export function patchRows<T extends RealArray>(X: Matrix<T>, geometry: PatchGeometry): RowSource<T> {
  const { images, starts, offsets } = scatteredPatches(X, geometry)
  const [group, cols] = [starts.length, offsets.length]
  const rows = X.rows * group
  const all = new Int32Array(rows)
  for (let i = 0, r = 0; i < X.rows; i++) {
    for (let k = 0; k < group; k++, r++) all[r] = i * images.cols + starts[k]
  }
  const patches = (first: number, count: number): Scattered<T> => ({
    rows: count,
    cols,
    data: images.data,
    starts: all.subarray(first, first + count),
    offsets,
  })
  let known: ColumnSums | null = null
  const sums = (): ColumnSums => (known ??= patchSums(images, starts, offsets))
  return {
    rows,
    cols,
    group,
    like: X,
    times(W, first, count, out = X.roomAlike(count, W.cols)) {
      gemmScattered(patches(first, count), W, out)
      return out
    },
    addTransposeTimes: (D, first, count, out) =>
      gemmScattered(patches(first, count), D, out, { transposeA: true, beta: 1 }),
    means: () => meansOf(X, sums().sums, rows),
    size: () => sizeOf(sums()),
  }
}

/** Sums and sums of squares of columns. */
interface ColumnSums {
  sums: Float64Array
  squares: Float64Array
}

function columnSums(X: Matrix<RealArray>): ColumnSums {
  const [sums, squares, origin] = [0, 1, 2].map(() => new Float64Array(X.cols))
  addColumnSums(X, sums)
  addCenteredSquares(X, origin, squares)
  return { sums, squares }
}

const sizeOf = ({ squares }: ColumnSums): number =>
  Math.sqrt(squares.reduce((sum, square) => sum + square, 0))

/** Of the patches: an entry of a patch meets one pixel at each position, so that the sums of the pixels tell all. */
function patchSums(images: Matrix<RealArray>, starts: Int32Array, offsets: Int32Array): ColumnSums {
  const ofPixels = columnSums(images)
  const overPositions = (values: Float64Array): Float64Array => {
    const total = new Float64Array(offsets.length)
    for (let k = 0; k < starts.length; k++) {
      for (let j = 0; j < offsets.length; j++) total[j] += values[starts[k] + offsets[j]]
    }
    return total
  }
  return { sums: overPositions(ofPixels.sums), squares: overPositions(ofPixels.squares) }
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
