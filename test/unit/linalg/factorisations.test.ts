import {
  Matrix as MlMatrix,
  EigenvalueDecomposition,
  SingularValueDecomposition,
  pseudoInverse as mlPseudoInverse,
} from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { NotFiniteError } from '../../../core/linalg/checks.ts'
import { symmetricEigen } from '../../../core/linalg/eigen.ts'
import type { Matrix } from '../../../core/linalg/matrix.ts'
import { frobeniusNorm, maxAbs, multiply, scaleColumns } from '../../../core/linalg/products.ts'
import { pivotedQr } from '../../../core/linalg/qr.ts'
import {
  leastSquares,
  numericalRank,
  pseudoInverse,
  singularValues,
  thinSvd,
} from '../../../core/linalg/svd.ts'
import {
  orthogonalityResidual,
  permuteColumns,
  randomMatrix,
  rectangular,
  scaledResidual,
  symmetric,
  symmetricMatrices,
  withSingularValues,
} from './matrices.ts'

const toMl = (A: Matrix) => MlMatrix.from1DArray(A.rows, A.cols, A.data)
/** Of ml-matrix: it overflows, and refuses what is empty. */
const ordinary = (A: Matrix) => A.data.length > 0 && maxAbs(A.data) < 1e100 && maxAbs(A.data) > 1e-100

describe('thin SVD', () => {
  it.each(rectangular)('reconstructs with orthonormal factors: %s', (_, A) => {
    const { U, s, V } = thinSvd(A)
    expect(s.length).toBe(Math.min(A.rows, A.cols))
    expect(scaledResidual(A, multiply(scaleColumns(U, s), V, { transposeB: true }))).toBeLessThan(50)
    expect(orthogonalityResidual(U)).toBeLessThan(50)
    expect(orthogonalityResidual(V)).toBeLessThan(50)
    expect([...s]).toEqual([...s].sort((a, b) => b - a))
    expect(s.every((value) => value >= 0)).toBe(true)
  })

  it.each(rectangular.filter(([, A]) => ordinary(A)))('has the singular values of ml-matrix: %s', (_, A) => {
    const expected = new SingularValueDecomposition(toMl(A), { autoTranspose: true }).diagonal
    const found = singularValues(A)
    const slack = 50 * Math.max(A.rows, A.cols) * Number.EPSILON * frobeniusNorm(A)
    found.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(slack))
  })

  it('finds the numerical rank', () => {
    expect(numericalRank(singularValues(withSingularValues(80, 60, [5, 4, 3, 2, 1])))).toBe(5)
    expect(numericalRank(Float64Array.of(1, 1e-3, 1e-9), 1e-6)).toBe(2)
    expect(numericalRank(Float64Array.of(0, 0))).toBe(0)
  })

  it('names the entry that is not finite', () => {
    const A = randomMatrix(5, 4)
    A.set(3, 2, NaN)
    expect(() => thinSvd(A)).toThrow(NotFiniteError)
    expect(() => thinSvd(A)).toThrow('(3, 2)')
  })
})

describe('pseudo-inverse and least squares', () => {
  it.each([
    [30, 20],
    [20, 30],
  ])('agrees with ml-matrix on %i×%i', (n, d) => {
    const A = randomMatrix(n, d)
    const expected = mlPseudoInverse(toMl(A)).to1DArray()
    pseudoInverse(A).data.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 11))
  })

  it('meets the four conditions of Penrose on a rank-deficient matrix', () => {
    const A = withSingularValues(30, 20, [3, 2, 1])
    const P = pseudoInverse(A)
    const [AP, PA] = [multiply(A, P), multiply(P, A)]
    expect(scaledResidual(A, multiply(AP, A))).toBeLessThan(200)
    expect(scaledResidual(P, multiply(PA, P))).toBeLessThan(200)
    expect(scaledResidual(AP, AP.transpose())).toBeLessThan(200)
    expect(scaledResidual(PA, PA.transpose())).toBeLessThan(200)
  })

  it('gives the solution of least norm', () => {
    const A = randomMatrix(10, 25)
    const B = randomMatrix(10, 2, 'right side')
    const X = leastSquares(A, B)
    expect(scaledResidual(B, multiply(A, X))).toBeLessThan(200)
    // In the row space of A: it is its own projection.
    expect(scaledResidual(X, multiply(pseudoInverse(A), multiply(A, X)))).toBeLessThan(200)
  })
})

describe('symmetric eigendecomposition', () => {
  it.each(symmetricMatrices)('reconstructs with orthogonal vectors: %s', (_, A) => {
    const { values, vectors } = symmetricEigen(A)
    expect(
      scaledResidual(A, multiply(scaleColumns(vectors, values), vectors, { transposeB: true })),
    ).toBeLessThan(50)
    expect(orthogonalityResidual(vectors)).toBeLessThan(50)
    expect([...values]).toEqual([...values].sort((a, b) => a - b))
  })

  it.each(symmetricMatrices.filter(([, A]) => ordinary(A)))(
    'has the eigenvalues of ml-matrix: %s',
    (_, A) => {
      const expected = new EigenvalueDecomposition(toMl(A), { assumeSymmetric: true }).realEigenvalues.sort(
        (a, b) => a - b,
      )
      const slack = 50 * A.rows * Number.EPSILON * frobeniusNorm(A)
      symmetricEigen(A).values.forEach((value, i) =>
        expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(slack),
      )
    },
  )

  it('reads the lower triangle only', () => {
    const A = symmetric(40)
    const marred = A.clone()
    for (let i = 0; i < 40; i++) for (let j = i + 1; j < 40; j++) marred.set(i, j, 1e3)
    expect(symmetricEigen(marred).values).toEqual(symmetricEigen(A).values)
  })

  it('refuses what is not square or not finite', () => {
    expect(() => symmetricEigen(randomMatrix(3, 4))).toThrow('square')
    const A = symmetric(4)
    A.set(2, 1, Infinity)
    expect(() => symmetricEigen(A)).toThrow('(2, 1)')
  })
})

describe('QR with column pivoting', () => {
  it.each(rectangular)('reconstructs, diagonal descending: %s', (_, A) => {
    const { Q, R, pivots } = pivotedQr(A)
    expect(scaledResidual(permuteColumns(A, pivots), multiply(Q, R))).toBeLessThan(50)
    expect(orthogonalityResidual(Q)).toBeLessThan(50)
    const diagonal = Array.from({ length: R.rows }, (_, i) => Math.abs(R.get(i, i)))
    diagonal.slice(1).forEach((value, i) => expect(value).toBeLessThanOrEqual(diagonal[i] * (1 + 1e-6)))
  })

  it('reveals the rank', () => {
    expect(pivotedQr(withSingularValues(80, 60, [5, 4, 3, 2, 1])).rank).toBe(5)
    expect(pivotedQr(withSingularValues(60, 80, [5, 4, 3])).rank).toBe(3)
    expect(pivotedQr(randomMatrix(60, 80)).rank).toBe(60)
  })

  it('applies Q and its transpose without forming it', () => {
    const qr = pivotedQr(randomMatrix(70, 30))
    const B = randomMatrix(70, 3, 'B')
    const C = randomMatrix(30, 3, 'C')
    expect(scaledResidual(multiply(qr.Q, B, { transposeA: true }), qr.applyQTranspose(B))).toBeLessThan(50)
    expect(scaledResidual(multiply(qr.Q, C), qr.applyQ(C))).toBeLessThan(50)
    expect(() => qr.applyQTranspose(C)).toThrow(RangeError)
  })
})
