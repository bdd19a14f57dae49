import { Matrix } from '../../../core/linalg/matrix.ts'
import { combine, frobeniusNorm, identity, multiply, scaleColumns } from '../../../core/linalg/products.ts'
import { orthonormalColumns } from '../../../core/linalg/qr.ts'
import { stream } from '../../../core/random/index.ts'

/** Standard normal entries, the same on every run. */
export function randomMatrix(rows: number, cols: number, key = 'matrix'): Matrix {
  const source = stream(1).split(key).split(rows).split(cols)
  return new Matrix(
    rows,
    cols,
    Float64Array.from({ length: rows * cols }, () => source.normal()),
  )
}

export function randomVector(length: number, key = 'vector'): Float64Array {
  return randomMatrix(length, 1, key).data
}

export function symmetric(n: number, key?: string): Matrix {
  const A = randomMatrix(n, n, key)
  return combine(0.5, A, 0.5, A.transpose())
}

/** A matrix with these singular values and random orthogonal factors. */
export function withSingularValues(rows: number, cols: number, s: ArrayLike<number>): Matrix {
  const U = orthonormalColumns(randomMatrix(rows, s.length, 'left'))
  const V = orthonormalColumns(randomMatrix(cols, s.length, 'right'))
  return multiply(scaleColumns(U, s), V, { transposeB: true })
}

/** A symmetric matrix with these eigenvalues and random eigenvectors. */
export function withEigenvalues(values: ArrayLike<number>): Matrix {
  const Q = orthonormalColumns(randomMatrix(values.length, values.length, 'eigen'))
  const A = multiply(scaleColumns(Q, values), Q, { transposeB: true })
  return combine(0.5, A, 0.5, A.transpose())
}

export function scaled(A: Matrix, factor: number): Matrix {
  return new Matrix(
    A.rows,
    A.cols,
    A.data.map((value) => value * factor),
  )
}

const graded = (n: number) =>
  Float64Array.from({ length: n }, (_, i) => 10 ** ((-12 * i) / Math.max(1, n - 1)))
const repeated = (n: number) => Float64Array.from({ length: n }, (_, i) => 1 + Math.floor(i / 10))

/** Rectangular matrices that factorisations must master. */
export const rectangular: readonly (readonly [string, Matrix])[] = [
  ['1×1', randomMatrix(1, 1)],
  ['1×9', randomMatrix(1, 9)],
  ['9×1', randomMatrix(9, 1)],
  ['empty 0×4', Matrix.zeros(0, 4)],
  ['empty 4×0', Matrix.zeros(4, 0)],
  ['square 33', randomMatrix(33, 33)],
  ['tall 150×40', randomMatrix(150, 40)],
  ['slightly tall 90×80', randomMatrix(90, 80)],
  ['wide 40×150', randomMatrix(40, 150)],
  ['graded, condition 1e12', withSingularValues(70, 60, graded(60))],
  ['rank 5 of 60', withSingularValues(80, 60, [5, 4, 3, 2, 1])],
  ['repeated singular values', withSingularValues(70, 70, repeated(70))],
  ['identity', identity(50)],
  ['zero', Matrix.zeros(40, 30)],
  [
    'zero columns',
    scaleColumns(
      randomMatrix(60, 50),
      Float64Array.from({ length: 50 }, (_, j) => j % 3),
    ),
  ],
  ['equal rows', multiply(new Matrix(40, 1, new Float64Array(40).fill(1)), randomMatrix(1, 40))],
  ['huge', scaled(randomMatrix(40, 30), 1e300)],
  ['tiny', scaled(randomMatrix(40, 30), 1e-290)],
  ['denormal', scaled(randomMatrix(40, 30), 1e-310)],
]

export const symmetricMatrices: readonly (readonly [string, Matrix])[] = [
  ['1×1', symmetric(1)],
  ['2×2', symmetric(2)],
  ['empty', Matrix.zeros(0, 0)],
  ['random 24', symmetric(24)],
  ['random 101', symmetric(101)],
  ['graded, condition 1e12', withEigenvalues(graded(80))],
  ['rank 3 of 60', withEigenvalues(Float64Array.from({ length: 60 }, (_, i) => (i < 3 ? i + 1 : 0)))],
  ['repeated eigenvalues', withEigenvalues(repeated(90))],
  ['indefinite', withEigenvalues(Float64Array.from({ length: 60 }, (_, i) => i - 30))],
  ['identity', identity(70)],
  ['zero', Matrix.zeros(50, 50)],
  ['Wilkinson', wilkinson(101)],
  ['huge', scaled(symmetric(50), 1e300)],
  ['denormal', scaled(symmetric(50), 1e-310)],
]

/** Pairs of eigenvalues that agree to many digits. */
function wilkinson(n: number): Matrix {
  const W = Matrix.zeros(n, n)
  for (let i = 0; i < n; i++) {
    W.set(i, i, Math.abs(i - (n - 1) / 2))
    if (i > 0) {
      W.set(i, i - 1, 1)
      W.set(i - 1, i, 1)
    }
  }
  return W
}

/** ‖A − B‖_F / (n·ε·‖A‖_F), n the longer side: below 50 for a backward stable factorisation. */
export function scaledResidual(A: Matrix, B: Matrix): number {
  const norm = frobeniusNorm(A)
  const difference = frobeniusNorm(combine(1, A, -1, B))
  return norm === 0 ? difference : difference / norm / (Math.max(A.rows, A.cols) * Number.EPSILON)
}

/** ‖QᵀQ − I‖_F / (n·ε). */
export function orthogonalityResidual(Q: Matrix): number {
  const defect = combine(1, multiply(Q, Q, { transposeA: true }), -1, identity(Q.cols))
  return frobeniusNorm(defect) / (Math.max(1, Q.rows) * Number.EPSILON)
}

/** Every row or column of A moved to where `order` says: column j of the result is column order[j]. */
export function permuteColumns(A: Matrix, order: ArrayLike<number>): Matrix {
  const result = Matrix.zeros(A.rows, order.length)
  for (let i = 0; i < A.rows; i++) {
    for (let j = 0; j < order.length; j++) result.set(i, j, A.get(i, order[j]))
  }
  return result
}

/** The same numbers, bit for bit; a failing comparison of long arrays takes a test runner very long to describe. */
export function sameBits(a: Float64Array, b: Float64Array): boolean {
  const [x, y] = [new BigUint64Array(a.slice().buffer), new BigUint64Array(b.slice().buffer)]
  return x.length === y.length && x.every((bits, i) => bits === y[i])
}
