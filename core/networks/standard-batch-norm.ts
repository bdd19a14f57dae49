import type { TrainedNetwork } from '../experiments/problem.ts'
import { vectorOf } from './arrays.ts'
import { depthOf, hiddenNames } from './bn-names.ts'

/** A batch-normalisation layer as other frameworks store it, m entries each. */
export interface StandardBatchNorm {
  /** γ/√n. */
  weight: Float64Array
  /** α/√n. */
  bias: Float64Array
  runningMean: Float64Array
  /** Biased variance ‖·‖²/n of the training columns; set eps = 0 beside it to get the same predictions. */
  runningVariance: Float64Array
}

/**
 * The batch normalisations of a bn-relu, relu-bn or conv-bn network, one a hidden layer, in the standard-deviation
 * convention (THEORY 3.2, 3.4, 3.5): ours divides by the ℓ₂ norm of the centred column, which is √n times the standard
 * deviation, n the training rows or, for filters, their patches. A column of zero variance gets weight 0 and variance 1,
 * which is its response here.
 */
export function toStandardBatchNorm(network: TrainedNetwork): StandardBatchNorm[] {
  const n = vectorOf(network, 'n')[0]
  const perRoot = (values: Float64Array): Float64Array => values.map((value) => value / Math.sqrt(n))
  return hiddenNames(depthOf(network)).map((names) => {
    const norm = vectorOf(network, names.norm)
    return {
      weight: perRoot(vectorOf(network, names.gamma)).map((value, j) => (norm[j] === 0 ? 0 : value)),
      bias: perRoot(vectorOf(network, names.alpha)),
      runningMean: vectorOf(network, names.mean).slice(),
      runningVariance: norm.map((value) => (value === 0 ? 1 : (value * value) / n)),
    }
  })
}
