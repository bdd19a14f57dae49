import { Matrix } from '../../linalg/matrix.ts'
import { stream } from '../../random/index.ts'
import { numericTarget, tableOf } from './table-of.ts'
import type { Generate } from './index.ts'

/** X = c·a₀ᵀ with c = |N(0, 1)| ≥ 0 and a unit a₀ (THEORY 5.6); y = c − 2(c − 1)₊ + noise·N(0, 1), one kink at 1. */
export const rankOne: Generate<'rank-one'> = ({ n, d, noise, seed }) => {
  const random = stream(seed).split('rank-one')
  const c = random.split('c').normals(n).map(Math.abs)
  const direction = random.split('direction').normals(d)
  const norm = Math.hypot(...direction)
  const X = Matrix.zeros(n, d)
  for (let i = 0; i < n; i++) X.row(i).set(direction.map((value) => (c[i] * value) / norm))
  const error = random.split('noise')
  const y = c.map((value) => value - 2 * Math.max(value - 1, 0) + error.normal(0, noise))
  return tableOf('rank-one', X, numericTarget(y))
}
