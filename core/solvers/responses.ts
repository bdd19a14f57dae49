import { Matrix } from '../linalg/matrix.ts'
import type { Dictionary } from '../programs/dictionary.ts'

/** F += (B_i·v)·gᵀ (n×K). */
export function addResponse(
  dictionary: Dictionary,
  cell: number,
  output: Float64Array,
  v: Float64Array,
  F: Matrix,
): void {
  if (output.length === 1) {
    dictionary.respond(cell, v, output[0], F.data)
    return
  }
  const response = new Float64Array(F.rows)
  dictionary.respond(cell, v, 1, response)
  for (let i = 0, at = 0; i < F.rows; i++) {
    for (let k = 0; k < output.length; k++, at++) F.data[at] += response[i] * output[k]
  }
}

/** V·g (n entries) for V n×K; V itself, not copied, when the output is scalar and positive. */
export function alongOutput(V: Float64Array, output: Float64Array): Float64Array {
  const K = output.length
  if (K === 1) return output[0] === 1 ? V : V.map((value) => output[0] * value)
  const result = new Float64Array(V.length / K)
  for (let i = 0, at = 0; i < result.length; i++) {
    let sum = 0
    for (let k = 0; k < K; k++, at++) sum += V[at] * output[k]
    result[i] = sum
  }
  return result
}

/** Columns of an n×k matrix times output directions, nK×k: column c belongs to `outputs[c]`. */
export function spreadColumns(images: Matrix, outputs: readonly Float64Array[], K: number): Matrix {
  const result = Matrix.zeros(images.rows * K, images.cols)
  for (let i = 0; i < images.rows; i++) {
    for (let k = 0; k < K; k++) {
      const [from, to] = [i * images.cols, (i * K + k) * images.cols]
      for (let c = 0; c < images.cols; c++) result.data[to + c] = outputs[c][k] * images.data[from + c]
    }
  }
  return result
}
