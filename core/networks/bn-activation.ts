/** From a batch-normalised hidden layer to what the output layer sees of it, and back; formulas in bn-gradient.ts. */
import { poolActive, spreadSlopes } from '../kernels/pooling.ts'
import type { Matrix, RealArray } from '../linalg/matrix.ts'
import { addColumnSums, centerSlopes, slopeShares, type ColumnSums } from './bn-backward.ts'
import { normalize, scaleShift, type BatchStatistics, type ScaleShift } from './bn-statistics.ts'
import { maskInactive } from './feedforward.ts'

/** Both ways act on a block H (rows×m) of whole samples, which they leave as it is. */
export interface BnActivation<T extends RealArray> {
  forth(H: Matrix<T>): {
    /** Input of the output layer, samples×m. */
    A: Matrix<T>
    /** Adds 1ᵀdZ and 1ᵀ(dZ∘N) for these ∂ℓ/∂A, which may be overwritten. */
    addSums: (dA: Matrix<T>, sums: ColumnSums) => void
  }
  /** dZ − mean(dZ) − N·(n/rows)·dγ, which is ∂ℓ/∂H up to the factors γ/norm of its columns; may overwrite dA. */
  back(H: Matrix<T>, dA: Matrix<T>, sums: ColumnSums): Matrix<T>
}

export interface BnLayer {
  statistics: BatchStatistics
  scale: ScaleShift
  /** Training rows (patch rows), and those that the sums are over: all of them or a batch. */
  n: number
  rows: number
  /** Rows a sample. */
  group: number
  /** Whether the ReLU comes before the normalisation, so that H is not negative. */
  rectified: boolean
}

/** @throws RangeError for patches with the ReLU before the normalisation: no family has them */
export function bnActivation<T extends RealArray>(layer: BnLayer): BnActivation<T> {
  if (layer.group === 1) return ofRows(layer)
  if (layer.rectified) throw new RangeError('Patches are normalised before the ReLU.')
  return ofPatches(layer)
}

/** Every row is a sample. */
function ofRows<T extends RealArray>({ statistics, scale, n, rows, rectified }: BnLayer): BnActivation<T> {
  const activate = (H: Matrix<T>) => {
    const N = normalize(H, statistics)
    return { N, A: scaleShift(N, scale, n, !rectified) }
  }
  const masked = (dA: Matrix<T>, A: Matrix<T>) => {
    if (!rectified) maskInactive(dA, A)
    return dA
  }
  return {
    forth(H) {
      const { N, A } = activate(H)
      return { A, addSums: (dA, sums) => void addColumnSums(N, masked(dA, A), sums) }
    },
    back(H, dA, sums) {
      const { N, A } = activate(H)
      const dZ = masked(dA, A)
      centerSlopes(dZ, N, sums, n, rows)
      if (rectified) maskInactive(dZ, H)
      return dZ
    },
  }
}

/**
 * The rows of a sample are its patches, over which Z₊ is summed. All of them have the dA of the sample where Z > 0: how
 * many these are and the sum of their N is all that the column sums need.
 */
function ofPatches<T extends RealArray>({ statistics, scale, n, rows, group }: BnLayer): BnActivation<T> {
  const activation = {
    center: statistics.mean,
    factor: statistics.norm.map((value) => (value === 0 ? 0 : 1 / value)),
    gamma: Float64Array.from(scale.gamma),
    shift: Float64Array.from(scale.alpha, (value) => value / Math.sqrt(n)),
  }
  return {
    forth(H) {
      const [counts, actives, A] = [0, 1, 2].map(() => H.roomAlike(H.rows / group, H.cols))
      poolActive(H, group, activation, { counts, actives, sums: A })
      const addSums = ({ data, cols }: Matrix<T>, { plain, ofProducts }: ColumnSums): void => {
        for (let at = 0, j = 0; at < data.length; at++, j = j + 1 === cols ? 0 : j + 1) {
          plain[j] += data[at] * counts.data[at]
          ofProducts[j] += data[at] * actives.data[at]
        }
      }
      return { A, addSums }
    },
    back(H, dA, sums) {
      const dZ = H.roomAlike(H.rows, H.cols)
      spreadSlopes(H, group, activation, slopeShares(sums, n, rows), dA, dZ)
      return dZ
    },
  }
}
