import { cellBound } from '../arrangements/count.ts'
import { packBits, PatternSet } from '../arrangements/patterns.ts'
import type { TrainedNetwork } from '../experiments/problem.ts'
import type { Matrix } from '../linalg/matrix.ts'
import { multiply } from '../linalg/products.ts'
import { layers } from '../networks/index.ts'

/** Families whose first hidden layer is a ReLU of X·W1, plus biases where there are some. */
const COVERED: ReadonlySet<string> = new Set(['relu', 'relu-bias', 'parallel', 'parallel-decay'])

/** Multiply–adds up to which patterns are counted. */
const LIMIT = 2e9

export interface PatternCount {
  /** Distinct activation patterns on the training rows. */
  found: number
  /** The most that there can be (THEORY §3); null when it does not fit a number. */
  bound: number | null
}

/**
 * The distinct activation patterns 1[X·w + b > 0] of the neurons of the first layer.
 *
 * @param rank of X; biases add one to it
 * @returns null for other families and for networks too large to count
 */
export function patternCount(network: TrainedNetwork, X: Matrix, rank: number): PatternCount | null {
  if (!COVERED.has(network.family)) return null
  const [W] = layers(network)
  if (X.rows * W.rows * W.cols > LIMIT) return null
  const biases = (network.arrays as Partial<TrainedNetwork['arrays']>).b1?.data
  const Z = multiply(X, W)
  const patterns = new PatternSet(X.rows)
  for (let j = 0; j < W.cols; j++) {
    const shift = biases?.[j] ?? 0
    patterns.add(packBits(Z.columnCopy(j).map((value) => (value + shift > 0 ? 1 : 0))))
  }
  const bound = cellBound(X.rows, rank + (biases ? 1 : 0))
  return { found: patterns.count, bound: Number.isFinite(bound) ? bound : null }
}
