import { describe, expect, it } from 'vitest'
import { projectPolyhedralCone } from '../../../core/linalg/cone.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { nnls } from '../../../core/linalg/nnls.ts'
import { dot, multiplyTransposeVector, multiplyVector, norm2 } from '../../../core/linalg/products.ts'
import {
  groupSoftThreshold,
  groupSoftThresholdColumns,
  projectL1Ball,
  projectL2Ball,
  projectSimplex,
  singularValueSoftThreshold,
  softThresholdVector,
} from '../../../core/linalg/prox.ts'
import { nuclearNorm, singularValues } from '../../../core/linalg/svd.ts'
import { stream } from '../../../core/random/index.ts'
import { randomMatrix, randomVector, scaled } from './matrices.ts'

/** x ≥ 0, the gradient Aᵀ(Ax − b) ≥ 0, and each vanishes where the other does not. */
function expectNnlsOptimal(A: Matrix, b: Float64Array, x: Float64Array): void {
  const residual = multiplyVector(A, x).map((value, i) => value - b[i])
  const gradient = multiplyTransposeVector(A, residual)
  const slack = 1e-10 * norm2(b) * Math.max(...A.data.map(Math.abs))
  x.forEach((value, j) => {
    expect(value).toBeGreaterThanOrEqual(0)
    expect(gradient[j]).toBeGreaterThanOrEqual(-slack)
    if (value > 0) expect(Math.abs(gradient[j])).toBeLessThan(slack)
  })
}

describe('NNLS', () => {
  it.each([
    [10, 4],
    [20, 20],
    [8, 30],
    [1, 1],
    [60, 50],
  ])('satisfies the optimality conditions, %i×%i', (n, d) => {
    const A = randomMatrix(n, d)
    const b = randomVector(n)
    const { x, residual, status } = nnls(A, b)
    expect(status).toBe('solved')
    expectNnlsOptimal(A, b, x)
    const expected = multiplyVector(A, x)
    residual.forEach((value, i) => expect(value).toBeCloseTo(b[i] - expected[i], 10))
  })

  it('copes with zero, repeated and parallel columns', () => {
    const base = randomMatrix(12, 5)
    const A = Matrix.zeros(12, 20)
    for (let i = 0; i < 12; i++)
      for (let j = 0; j < 20; j++) A.set(i, j, j < 15 ? base.get(i, j % 5) * (1 + (j % 2)) : 0)
    const b = randomVector(12)
    const { x, status } = nnls(A, b)
    expect(status).toBe('solved')
    expectNnlsOptimal(A, b, x)
  })

  it('reaches the same point from any warm start', () => {
    const A = randomMatrix(40, 25)
    const b = randomVector(40)
    const cold = nnls(A, b)
    const source = stream(8)
    for (let trial = 0; trial < 10; trial++) {
      const guess = [...Array(25).keys()].filter(() => source.uniform() < 0.5)
      nnls(A, b, guess).x.forEach((value, j) => expect(value).toBeCloseTo(cold.x[j], 11))
    }
    expect(nnls(A, b, cold.passive).iterations).toBe(0)
  })

  it('recovers a non-negative solution of a consistent system', () => {
    const A = randomMatrix(30, 12)
    const truth = randomVector(12).map((value) => Math.max(0, value))
    nnls(A, multiplyVector(A, truth)).x.forEach((value, j) => expect(value).toBeCloseTo(truth[j], 11))
  })

  it('refuses what is not finite or does not fit', () => {
    expect(() => nnls(randomMatrix(3, 2), new Float64Array(2))).toThrow(RangeError)
    expect(() => nnls(randomMatrix(2, 2), Float64Array.of(1, NaN))).toThrow('(1, 0)')
  })
})

/** Feasible, in z + Gᵀ(λ ≥ 0), and complementary: together they characterise the projection. */
function expectProjection(G: Matrix, z: Float64Array, warm: Iterable<number> = []): readonly number[] {
  const { projection, multipliers, active, status } = projectPolyhedralCone(G, z, warm)
  expect(status).toBe('solved')
  const size = Math.max(1, norm2(z))
  multiplyVector(G, projection).forEach((value, i) => {
    expect(value).toBeGreaterThanOrEqual(-1e-10 * size * Math.max(1, norm2(G.row(i))))
  })
  const combined = multiplyTransposeVector(G, multipliers)
  projection.forEach((value, j) => expect(Math.abs(value - z[j] - combined[j])).toBeLessThan(1e-10 * size))
  expect(multipliers.every((value) => value >= 0)).toBe(true)
  expect(Math.abs(dot(projection, combined))).toBeLessThan(1e-10 * size * size)
  return active
}

describe('projection onto a polyhedral cone', () => {
  /** Signed rows that one vector satisfies: a cone with interior. */
  function consistent(m: number, d: number): Matrix {
    const G = randomMatrix(m, d)
    const inside = randomVector(d, 'inside')
    for (let i = 0; i < m; i++)
      if (dot(G.row(i), inside) < 0) G.row(i).forEach((value, j, row) => (row[j] = -value))
    return G
  }

  it.each([
    [5, 3],
    [200, 20],
    [30, 60],
    [1, 1],
  ])('%i constraints in dimension %i', (m, d) => {
    const G = consistent(m, d)
    for (const key of ['a', 'b', 'c']) expectProjection(G, randomVector(d, key))
  })

  it('is {0} when the rows span everything', () => {
    const { projection } = projectPolyhedralCone(randomMatrix(300, 6), randomVector(6))
    expect(norm2(projection)).toBeLessThan(1e-12)
  })

  it('leaves a point inside as it is', () => {
    const G = consistent(50, 8)
    const inside = randomVector(8, 'inside')
    expect(projectPolyhedralCone(G, inside)).toMatchObject({ projection: inside, active: [] })
  })

  it('copes with zero, repeated, nearly parallel, opposite and badly scaled rows', () => {
    const d = 7
    const base = consistent(15, d)
    const rows: Float64Array[] = []
    for (let i = 0; i < 15; i++) {
      const row = base.row(i)
      rows.push(
        row,
        row.slice(),
        new Float64Array(d),
        row.map((value) => value * 1e8),
        row.map((value) => value * 1e-8),
      )
      rows.push(row.map((value, j) => value + (j === 0 ? 1e-13 : 0)))
    }
    // An equality: both signs of one row.
    rows.push(
      randomVector(d, 'equality'),
      randomVector(d, 'equality').map((value) => -value),
    )
    const G = Matrix.fromRows(rows)
    for (const key of ['a', 'b', 'c', 'd']) expectProjection(G, randomVector(d, key))
  })

  it('starts warm', () => {
    const G = consistent(200, 20)
    const z = randomVector(20)
    const active = expectProjection(G, z)
    const source = stream(9)
    const moved = z.map((value) => value + 1e-4 * source.normal())
    expectProjection(G, moved, active)
    expect(projectPolyhedralCone(G, moved, active).iterations).toBeLessThanOrEqual(2)
    expectProjection(G, moved, [...Array(200).keys()])
  })
})

/** No point of a sample around it, made feasible, is nearer to z. */
function expectNearest(
  z: Float64Array,
  found: Float64Array,
  feasible: (x: Float64Array) => Float64Array,
): void {
  const source = stream(10)
  const distance = (x: Float64Array) => norm2(x.map((value, i) => value - z[i]))
  for (let trial = 0; trial < 200; trial++) {
    const other = feasible(found.map((value) => value + 0.1 * source.normal()))
    expect(distance(other)).toBeGreaterThanOrEqual(distance(found) - 1e-12)
  }
}

describe('projections and proxes', () => {
  it('simplex', () => {
    for (const [key, n] of [
      ['a', 1],
      ['b', 5],
      ['c', 40],
    ] as const) {
      const z = randomVector(n, key)
      const x = projectSimplex(z, 1.5)
      expect(x.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1.5, 12)
      expect(x.every((value) => value >= 0)).toBe(true)
      expectNearest(z, x, (y) => {
        const positive = y.map((value) => Math.max(value, 1e-12))
        const sum = positive.reduce((total, value) => total + value, 0)
        return positive.map((value) => (value / sum) * 1.5)
      })
    }
    expect(() => projectSimplex(new Float64Array(0))).toThrow(RangeError)
  })

  it('ℓ₁ and ℓ₂ balls', () => {
    const z = randomVector(12)
    for (const [project, norm] of [
      [projectL1Ball, (x: Float64Array) => x.reduce((sum, value) => sum + Math.abs(value), 0)],
      [projectL2Ball, norm2],
    ] as const) {
      expect(project(z, 1e3)).toEqual(z)
      expect(project(z, 0).every((value) => value === 0)).toBe(true)
      const x = project(z, 2)
      expect(norm(x)).toBeCloseTo(2, 12)
      expectNearest(z, x, (y) => (norm(y) > 2 ? y.map((value) => (value / norm(y)) * 2) : y))
    }
  })

  /** The prox minimises ½‖x − z‖² + τ·penalty(x): nothing near it is better. */
  function expectProx(
    z: Float64Array,
    x: Float64Array,
    tau: number,
    penalty: (x: Float64Array) => number,
  ): void {
    const source = stream(11)
    const objective = (y: Float64Array) =>
      norm2(y.map((value, i) => value - z[i])) ** 2 / 2 + tau * penalty(y)
    for (let trial = 0; trial < 100; trial++) {
      const size = 10 ** -(1 + (trial % 5))
      expect(objective(x.map((value) => value + size * source.normal()))).toBeGreaterThanOrEqual(
        objective(x) - 1e-13,
      )
    }
  }

  it('soft thresholds minimise what they should', () => {
    const z = randomVector(10)
    expectProx(z, softThresholdVector(z, 0.4), 0.4, (x) => x.reduce((sum, value) => sum + Math.abs(value), 0))
    expectProx(z, groupSoftThreshold(z, 0.9), 0.9, norm2)
    expect(groupSoftThreshold(z, 100).every((value) => value === 0)).toBe(true)
    const A = randomMatrix(4, 6)
    const columns = (x: Float64Array) => {
      const B = new Matrix(4, 6, x)
      return Array.from({ length: 6 }, (_, j) => norm2(B.columnCopy(j))).reduce(
        (sum, value) => sum + value,
        0,
      )
    }
    expectProx(A.data, groupSoftThresholdColumns(A, 0.8).data, 0.8, columns)
    const nuclear = (x: Float64Array) => nuclearNorm(new Matrix(4, 6, x))
    expectProx(A.data, singularValueSoftThreshold(A, 0.8).data, 0.8, nuclear)
  })

  it('singular values shrink by τ', () => {
    const A = scaled(randomMatrix(15, 9), 2)
    const before = singularValues(A)
    const after = singularValues(singularValueSoftThreshold(A, 3))
    after.forEach((value, i) => expect(value).toBeCloseTo(Math.max(0, before[i] - 3), 11))
  })
})
