import { describe, expect, it } from 'vitest'
import type { Arena } from '../../../core/kernels/arena.ts'
import { engine } from '../../../core/kernels/engine.ts'
import {
  columnMoments,
  rectify,
  residual,
  shrinkColumns,
  softThresholdInto,
} from '../../../core/kernels/fused.ts'
import { gatedAdjoint, gatedProduct, type Gates } from '../../../core/kernels/gated.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { columnNorms, multiply } from '../../../core/linalg/products.ts'
import { softThreshold } from '../../../core/linalg/prox.ts'
import { stream } from '../../../core/random/index.ts'
import { randomMatrix, randomVector } from '../linalg/matrices.ts'

/** Runs a check on arrays outside and inside the kernel memory. */
function bothPlaces(check: (place: (A: Matrix) => Matrix) => void): void {
  check((A) => A.clone())
  engine().scratch((arena: Arena) => check((A) => arena.adopt(A)))
}

const lengths = [0, 1, 2, 7, 64, 101]

describe('fused steps', () => {
  it.each(lengths)('residual and its norm, length %i', (n) => {
    const [a, b] = [randomVector(n, 'a'), randomVector(n, 'b')]
    bothPlaces((place) => {
      const [x, y, out] = [place(Matrix.column(a)), place(Matrix.column(b)), place(Matrix.zeros(n, 1))]
      const sum = residual(x.data, y.data, out.data)
      expect([...out.data]).toEqual([...a].map((value, i) => value - b[i]))
      expect(sum).toBeCloseTo(
        out.data.reduce((total, value) => total + value * value, 0),
        10,
      )
    })
  })

  it.each(lengths)('soft threshold, length %i', (n) => {
    const x = randomVector(n)
    bothPlaces((place) => {
      const work = place(Matrix.column(x))
      softThresholdInto(work.data, 0.5, work.data)
      work.data.forEach((value, i) => expect(value).toBeCloseTo(softThreshold(x[i], 0.5), 15))
    })
  })

  it.each(lengths)('ReLU and its mask, length %i', (n) => {
    const x = randomVector(n)
    if (n > 0) x[0] = 0
    bothPlaces((place) => {
      const [input, out] = [place(Matrix.column(x)), place(Matrix.zeros(n, 1))]
      const mask = rectify(input.data, out.data)
      expect([...out.data]).toEqual([...x].map((value) => Math.max(value, 0)))
      expect([...mask]).toEqual([...x].map((value) => (value > 0 ? 1 : 0)))
    })
  })

  it('column means and norms, without cancellation', () => {
    const A = randomMatrix(31, 5)
    for (let i = 0; i < 31; i++) A.set(i, 2, 1e8 + A.get(i, 2))
    bothPlaces((place) => {
      const { means, norms } = columnMoments(place(A))
      for (let j = 0; j < 5; j++) {
        const column = A.columnCopy(j)
        const mean = column.reduce((sum, value) => sum + value, 0) / 31
        expect(Math.abs(means[j] - mean)).toBeLessThan(1e-7)
        expect(norms[j]).toBeCloseTo(Math.hypot(...column.map((value) => value - mean)), 7)
      }
    })
  })

  it('shortens every column by τ, or to zero', () => {
    const A = randomMatrix(12, 9)
    for (let i = 0; i < 12; i++) A.set(i, 4, A.get(i, 4) / 100)
    bothPlaces((place) => {
      const work = place(A)
      const before = shrinkColumns(work, 0.8)
      columnNorms(A).forEach((norm, j) => expect(before[j]).toBeCloseTo(norm, 12))
      columnNorms(work).forEach((norm, j) => expect(norm).toBeCloseTo(Math.max(0, before[j] - 0.8), 12))
      expect(work.columnCopy(4).every((value) => value === 0)).toBe(true)
    })
  })

  it('refuses vectors of different lengths', () => {
    expect(() => residual(new Float64Array(2), new Float64Array(3), new Float64Array(2))).toThrow(RangeError)
  })
})

function randomGates(rows: number, cols: number): Gates {
  const source = stream(3)
  return {
    rows,
    cols,
    data: Uint8Array.from({ length: rows * cols }, () => (source.uniform() < 0.5 ? 1 : 0)),
  }
}

describe('gated products', () => {
  it.each([
    [1, 1, 1, 1],
    [30, 7, 5, 1],
    [530, 11, 13, 1],
    [1100, 9, 6, 3],
    [40, 70, 0, 1],
  ])('n=%i, d=%i, P=%i, K=%i: product and adjoint by their definitions', (n, d, P, K) => {
    const [X, V, R, gates] = [
      randomMatrix(n, d),
      randomMatrix(d, P * K, 'V'),
      randomMatrix(n, K, 'R'),
      randomGates(n, P),
    ]
    const expected = Matrix.zeros(n, K)
    const adjoint = Matrix.zeros(d, P * K)
    for (let p = 0; p < P; p++) {
      const gate = (i: number) => gates.data[i * P + p]
      const columns = new Matrix(
        d,
        K,
        Float64Array.from({ length: d * K }, (_, q) => V.get(Math.floor(q / K), p * K + (q % K))),
      )
      const forward = multiply(X, columns)
      for (let i = 0; i < n; i++)
        for (let c = 0; c < K; c++) expected.data[i * K + c] += gate(i) * forward.get(i, c)
      const back = multiply(X, R, {
        transposeA: true,
        rowMask: Uint8Array.from({ length: n }, (_, i) => gate(i)),
      })
      for (let q = 0; q < d; q++) for (let c = 0; c < K; c++) adjoint.set(q, p * K + c, back.get(q, c))
    }
    bothPlaces((place) => {
      const close = (found: Matrix, wanted: Matrix) =>
        found.data.forEach((value, i) => expect(Math.abs(value - wanted.data[i])).toBeLessThan(1e-11))
      close(gatedProduct(place(X), gates, place(V)), expected)
      close(gatedAdjoint(place(X), gates, place(R)), adjoint)
    })
  })

  it('are adjoint to each other', () => {
    const [X, V, R, gates] = [
      randomMatrix(60, 8),
      randomMatrix(8, 20, 'V'),
      randomMatrix(60, 2, 'R'),
      randomGates(60, 10),
    ]
    const inner = (A: Matrix, B: Matrix) => A.data.reduce((sum, value, i) => sum + value * B.data[i], 0)
    expect(inner(gatedProduct(X, gates, V), R)).toBeCloseTo(inner(V, gatedAdjoint(X, gates, R)), 10)
  })

  it('refuse gates that do not fit', () => {
    const X = randomMatrix(6, 3)
    expect(() => gatedProduct(X, randomGates(5, 2), randomMatrix(3, 2))).toThrow('Gates for 5 samples')
    expect(() => gatedProduct(X, randomGates(6, 2), randomMatrix(3, 3))).toThrow('divide')
  })
})
