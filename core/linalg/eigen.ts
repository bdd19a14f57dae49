import { requireFinite, requireSquare } from './checks.ts'
import { blockOf, withWorkbench } from './blocks.ts'
import { Matrix } from './matrix.ts'
import { maxAbs } from './products.ts'
import { applyReflections } from './reflectors.ts'
import { powerOfTwoScale } from './scaling.ts'
import { tridiagonalEigen } from './tridiagonal-eigen.ts'
import { tridiagonalise } from './tridiagonal.ts'

export interface SymmetricEigen {
  /** n eigenvalues, ascending. */
  readonly values: Float64Array
  /** n×n orthogonal; column j belongs to `values[j]`. */
  readonly vectors: Matrix
}

/**
 * A = V·diag(λ)·Vᵀ for a symmetric n×n matrix; only the lower triangle is read.
 *
 * Householder tridiagonalisation, then divide and conquer: backward stable, residual and orthogonality of order n·ε.
 *
 * @throws NotFiniteError naming the entry.
 */
export function symmetricEigen(A: Matrix): SymmetricEigen {
  requireSquare(A)
  requireFinite(A)
  const scale = powerOfTwoScale(maxAbs(A.data))
  return withWorkbench((bench) => {
    const work = bench.arena.adopt(A)
    for (let i = 0; i < work.data.length; i++) work.data[i] *= scale
    const { diagonal, offDiagonal, vectors, taus } = tridiagonalise(bench, work)
    const Z = tridiagonalEigen(bench, diagonal, offDiagonal)
    applyReflections(bench, vectors, taus, blockOf(Z), { offset: 1 })
    return {
      values: diagonal.map((value) => value / scale),
      vectors: new Matrix(A.rows, A.rows, Z.data.slice()),
    }
  })
}
