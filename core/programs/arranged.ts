import { rowSpace as rightSingularBasis } from '../data/spectrum.ts'
import type { Problem } from '../experiments/problem.ts'
import { Matrix } from '../linalg/matrix.ts'
import { multiply, multiplyVector } from '../linalg/products.ts'
import { thinSvd } from '../linalg/svd.ts'

/** The matrix whose rows cut space into cells, and the way back to weights on the features. */
export interface ArrangedMatrix {
  /** n×r of full column rank. */
  A: Matrix
  /** The hidden weight (d entries) with X·w = A·v, or (X − mean)·w = U·v_{1:r−1} for batch normalisation. */
  toFeatures: (v: Float64Array) => Float64Array
}

/**
 * The arranged matrix of a two-layer program (THEORY 3.1, 3.2).
 *
 * relu: X itself when it has full column rank (shared, not copied), else X·V for an orthonormal basis V of its row
 * space: cells, responses and norms of optimal weights are the same. bn-relu: U′ = [U, 1/√n], U the left singular
 * vectors of the centred data.
 */
export function arrangedMatrix({
  X,
  network,
  summary,
}: Pick<Problem, 'X' | 'network' | 'summary'>): ArrangedMatrix {
  return network.family === 'bn-relu' ? whitenedColumns(X, summary.rankCentered) : rowSpace(X, summary.rank)
}

/** X in coordinates of its row space. */
export function rowSpace(X: Matrix, rank: number): ArrangedMatrix {
  if (rank === X.cols) return { A: X, toFeatures: (v) => v.slice() }
  const V = leadingColumns(rightSingularBasis(X).V, rank)
  return { A: multiply(X, V), toFeatures: (v) => multiplyVector(V, v) }
}

/**
 * U′ = [U, 1/√n] (n×(rank+1)), U the left singular vectors of the centred X: what batch normalisation makes of the rows
 * of X, all of them neurons' inputs (THEORY 3.2, 3.5).
 *
 * @param rank of the centred X
 */
export function whitenedColumns(X: Matrix, rank: number): ArrangedMatrix {
  const { U, s, V } = thinSvd(centered(X))
  const A = Matrix.zeros(X.rows, rank + 1)
  for (let i = 0; i < X.rows; i++) {
    A.row(i).set(U.row(i).subarray(0, rank))
    A.set(i, rank, 1 / Math.sqrt(X.rows))
  }
  const basis = leadingColumns(V, rank)
  const toFeatures = (v: Float64Array) =>
    multiplyVector(
      basis,
      v.subarray(0, rank).map((value, k) => value / s[k]),
    )
  return { A, toFeatures }
}

function centered(X: Matrix): Matrix {
  const result = X.clone()
  for (let c = 0; c < X.cols; c++) {
    let sum = 0
    for (let i = 0; i < X.rows; i++) sum += X.get(i, c)
    for (let i = 0; i < X.rows; i++) result.set(i, c, X.get(i, c) - sum / X.rows)
  }
  return result
}

function leadingColumns(A: Matrix, k: number): Matrix {
  return k === A.cols ? A : Matrix.fromRows(Array.from({ length: A.rows }, (_, i) => A.row(i).subarray(0, k)))
}
