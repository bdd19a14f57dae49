import { EigenvalueDecomposition, Matrix as MlMatrix } from 'ml-matrix'
import { requireFinite, requireSquare } from './checks.ts'
import { Matrix } from './matrix.ts'

export interface SymmetricEigen {
  /** n eigenvalues, ascending. */
  readonly values: Float64Array
  /** n×n orthogonal; column j belongs to `values[j]`. */
  readonly vectors: Matrix
}

/**
 * A = V·diag(λ)·Vᵀ for a symmetric n×n matrix; only the lower triangle is read.
 *
 * @throws NotFiniteError naming the entry.
 */
export function symmetricEigen(A: Matrix): SymmetricEigen {
  requireSquare(A)
  requireFinite(A)
  const n = A.rows
  if (n === 0) return { values: new Float64Array(0), vectors: Matrix.zeros(0, 0) }
  const source = MlMatrix.from1DArray(n, n, A.data)
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) source.set(j, i, source.get(i, j))
  const result = new EigenvalueDecomposition(source, { assumeSymmetric: true })
  const values = result.realEigenvalues
  const order = values.map((_, i) => i).sort((a, b) => values[a] - values[b])
  const vectors = Matrix.zeros(n, n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) vectors.set(i, j, result.eigenvectorMatrix.get(i, order[j]))
  }
  return { values: Float64Array.from(order, (j) => values[j]), vectors }
}
