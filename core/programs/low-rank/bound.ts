import type { LossId } from '../../experiments/document.ts'

/**
 * Lipschitz constant R of F ↦ ℓ(F, Y) in the Frobenius norm of the predictions, over n samples; null where there is
 * none. A sum of n terms with slope at most 1 has √n, not 1 (THEORY 3.9); a row of cross-entropy has slope at most √2.
 */
const LIPSCHITZ: Readonly<Record<LossId, ((n: number) => number) | null>> = {
  squared: null,
  hinge: (n) => Math.sqrt(n),
  logistic: (n) => Math.sqrt(n),
  'cross-entropy': (n) => Math.sqrt(2 * n),
  equality: null,
}

/** R of a loss over n samples; null where the low-rank guarantee does not hold. */
export function lossLipschitz(loss: LossId, n: number): number | null {
  return LIPSCHITZ[loss]?.(n) ?? null
}

/** What the guarantee depends on; m₁ = m₂ = 1 for two-layer networks, whose path norm is their weight decay. */
export interface LowRankSetting {
  /** σ_{r+1} of the data. */
  sigmaNext: number
  beta: number
  m1: number
  m2: number
  /** R, see {@link lossLipschitz}. */
  lipschitz: number
}

export interface LowRankInterval {
  lower: number
  upper: number
}

/**
 * 1 + √(m₁m₂)·R·σ_{r+1}/β: at most by this factor does the objective of *any* network change between the data and
 * their truncation. The responses move by at most σ_{r+1} times the sum over its paths, which is at most √(m₁m₂) path
 * norms, and β path norms are at most the objective.
 */
export function lowRankFactor({ sigmaNext, beta, m1, m2, lipschitz }: LowRankSetting): number {
  return 1 + (Math.sqrt(m1 * m2) * lipschitz * sigmaNext) / beta
}

/**
 * Where the optimum p* of the data lies, from p_r, the objective on the data of a network that is optimal on their
 * truncation (Ergen & Pilanci 2023, Thm 2, with R as in THEORY 3.9): p_r/factor² ≤ p* ≤ p_r.
 */
export function lowRankInterval({ pr, ...setting }: LowRankSetting & { pr: number }): LowRankInterval {
  return { lower: pr / lowRankFactor(setting) ** 2, upper: pr }
}

/**
 * A lower bound of the optimum of the data from a lower bound of the optimum of their truncation: the optimal network
 * of the data costs at most `factor` times as much there. It is never weaker than {@link lowRankInterval}, and needs no
 * exact solution.
 *
 * @param dual a dual value of the truncated problem over all cells, not negative
 */
export function lowRankDualBound({ dual, ...setting }: LowRankSetting & { dual: number }): number {
  return dual / lowRankFactor(setting)
}
