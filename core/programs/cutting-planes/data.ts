import { extremePoints } from '../../geometry/extreme-points.ts'
import type { Problem } from '../../experiments/problem.ts'
import type { Matrix } from '../../linalg/matrix.ts'
import { dot } from '../../linalg/products.ts'
import { rowSpace } from '../arranged.ts'
import type { UnitNeuron } from './neuron.ts'

/** The data in coordinates of their row space, and the way back to weights on the features. */
export interface CutData {
  /** n×r of full column rank; with biases of the centred data. */
  readonly A: Matrix
  /** The hidden weight and bias on the features of a neuron on A. */
  readonly toFeatures: (neuron: Pick<UnitNeuron, 'u' | 'b'>) => { u: Float64Array; b: number }
}

/** Neurons with biases see the data from their mean: there 1ᵀv = 0 leaves Aᵀv as it is, and the rank is smallest. */
export function cutData({ X, summary }: Pick<Problem, 'X' | 'summary'>, bias: boolean): CutData {
  if (!bias) {
    const { A, toFeatures } = rowSpace(X, summary.rank)
    return { A, toFeatures: ({ u }) => ({ u: toFeatures(u), b: 0 }) }
  }
  const mean = Float64Array.from(
    { length: X.cols },
    (_, c) => X.columnCopy(c).reduce((a, b) => a + b, 0) / X.rows,
  )
  const centered = X.clone()
  for (let i = 0; i < X.rows; i++) centered.row(i).forEach((value, c, row) => (row[c] = value - mean[c]))
  const { A, toFeatures } = rowSpace(centered, summary.rankCentered)
  return {
    A,
    toFeatures({ u, b }) {
      const weight = toFeatures(u)
      return { u: weight, b: b - dot(mean, weight) }
    },
  }
}

/** The neurons of THEORY 5.11, each active on one sample, in cells of their own before all others. */
export function spikeNeurons(A: Matrix, bias: boolean): UnitNeuron[] {
  return extremePoints(A, bias).flatMap((point, i) =>
    point ? [{ u: point.u, b: point.b, cell: -1 - i }] : [],
  )
}
