import type { TrainedNetwork } from '../experiments/problem.ts'
import { dot, norm2 } from '../linalg/products.ts'
import { numericalRank, thinSvd, type Svd } from '../linalg/svd.ts'
import { layers } from '../networks/index.ts'
import { RANK_TOLERANCE } from './ranks.ts'

/** One weight matrix in numbers (THEORY §7). */
export interface LayerMeasure {
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
   * left one of W_{l+1}; 1 for aligned layers (THEORY 5.6), null where a layer is zero.
   */
  alignments: (number | null)[]
}

/** @param tolerance relative to σ₁, for the numerical rank */
export function measureLayers(network: TrainedNetwork, tolerance = RANK_TOLERANCE): NetworkMeasure {
  const decompositions = layers(network).map((W) => thinSvd(W))
  return {
    layers: decompositions.map(({ s }) => measure(s, tolerance)),
    alignments: decompositions.slice(1).map((next, l) => alignment(decompositions[l], next)),
  }
}

function measure(singularValues: Float64Array, tolerance: number): LayerMeasure {
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

function alignment(before: Svd, after: Svd): number | null {
  if (!(before.s[0] > 0 && after.s[0] > 0)) return null
  return Math.min(1, Math.abs(dot(before.V.columnCopy(0), after.U.columnCopy(0))))
}
