import { mapOver, sumOver, valueThenGradient } from './elementwise.ts'
import { entropyTerm, roundedShare, type Loss } from './loss.ts'

/**
 * ℓ(f, y) = Σ log(1 + exp(−yᵢfᵢ)), yᵢ = ±1.
 *
 * With a = y·v: −ℓ*(−v) = −Σ (aᵢ log aᵢ + (1 − aᵢ) log(1 − aᵢ)) for aᵢ ∈ [0, 1], −∞ elsewhere.
 */
export const logistic: Loss = {
  id: 'logistic',
  title: 'logistic',
  labels: ['sign'],
  lipschitz: 0.25,
  value: (F, Y) => sumOver(F, Y, (f, y) => softplus(-y * f)),
  gradient: (F, Y, out) => mapOver(F, Y, out, (f, y) => -y * sigmoid(-y * f)),
  replaceByGradient: (F, Y) => valueThenGradient(logistic, F, Y),
  dualValue(V, Y) {
    const sum = sumOver(V, Y, (v, y) => {
      const a = roundedShare(y * v)
      return entropyTerm(a) + entropyTerm(1 - a)
    })
    return Number.isNaN(sum) ? -Infinity : -sum
  },
  prox: (F, Y, step, out) => mapOver(F, Y, out, (f, y) => y * proxMargin(y * f, step)),
}

/** log(1 + eᵗ) without overflow. */
function softplus(t: number): number {
  return Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)))
}

/** 1/(1 + e⁻ᵗ), accurate in both tails. */
function sigmoid(t: number): number {
  if (t >= 0) return 1 / (1 + Math.exp(-t))
  const e = Math.exp(t)
  return e / (1 + e)
}

/**
 * argmin over z of log(1 + e⁻ᶻ) + (z − m)²/(2·step): the root of the increasing g(z) = z − m − step·σ(−z), which
 * lies in [m, m + step]. Newton, and bisection whenever a step leaves the bracket or is not half the one before:
 * g is neither convex nor concave, and Newton alone can go round in circles.
 */
function proxMargin(m: number, step: number): number {
  let low = m
  let high = m + step
  let z = m + step * sigmoid(-m)
  let last = step
  for (let iteration = 0; iteration < 200; iteration++) {
    const share = sigmoid(-z)
    const g = z - m - step * share
    if (g > 0) high = z
    else low = z
    const next = z - g / (1 + step * share * (1 - share))
    // Asked before the bracket: at the root, which is an end of it, the step is not strictly inside.
    if (Math.abs(next - z) <= 2e-16 * Math.max(1, Math.abs(z)) || high - low <= 2e-16 * Math.abs(z))
      return next
    const usable = next > low && next < high && Math.abs(next - z) <= 0.5 * last
    const moved = usable ? next : 0.5 * (low + high)
    last = Math.abs(moved - z)
    z = moved
  }
  return z
}
