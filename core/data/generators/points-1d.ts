import { BidualError } from '../../errors.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { numericTarget, tableOf } from './table-of.ts'
import type { Generate } from './index.ts'

/** The points as given, one feature. */
export const points1d: Generate<'points-1d'> = ({ x, y }) => {
  if (x.length !== y.length) {
    const message = `Expected one y for each x; found ${x.length} x and ${y.length} y.`
    throw new BidualError('bad-input', message, { path: 'dataset.y' })
  }
  return tableOf('points-1d', Matrix.column(Float64Array.from(x)), numericTarget(Float64Array.from(y)))
}
