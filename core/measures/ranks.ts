import type { TrainedNetwork } from '../experiments/problem.ts'
import { numericalRank } from '../linalg/svd.ts'
import { layers } from '../networks/index.ts'
import { spectrum } from './spectra.ts'

/** Singular values above this share of the largest count towards a layer's rank. */
export const RANK_TOLERANCE = 1e-6

/**
 * Numerical rank per layer, #{σᵢ > tolerance·σ₁} (THEORY §7). The default tolerance is far above rounding because
 * trained weights approach low rank without reaching it.
 */
export function numericalRanks(network: TrainedNetwork, tolerance = RANK_TOLERANCE): number[] {
  return layers(network).map((W) => numericalRank(spectrum(W).s, tolerance))
}
