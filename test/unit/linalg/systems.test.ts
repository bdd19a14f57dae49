import { CholeskyDecomposition, Matrix as MlMatrix } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { NotFiniteError, NotPositiveDefiniteError } from '../../../core/linalg/checks.ts'
import { cholesky } from '../../../core/linalg/cholesky.ts'
import { conditionEstimate } from '../../../core/linalg/condition.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { byPivotedQr, minimumNorm } from '../../../core/linalg/minimum-norm.ts'
import {
  combine,
  frobeniusNorm,
  identity,
  multiply,
  multiplyVector,
  outerGram,
} from '../../../core/linalg/products.ts'
import { leastSquares, singularValues } from '../../../core/linalg/svd.ts'
import {
  solveLower,
  solveLowerTranspose,
  solveUpper,
  solveUpperTranspose,
} from '../../../core/linalg/triangular.ts'
import { truncatedSvd } from '../../../core/linalg/truncated-svd.ts'
import { stream } from '../../../core/random/index.ts'
import {
  orthogonalityResidual,
  permuteColumns,
  randomMatrix,
  randomVector,
  scaled,
  scaledResidual,
  withEigenvalues,
  withSingularValues,
} from './matrices.ts'

const positive = (n: number) => outerGram(randomMatrix(n, n + 5))
const gradedValues = (n: number, decades: number) =>
  Float64Array.from({ length: n }, (_, i) => 10 ** ((-decades * i) / (n - 1)))

describe('Cholesky', () => {
  const cases: readonly (readonly [string, Matrix])[] = [
    ['empty', Matrix.zeros(0, 0)],
    ['1×1', positive(1)],
    ['48', positive(48)],
    ['49', positive(49)],
    ['170', positive(170)],
    ['graded, condition 1e12', withEigenvalues(gradedValues(90, 12))],
    ['huge', scaled(positive(60), 1e290)],
    ['identity', identity(100)],
  ]

  it.each(cases)('reconstructs: %s', (_, A) => {
    const { factor } = cholesky(A)
    expect(scaledResidual(A, multiply(factor, factor, { transposeB: true }))).toBeLessThan(50)
    for (let i = 0; i < A.rows; i++)
      expect(
        factor
          .row(i)
          .subarray(i + 1)
          .every((value) => value === 0),
      ).toBe(true)
  })

  it('agrees with ml-matrix', () => {
    const A = positive(80)
    const expected = new CholeskyDecomposition(
      MlMatrix.from1DArray(80, 80, A.data),
    ).lowerTriangularMatrix.to1DArray()
    cholesky(A).factor.data.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 10))
  })

  it('solves for vectors and matrices, leaving the right side as it is', () => {
    const A = positive(130)
    const factorisation = cholesky(A)
    const b = randomVector(130)
    const kept = b.slice()
    const x = factorisation.solve(b)
    expect(scaledResidual(Matrix.column(b), Matrix.column(multiplyVector(A, x)))).toBeLessThan(1e4)
    expect(b).toEqual(kept)
    const B = randomMatrix(130, 12, 'B')
    expect(scaledResidual(B, multiply(A, factorisation.solve(B)))).toBeLessThan(1e4)
    expect(factorisation.logDeterminant()).toBeCloseTo(
      2 *
        Array.from({ length: 130 }, (_, i) => Math.log(factorisation.factor.get(i, i))).reduce(
          (a, b) => a + b,
        ),
      9,
    )
  })

  it('names the pivot that is not positive', () => {
    const A = identity(120)
    A.set(77, 77, -1)
    let caught: unknown
    try {
      cholesky(A)
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(NotPositiveDefiniteError)
    expect(caught).toMatchObject({ code: 'not-positive-definite', pivot: 77 })
    expect(() => cholesky(Matrix.zeros(2, 2))).toThrow(NotPositiveDefiniteError)
  })

  it('names the entry that is not finite', () => {
    const A = identity(4)
    A.set(2, 1, NaN)
    expect(() => cholesky(A)).toThrow(NotFiniteError)
  })

  it('follows an active set', () => {
    const A = positive(12)
    const order = [0]
    const factorisation = cholesky(new Matrix(1, 1, Float64Array.of(A.get(0, 0))))
    const source = stream(4)
    const current = () => permuteColumns(permuteColumns(A, order).transpose(), order)
    for (let step = 0; step < 60; step++) {
      const outside = [...Array(12).keys()].filter((i) => !order.includes(i))
      if (order.length === 0 || (outside.length > 0 && source.uniform() < 0.6)) {
        const entering = outside[Math.floor(source.uniform() * outside.length)]
        order.push(entering)
        factorisation.append(Float64Array.from(order, (i) => A.get(i, entering)))
      } else {
        const index = Math.floor(source.uniform() * order.length)
        order.splice(index, 1)
        factorisation.remove(index)
      }
      const { factor } = factorisation
      expect(
        frobeniusNorm(combine(1, current(), -1, multiply(factor, factor, { transposeB: true }))),
      ).toBeLessThan(1e-12)
    }
  })

  it('refuses a border that is not positive definite and stays as it was', () => {
    const factorisation = cholesky(identity(3))
    const before = factorisation.factor.data.slice()
    expect(() => factorisation.append(Float64Array.of(1, 0, 0, 1))).toThrow(NotPositiveDefiniteError)
    expect(factorisation.factor.data).toEqual(before)
    expect(() => factorisation.append(new Float64Array(2))).toThrow(RangeError)
    expect(() => factorisation.remove(3)).toThrow(RangeError)
  })

  it('estimates the condition number', () => {
    for (const decades of [0, 3, 8]) {
      const A = withEigenvalues(gradedValues(60, decades))
      const estimate = conditionEstimate(A, cholesky(A))
      expect(estimate).toBeGreaterThan(10 ** decades / 3)
      expect(estimate).toBeLessThan(60 * 10 ** decades)
    }
  })
})

describe('triangular systems', () => {
  it.each([
    [1, 1],
    [7, 9],
    [33, 5],
    [100, 40],
  ])('of order %i with %i right sides, both triangles and their transposes', (n, m) => {
    const L = cholesky(positive(n)).factor
    const U = L.transpose()
    const B = randomMatrix(n, m, 'B')
    for (const [solve, T, transposeA] of [
      [solveLower, L, false],
      [solveLowerTranspose, L, true],
      [solveUpper, U, false],
      [solveUpperTranspose, U, true],
    ] as const) {
      const X = solve(T, B.clone())
      const residual = frobeniusNorm(combine(1, multiply(T, X, { transposeA }), -1, B))
      expect(residual).toBeLessThan(50 * n * Number.EPSILON * frobeniusNorm(T) * frobeniusNorm(X))
    }
  })

  it('refuse a zero pivot and shapes that do not fit', () => {
    const L = identity(3)
    L.set(1, 1, 0)
    expect(() => solveLower(L, Matrix.zeros(3, 1))).toThrow('pivot 1')
    expect(() => solveLower(identity(3), Matrix.zeros(4, 1))).toThrow('3×3')
  })
})

describe('minimum-norm solution', () => {
  it.each([
    ['wide', 30, 70],
    ['tall', 70, 30],
    ['square', 40, 40],
  ])('by the Gram matrix and by QR agrees with the SVD: %s', (_, n, d) => {
    const A = withSingularValues(n, d, gradedValues(Math.min(n, d), 2))
    const B = randomMatrix(n, 3, 'B')
    const expected = leastSquares(A, B)
    const found = minimumNorm(A, B)
    expect(found.route).toBe('gram')
    expect(found.gramCondition).toBeGreaterThan(1e3)
    for (const X of [found.X, byPivotedQr(A, B).X]) {
      expect(frobeniusNorm(combine(1, X, -1, expected)) / frobeniusNorm(expected)).toBeLessThan(1e-11)
    }
  })

  it('leaves the Gram matrix when it has lost too much', () => {
    const A = withSingularValues(40, 60, gradedValues(40, 7))
    const B = multiply(A, randomMatrix(60, 2, 'X'))
    const found = minimumNorm(A, B)
    expect(found.route).toBe('qr')
    expect(frobeniusNorm(combine(1, multiply(A, found.X), -1, B)) / frobeniusNorm(B)).toBeLessThan(1e-12)
  })

  it.each([
    [50, 30],
    [30, 50],
  ])('takes the SVD when the rank is deficient: %i×%i', (n, d) => {
    const A = withSingularValues(n, d, [3, 2, 1])
    const B = randomMatrix(n, 2, 'B')
    const found = minimumNorm(A, B)
    expect(found.route).toBe('svd')
    expect(found.X.data).toEqual(leastSquares(A, B).data)
  })
})

describe('truncated SVD', () => {
  it('finds the leading triplets and says how accurately', () => {
    const s = Float64Array.from({ length: 60 }, (_, i) => 0.7 ** i)
    const A = withSingularValues(300, 60, s)
    const found = truncatedSvd(A, 8, { stream: stream(5) })
    expect(found.residual).toBeLessThan(1e-10)
    found.s.forEach((value, i) => expect(Math.abs(value - s[i])).toBeLessThan(1e-10))
    expect(orthogonalityResidual(found.U)).toBeLessThan(50)
    expect(orthogonalityResidual(found.V)).toBeLessThan(50)
  })

  it('asked for everything is the SVD', () => {
    const A = randomMatrix(30, 12)
    const found = truncatedSvd(A, 12, { stream: stream(6) })
    const expected = singularValues(A)
    found.s.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 12))
    expect(found.passes).toBe(1)
  })

  it('is the same for the same stream, and honest when it gives up', () => {
    const A = randomMatrix(120, 80)
    const run = () => truncatedSvd(A, 5, { stream: stream(7), maxPasses: 2 })
    expect(run().s).toEqual(run().s)
    const { residual, s } = run()
    const exact = singularValues(A)
    expect(residual).toBeGreaterThan(1e-6)
    s.forEach((value) =>
      expect(Math.min(...exact.map((other) => Math.abs(other - value)))).toBeLessThan(residual * s[0] * 1.01),
    )
  })
})
