import type { TrainedNetwork } from '../experiments/problem.ts'
import { dot, norm2 } from '../linalg/products.ts'
import { numericalRank } from '../linalg/svd.ts'
import { layers } from '../networks/index.ts'
import { RANK_TOLERANCE } from './ranks.ts'
import { spectrum, type Spectrum } from './spectra.ts'

/** One weight matrix in numbers (THEORY §7). */
export interface LayerMeasure {
  rows: number
  cols: number
  /** Descending. */
  singularValues: Float64Array
  /** #{σᵢ > tolerance·σ₁}. */
  rank: number
  /** ‖W‖²_F/σ₁², between 1 and the rank; 0 for W = 0. */
  stableRank: number
  /** σ₁. */
  operatorNorm: number
  frobeniusNorm: number
}

export interface NetworkMeasure {
  layers: LayerMeasure[]
  /**
   * Between layer l and l + 1: |cos| of the angle between the leading right singular vector of W_l and the leading
   * left one of W_{l+1}; 1 for aligned layers (THEORY 5.6), null where a layer is zero or the two do not follow each other.
   */
  alignments: (number | null)[]
}

/**
 * @param tolerance relative to σ₁, for the numerical rank
 * @param decompose how singular values are found: `quickSpectrum` where time counts
 */
export function measureLayers(
  network: TrainedNetwork,
  tolerance = RANK_TOLERANCE,
  decompose = spectrum,
): NetworkMeasure {
  const weights = layers(network)
  const spectra = weights.map((W) => decompose(W))
  return {
    layers: spectra.map(({ s }, l) => ({
      rows: weights[l].rows,
      cols: weights[l].cols,
      ...measure(s, tolerance),
    })),
    alignments: spectra.slice(1).map((next, l) => alignment(spectra[l], next)),
  }
}

function measure(singularValues: Float64Array, tolerance: number): Omit<LayerMeasure, 'rows' | 'cols'> {
  const operatorNorm = singularValues[0] ?? 0
  const frobeniusNorm = norm2(singularValues)
  return {
    singularValues,
    rank: numericalRank(singularValues, tolerance),
    stableRank: operatorNorm === 0 ? 0 : (frobeniusNorm / operatorNorm) ** 2,
    operatorNorm,
    frobeniusNorm,
  }
}

function alignment(before: Spectrum, after: Spectrum): number | null {
  const follows = before.right.length === after.left.length
  if (!follows || !(before.s[0] > 0 && after.s[0] > 0)) return null
  return Math.min(1, Math.abs(dot(before.right, after.left)))
}
