import type { Matrix } from '../linalg/matrix.ts'

/** out = A·x for a small A that is used very often: four rows at a time, no views. */
export function rowProducts({ data, rows, cols }: Matrix, x: Float64Array, out: Float64Array): void {
  const whole = rows & ~3
  for (let i = 0; i < whole; i += 4) {
    const r0 = i * cols
    const [r1, r2, r3] = [r0 + cols, r0 + 2 * cols, r0 + 3 * cols]
    let [s0, s1, s2, s3] = [0, 0, 0, 0]
    for (let c = 0; c < cols; c++) {
      const value = x[c]
      s0 += data[r0 + c] * value
      s1 += data[r1 + c] * value
      s2 += data[r2 + c] * value
      s3 += data[r3 + c] * value
    }
    out[i] = s0
    out[i + 1] = s1
    out[i + 2] = s2
    out[i + 3] = s3
  }
  for (let i = whole; i < rows; i++) {
    let sum = 0
    for (let c = 0, at = i * cols; c < cols; c++, at++) sum += data[at] * x[c]
    out[i] = sum
  }
}

/** out += weight·(row i of A). */
export function addRow({ data, cols }: Matrix, i: number, weight: number, out: Float64Array): void {
  for (let c = 0, at = i * cols; c < cols; c++, at++) out[c] += weight * data[at]
}

/** out = Aᵀ·w, skipping rows of weight zero. */
export function weightedRows(A: Matrix, weights: Float64Array, out: Float64Array): Float64Array {
  out.fill(0)
  for (let i = 0; i < A.rows; i++) if (weights[i] !== 0) addRow(A, i, weights[i], out)
  return out
}
