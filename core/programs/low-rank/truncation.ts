import { rowSpace, spectrumOf } from '../../data/spectrum.ts'
import type { Problem } from '../../experiments/problem.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { multiply } from '../../linalg/products.ts'

export interface TruncatedData {
  /** The best approximation of rank r, n×d. */
  X: Matrix
  /** σ_{r+1} of the data: the spectral norm of what is left out. */
  sigmaNext: number
}

/**
 * The data with their r leading singular directions only (THEORY 3.9).
 *
 * @param rank at least 1; from the rank of X on, nothing is left out
 */
export function truncatedData(X: Matrix, rank: number): TruncatedData {
  const { V, s } = rowSpace(X)
  if (rank >= s.length) return { X, sigmaNext: 0 }
  const leading = Matrix.zeros(V.rows, rank)
  for (let i = 0; i < V.rows; i++) leading.row(i).set(V.row(i).subarray(0, rank))
  const truncated = multiply(multiply(X, leading), leading, { transposeB: true })
  return { X: truncated, sigmaNext: s[rank] }
}

/**
 * The problem on truncated training data, whose rank is small enough to enumerate its cells. Networks trained on it are
 * evaluated on the problem as it was.
 */
export function truncatedProblem(problem: Problem, rank: number): { problem: Problem; sigmaNext: number } {
  const { X, sigmaNext } = truncatedData(problem.X, rank)
  const { rank: left, rankCentered, sigmaMax, sigmaMin } = spectrumOf(X)
  const summary = {
    ...problem.summary,
    rank: left,
    rankCentered,
    rankWithOnes: rankCentered + 1,
    sigmaMax,
    sigmaMin,
  }
  return { problem: { ...problem, X, summary }, sigmaNext }
}
