/** The steps back through a normalisation, on matrices of rows×m; formulas in bn-gradient.ts. */
import { addColumnProducts, subtractColumns } from '../kernels/columns.ts'
import type { Matrix, RealArray } from '../linalg/matrix.ts'
import type { BatchStatistics } from './bn-statistics.ts'

export interface ColumnSums {
  /** 1ᵀdZ. */
  plain: Float64Array
  /** 1ᵀ(dZ∘N), which is dγ. */
  ofProducts: Float64Array
}

export const noSums = (m: number): ColumnSums => ({
  plain: new Float64Array(m),
  ofProducts: new Float64Array(m),
})

/** Adds the sums over the rows of N and dZ to `sums`, and returns them. */
export function addColumnSums(N: Matrix<RealArray>, dZ: Matrix<RealArray>, sums: ColumnSums): ColumnSums {
  addColumnProducts(dZ, N, sums.plain, sums.ofProducts)
  return sums
}

/**
 * What the columns of dZ lose because the normalisation takes away their mean and their size: N·share + mean.
 *
 * @param rows over which the sums are
 */
export function slopeShares(
  { plain, ofProducts }: ColumnSums,
  n: number,
  rows: number,
): { share: Float64Array; mean: Float64Array } {
  return { share: ofProducts.map((sum) => (sum * n) / rows), mean: plain.map((sum) => sum / rows) }
}

/** dZ −= N·share + mean, in place. */
export function centerSlopes(
  dZ: Matrix<RealArray>,
  N: Matrix<RealArray>,
  sums: ColumnSums,
  n: number,
  rows: number,
): void {
  const { share, mean } = slopeShares(sums, n, rows)
  subtractColumns(dZ, N, share, mean)
}

/** γ/norm, the slope of a normalised column; 0 in columns of zero variance. */
export function columnSlopes(gamma: RealArray, { norm }: BatchStatistics): Float64Array {
  return norm.map((value, j) => (value === 0 ? 0 : gamma[j] / value))
}

/** dγ and dα of these sums, in the place of `like`. */
export function scaleGradients<T extends RealArray>(
  { plain, ofProducts }: ColumnSums,
  n: number,
  like: Matrix<T>,
): { gamma: T; alpha: T } {
  const [gamma, alpha] = [0, 1].map(() => like.roomAlike(1, plain.length).data)
  gamma.set(ofProducts)
  alpha.set(plain.map((sum) => sum / Math.sqrt(n)))
  return { gamma, alpha }
}
