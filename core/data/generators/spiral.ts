import { Matrix } from '../../linalg/matrix.ts'
import { stream } from '../../random/index.ts'
import { numericTarget, tableOf } from './table-of.ts'
import type { Generate } from './index.ts'

/**
 * Two interleaved arms in the plane, classes ±1 in turn: radius t and angle 2π·turns·t (half a turn further on the
 * other arm), t from 0.1 to 1, plus N(0, noise²) in both coordinates.
 */
export const spiral: Generate<'spiral'> = ({ n, turns, noise, seed }) => {
  const random = stream(seed).split('spiral')
  const perArm = Math.ceil(n / 2)
  const X = Matrix.zeros(n, 2)
  const y = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const arm = i % 2
    const t = 0.1 + (0.9 * Math.floor(i / 2)) / Math.max(perArm - 1, 1)
    const angle = 2 * Math.PI * turns * t + arm * Math.PI
    X.row(i).set([
      t * Math.cos(angle) + random.normal(0, noise),
      t * Math.sin(angle) + random.normal(0, noise),
    ])
    y[i] = arm === 0 ? -1 : 1
  }
  return tableOf('spiral', X, numericTarget(y))
}
