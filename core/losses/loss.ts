import type { LossId } from '../experiments/document.ts'
import type { ProblemSummary } from '../experiments/result.ts'
import type { Matrix, RealArray } from '../linalg/matrix.ts'

export type LabelCoding = ProblemSummary['labels']

/**
 * A loss ℓ(F, Y): a sum over samples, not a mean (THEORY §1). F and Y are n×K; gradients and proxes are n×K as well
 * and are written to `out` where it is given (`out` may be F itself). F may be in single precision, for training: values
 * are summed in double, gradients have the precision of F.
 */
export interface Loss {
  readonly id: LossId
  readonly title: string
  /** Label codings that the loss is defined for; `sign` means K = 1. */
  readonly labels: readonly LabelCoding[]
  /** Lipschitz constant of F ↦ ∇ℓ(F, Y) in the Frobenius norm; Infinity where ℓ is not smooth. */
  readonly lipschitz: number
  value(F: Matrix<RealArray>, Y: Matrix<RealArray>): number
  /** ∇ℓ in F; where ℓ has a kink, the subgradient that its file names. */
  gradient<T extends RealArray>(F: Matrix<T>, Y: Matrix<RealArray>, out?: Matrix<T>): Matrix<T>
  /** Overwrites F with ∇ℓ in F and returns ℓ: both at once, for training. */
  replaceByGradient(F: Matrix<RealArray>, Y: Matrix<RealArray>): number
  /**
   * −ℓ*(−V, Y): the value of the dual problem of THEORY §2 at V, −Infinity outside the domain of ℓ*.
   * Points within {@link DOMAIN_TOLERANCE} of the domain count as rounded and are moved onto it.
   */
  dualValue(V: Matrix, Y: Matrix): number
  /** argmin over Z of ℓ(Z, Y) + ‖Z − F‖²_F / (2·step), step > 0. */
  prox(F: Matrix, Y: Matrix, step: number, out?: Matrix): Matrix
}

/**
 * How far outside the domain of ℓ* an entry may be by rounding: of shares of 1, and no more, because with a small β all
 * entries of a dual vector can be as small as a larger tolerance.
 */
export const DOMAIN_TOLERANCE = 4e-15

/** The point of [0, 1] that a rounded value stands for; NaN when it is further out than rounding goes. */
export function roundedShare(value: number): number {
  if (value < 0) return value >= -DOMAIN_TOLERANCE ? 0 : NaN
  if (value > 1) return value <= 1 + DOMAIN_TOLERANCE ? 1 : NaN
  return value
}

/** t·log t, continued by 0 at t = 0; NaN stays NaN. */
export function entropyTerm(t: number): number {
  return t === 0 ? 0 : t * Math.log(t)
}
