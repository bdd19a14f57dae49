import type { Matrix } from '../linalg/matrix.ts'
import type { LabelCoding } from '../losses/index.ts'

/**
 * Share of rows of F (n×K) that predict the class of Y, in [0, 1]: f > 0 is the class +1, of one-hot outputs the
 * largest (the first of equals).
 *
 * @returns null for real targets, without rows, or when a prediction is not a number
 */
export function accuracy(F: Matrix, Y: Matrix, labels: LabelCoding): number | null {
  if (labels === 'real' || F.rows === 0 || F.data.some(Number.isNaN)) return null
  const classOf = labels === 'sign' ? ([value]: Float64Array) => (value > 0 ? 1 : 0) : largestIndex
  let right = 0
  for (let i = 0; i < F.rows; i++) if (classOf(F.row(i)) === classOf(Y.row(i))) right++
  return right / F.rows
}

function largestIndex(values: Float64Array): number {
  return values.reduce((best, value, k) => (value > values[best] ? k : best), 0)
}
