import { BidualError } from '../../errors.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { axpy, dot, norm2, scale } from '../../linalg/products.ts'
import { stream } from '../../random/index.ts'
import { categoricalColumn } from '../table.ts'
import { tableOf } from './table-of.ts'
import type { Generate } from './index.ts'

/** Orthonormal rows (X Xᵀ = I, THEORY 5.3) in a random position, and classes in turn. */
export const whitened: Generate<'whitened'> = ({ n, d, classes, seed }) => {
  if (n > d || classes > n) {
    const [what, path] =
      n > d ? [`n ≤ d = ${d}`, 'dataset.n'] : [`at most n = ${n} classes`, 'dataset.classes']
    throw new BidualError('bad-input', `Expected ${what} for whitened data, found ${n > d ? n : classes}.`, {
      path,
    })
  }
  const X = new Matrix(
    n,
    d,
    stream(seed)
      .split('whitened')
      .normals(n * d),
  )
  orthonormalizeRows(X)
  const width = String(classes).length
  const names = Array.from({ length: n }, (_, i) => `class ${String((i % classes) + 1).padStart(width, '0')}`)
  return tableOf('whitened', X, categoricalColumn('class', names))
}

/** Gram–Schmidt, twice for each row: orthonormal to rounding. */
function orthonormalizeRows(X: Matrix): void {
  for (let i = 0; i < X.rows; i++) {
    const row = X.row(i)
    for (let pass = 0; pass < 2; pass++) {
      for (let k = 0; k < i; k++) axpy(-dot(row, X.row(k)), X.row(k), row)
    }
    scale(1 / norm2(row), row)
  }
}
