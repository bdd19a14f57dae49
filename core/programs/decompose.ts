import { Matrix } from '../linalg/matrix.ts'
import { dot } from '../linalg/products.ts'
import { conicLeastSquares } from '../linalg/nnls.ts'
import type { Block, ConvexProgram } from './program.ts'

/**
 * Neurons of a real ReLU network with the response B_i·u of a gated block: u = a − b with a, b in the cone of cell i, so
 * that DᵢA·u = (A·a)₊ − (A·b)₊ (Mishkin, Sahiner & Pilanci 2022). b is the shortest such vector.
 *
 * ‖a‖ + ‖b‖ ≥ ‖u‖ with equality only when u or −u lies in the cone: the network costs more than the gated program.
 */
export function decomposeGated({ dictionary }: ConvexProgram, { cell, output, vector }: Block): Block[] {
  const b = shortestShift(dictionary.constraints(cell), vector)
  const a = vector.map((value, c) => value + b[c])
  return [
    { cell, output, vector: a },
    { cell, output: output.map((value) => -value), vector: b },
  ]
}

/**
 * argmin ‖b‖ subject to G·b ≥ max(0, −G·u): a least-distance program, solved as the non-negative least-squares problem
 * of Lawson and Hanson (1974, ch. 23.4) on the rows (gⱼ, cⱼ).
 */
function shortestShift(G: Matrix, u: Float64Array): Float64Array {
  const r = G.cols
  const rows = Matrix.zeros(G.rows, r + 1)
  for (let j = 0; j < G.rows; j++) {
    rows.row(j).set(G.row(j))
    rows.set(j, r, Math.max(0, -dot(G.row(j), u)))
  }
  const target = new Float64Array(r + 1)
  target[r] = 1
  const { residual } = conicLeastSquares(rows, target)
  return residual.subarray(0, r).map((value) => -value / residual[r])
}
