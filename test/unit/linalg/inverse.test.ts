import { describe, expect, it } from 'vitest'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { OrthonormalBasis } from '../../../core/linalg/orthonormal-basis.ts'
import { pivotedInverse } from '../../../core/linalg/pivoted-inverse.ts'
import { dot, identity, multiply, norm2 } from '../../../core/linalg/products.ts'
import { stream } from '../../../core/random/index.ts'

const largest = (A: Matrix, B: Matrix): number =>
  A.data.reduce((most, value, at) => Math.max(most, Math.abs(value - B.data[at])), 0)

describe('pivotedInverse', () => {
  it('is the inverse from both sides, zeros on the diagonal or not', () => {
    for (const m of [1, 2, 7, 20]) {
      const A = new Matrix(m, m, stream(m).normals(m * m))
      for (let i = 0; i < m; i++) if (m > 1) A.set(i, i, 0)
      const inverse = pivotedInverse(A)
      expect(largest(multiply(A, inverse), identity(m))).toBeLessThan(1e-11)
      expect(largest(multiply(inverse, A), identity(m))).toBeLessThan(1e-11)
    }
  })

  it('leaves the matrix as it is, and says which column depends on others', () => {
    const A = Matrix.fromRows([
      [1, 2],
      [2, 4],
    ])
    expect(() => pivotedInverse(A)).toThrow(/Column 1/)
    expect([...A.data]).toEqual([1, 2, 2, 4])
  })
})

describe('OrthonormalBasis', () => {
  it('represents values by the vector of the span that has them as inner products', () => {
    const basis = new OrthonormalBasis()
    const columns = [0, 1, 2].map((seed) => {
      const column = stream(seed).normals(6)
      return column.map((value) => value / norm2(column))
    })
    for (const column of columns) basis.append(column.slice())
    const represented = basis.representer([3, -1, 0.5])
    expect(columns.map((column) => dot(column, represented))).toEqual(
      [3, -1, 0.5].map((v) => expect.closeTo(v, 12) as number),
    )
    const rest = new Float64Array(6)
    basis.residual(represented, rest)
    expect(norm2(rest)).toBeLessThan(1e-13)
  })
})
