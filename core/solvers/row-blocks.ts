import type { Matrix } from '../linalg/matrix.ts'

/** The block-diagonal matrix of one symmetric positive definite K×K block a row, nK×nK. */
export class RowBlocks {
  readonly K: number
  /** n·K·K entries. */
  readonly data: Float64Array

  constructor(K: number, data: Float64Array) {
    this.K = K
    this.data = data
  }

  /** Block lower-triangular L with LLᵀ the matrix. */
  cholesky(): RowBlocks {
    const { K, data } = this
    const L = new Float64Array(data.length)
    for (let at = 0; at < data.length; at += K * K) {
      for (let k = 0; k < K; k++) {
        for (let l = 0; l <= k; l++) {
          let sum = data[at + k * K + l]
          for (let m = 0; m < l; m++) sum -= L[at + k * K + m] * L[at + l * K + m]
          L[at + k * K + l] = k === l ? Math.sqrt(sum) : sum / L[at + l * (K + 1)]
        }
      }
    }
    return new RowBlocks(K, L)
  }

  /** L⁻¹·M in place, for a lower-triangular matrix L of this shape; M: nK rows. */
  forward(M: Matrix): Matrix {
    const { K, data } = this
    for (let row = 0; row < M.rows; row++) {
      const k = row % K
      const block = (row - k) * K
      const target = M.row(row)
      for (let l = 0; l < k; l++) {
        const factor = data[block + k * K + l]
        const source = M.row(row - k + l)
        for (let c = 0; c < target.length; c++) target[c] -= factor * source[c]
      }
      const inverse = 1 / data[block + k * (K + 1)]
      for (let c = 0; c < target.length; c++) target[c] *= inverse
    }
    return M
  }

  /** L⁻ᵀ·x in place, for a lower-triangular matrix L of this shape. */
  backward(x: Float64Array): Float64Array {
    const { K, data } = this
    for (let row = x.length - 1; row >= 0; row--) {
      const k = row % K
      const block = (row - k) * K
      for (let l = k + 1; l < K; l++) x[row] -= data[block + l * K + k] * x[row - k + l]
      x[row] /= data[block + k * (K + 1)]
    }
    return x
  }

  /** H += the matrix, H nK×nK. */
  addTo(H: Matrix): void {
    const { K, data } = this
    for (let row = 0; row < H.rows; row++) {
      const k = row % K
      for (let l = 0; l < K; l++) H.data[row * H.cols + row - k + l] += data[(row - k) * K + k * K + l]
    }
  }
}
