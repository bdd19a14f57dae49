import { Matrix } from '../../linalg/matrix.ts'
import { multiply } from '../../linalg/products.ts'
import { stream } from '../../random/index.ts'
import { numericTarget, tableOf } from './table-of.ts'
import type { Generate } from './index.ts'

/**
 * Gaussian X and a ReLU teacher: y = Σⱼ αⱼ(Xwⱼ)₊ + noise·N(0, 1), unit wⱼ and αⱼ = ±1 in turn. Classification
 * gives +1 to the upper half of these values and −1 to the rest, so that the classes are balanced.
 */
export const planted: Generate<'planted'> = ({ n, d, neurons, noise, task, seed }) => {
  const random = stream(seed).split('planted')
  const X = new Matrix(n, d, random.split('X').normals(n * d))
  const W = new Matrix(d, neurons, random.split('teacher').normals(d * neurons))
  normalizeColumns(W)
  const responses = multiply(X, W)
  const error = random.split('noise')
  const values = Float64Array.from({ length: n }, (_, i) => {
    const clean = responses.row(i).reduce((sum, t, j) => sum + (j % 2 === 0 ? 1 : -1) * Math.max(t, 0), 0)
    return clean + error.normal(0, noise)
  })
  return tableOf('planted', X, numericTarget(task === 'regression' ? values : upperHalf(values)))
}

function normalizeColumns(W: Matrix): void {
  for (let j = 0; j < W.cols; j++) {
    const norm = Math.hypot(...W.columnCopy(j))
    for (let i = 0; i < W.rows; i++) W.set(i, j, W.get(i, j) / norm)
  }
}

function upperHalf(values: Float64Array): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b] || a - b)
  const labels = new Float64Array(values.length).fill(-1)
  for (const i of order.slice(Math.floor(values.length / 2))) labels[i] = 1
  return labels
}
