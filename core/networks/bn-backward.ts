/** The steps back through a normalisation, on matrices of rows×m; formulas in bn-gradient.ts. */
import type { Matrix } from '../linalg/matrix.ts'
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
export function addColumnSums(N: Matrix, dZ: Matrix, sums: ColumnSums): ColumnSums {
  const { plain, ofProducts } = sums
  const m = N.cols
  for (let i = 0; i < N.rows; i++) {
    for (let j = 0, at = i * m; j < m; j++, at++) {
      plain[j] += dZ.data[at]
      ofProducts[j] += dZ.data[at] * N.data[at]
    }
  }
  return sums
}

/** dZ −= N·diag(share), in place. */
export function removeNormalized(dZ: Matrix, N: Matrix, share: Float64Array): void {
  const m = N.cols
  for (let i = 0; i < N.rows; i++) {
    for (let j = 0, at = i * m; j < m; j++, at++) dZ.data[at] -= N.data[at] * share[j]
  }
}

/** dZ −= 1·meanᵀ, in place. */
export function removeMean(dZ: Matrix, mean: Float64Array): void {
  for (let i = 0; i < dZ.rows; i++) {
    const row = dZ.row(i)
    for (let j = 0; j < mean.length; j++) row[j] -= mean[j]
  }
}

/** γ/norm, the slope of a normalised column; 0 in columns of zero variance. */
export function columnSlopes(gamma: Float64Array, { norm }: BatchStatistics): Float64Array {
  return norm.map((value, j) => (value === 0 ? 0 : gamma[j] / value))
}
