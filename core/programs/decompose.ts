import { Matrix } from '../linalg/matrix.ts'
import { dot } from '../linalg/products.ts'
import { conicLeastSquares } from '../linalg/nnls.ts'
import type { Block, ConvexProgram } from './program.ts'
import type { Neuron } from './recover.ts'

/**
 * Neurons of a real ReLU network with the response DᵢA·u of a gated block: u = a − b with a, b in the cone of pattern
 * i, so that DᵢA·u = (A·a)₊ − (A·b)₊ (Mishkin, Sahiner & Pilanci 2022). b is the shortest such vector.
 *
 * ‖a‖ + ‖b‖ ≥ ‖u‖ with equality only when u or −u lies in the cone: the network costs more than the gated program.
 */
export function decomposeGated(program: ConvexProgram, { pattern, sign, vector }: Block): Neuron[] {
  const b = shortestShift(program, pattern, vector)
  const a = vector.map((value, c) => value + b[c])
  return [
    { sign, vector: a },
    { sign: sign === 1 ? -1 : 1, vector: b },
  ]
}

/**
 * argmin ‖b‖ subject to G·b ≥ max(0, −G·u): a least-distance program, solved as the non-negative least-squares problem
 * of Lawson and Hanson (1974, ch. 23.4) on the rows (gⱼ, cⱼ).
 */
function shortestShift({ A, arrangement }: ConvexProgram, pattern: number, u: Float64Array): Float64Array {
  const r = A.cols
  const rows = Matrix.zeros(A.rows, r + 1)
  for (let j = 0; j < A.rows; j++) {
    const side = arrangement.patterns.isActive(pattern, j) ? 1 : -1
    for (let c = 0; c < r; c++) rows.set(j, c, side * A.get(j, c))
    rows.set(j, r, Math.max(0, -side * dot(A.row(j), u)))
  }
  const target = new Float64Array(r + 1)
  target[r] = 1
  const { residual } = conicLeastSquares(rows, target)
  return residual.subarray(0, r).map((value) => -value / residual[r])
}
