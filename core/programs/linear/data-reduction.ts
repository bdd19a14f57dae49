import { rowSpace } from '../../data/spectrum.ts'
import type { Matrix } from '../../linalg/matrix.ts'
import { multiply } from '../../linalg/products.ts'

/**
 * X in coordinates of its row space. A linear network needs no weights outside of it: projecting W there keeps X·W and
 * makes no singular value larger.
 */
export interface RowSpace {
  /** n×r of full column rank with orthogonal columns, X·V. */
  readonly A: Matrix
  /** d×r with orthonormal columns. */
  readonly V: Matrix
  /** r singular values of X, descending: the norms of the columns of A. */
  readonly s: Float64Array
}

/** The row space of X (n×d), singular values up to rounding left out. */
export function rowSpaceOf(X: Matrix): RowSpace {
  const { V, s } = rowSpace(X)
  return { A: multiply(X, V), V, s }
}
