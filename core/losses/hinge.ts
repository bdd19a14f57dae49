import { mapOver, sumOver, valueThenGradient } from './elementwise.ts'
import { roundedShare, type Loss } from './loss.ts'

/**
 * ℓ(f, y) = Σ max(0, 1 − yᵢfᵢ), yᵢ = ±1.
 *
 * With a = y·v: −ℓ*(−v) = Σ aᵢ for aᵢ ∈ [0, 1], −∞ elsewhere. The subgradient at the kink yf = 1 is 0; a dual
 * point built from it does not close the gap (THEORY §2): take the multipliers of a solver.
 */
export const hinge: Loss = {
  id: 'hinge',
  title: 'hinge',
  labels: ['sign'],
  lipschitz: Infinity,
  value: (F, Y) => sumOver(F, Y, (f, y) => Math.max(0, 1 - y * f)),
  gradient: (F, Y, out) => mapOver(F, Y, out, (f, y) => (y * f < 1 ? -y : 0)),
  replaceByGradient: (F, Y) => valueThenGradient(hinge, F, Y),
  dualValue(V, Y) {
    const sum = sumOver(V, Y, (v, y) => roundedShare(y * v))
    return Number.isNaN(sum) ? -Infinity : sum
  },
  prox: (F, Y, step, out) => mapOver(F, Y, out, (f, y) => y * proxMargin(y * f, step)),
}

/** argmin over z of max(0, 1 − z) + (z − m)²/(2·step). */
function proxMargin(m: number, step: number): number {
  return m >= 1 ? m : Math.min(m + step, 1)
}
