import { Matrix, type RealArray } from '../linalg/matrix.ts'
import { DOMAIN_TOLERANCE, entropyTerm, roundedShare, type Loss } from './loss.ts'

/**
 * ℓ(F, Y) = Σ (logsumexp(Fᵢ) − ⟨Yᵢ, Fᵢ⟩), one-hot rows Yᵢ.
 *
 * With P = Y − V: −ℓ*(−V) = −Σ Pᵢₖ log Pᵢₖ where every row of P is in the simplex, −∞ elsewhere. The Hessian of a
 * row, diag(p) − ppᵀ, has norm at most ½.
 */
export const crossEntropy: Loss = {
  id: 'cross-entropy',
  title: 'cross-entropy',
  labels: ['one-hot'],
  lipschitz: 0.5,
  value(F, Y) {
    let sum = 0
    for (let i = 0, at = 0; i < F.rows; i++) {
      sum += logSumExp(F.data, at, F.cols)
      for (const end = at + F.cols; at < end; at++) sum -= F.data[at] * Y.data[at]
    }
    return sum
  },
  gradient(F, Y, out = F.zerosAlike(F.rows, F.cols)) {
    for (let i = 0, at = 0; i < F.rows; i++) {
      const shift = logSumExp(F.data, at, F.cols)
      for (const end = at + F.cols; at < end; at++) out.data[at] = Math.exp(F.data[at] - shift) - Y.data[at]
    }
    return out
  },
  replaceByGradient(F, Y) {
    const [f, y] = [F.data, Y.data]
    let value = 0
    for (let first = 0; first < f.length; first += F.cols) {
      const end = first + F.cols
      let top = -Infinity
      for (let at = first; at < end; at++) top = Math.max(top, f[at])
      let sum = 0
      for (let at = first; at < end; at++) {
        value -= f[at] * y[at]
        const share = Math.exp(f[at] - top)
        sum += share
        f[at] = share
      }
      value += top + Math.log(sum)
      for (let at = first; at < end; at++) f[at] = f[at] / sum - y[at]
    }
    return value
  },
  dualValue(V, Y) {
    let sum = 0
    for (let i = 0; i < V.rows; i++) sum += rowEntropy(V.row(i), Y.row(i))
    return Number.isNaN(sum) ? -Infinity : sum
  },
  prox(F, Y, step, out = Matrix.zeros(F.rows, F.cols)) {
    for (let i = 0; i < F.rows; i++) proxRow(F.row(i), Y.row(i), step, out.row(i))
    return out
  },
}

/** Of `count` entries from `first` on. */
function logSumExp(f: RealArray, first: number, count: number): number {
  let top = -Infinity
  for (let at = first; at < first + count; at++) top = Math.max(top, f[at])
  let sum = 0
  for (let at = first; at < first + count; at++) sum += Math.exp(f[at] - top)
  return top + Math.log(sum)
}

/** −Σ pₖ log pₖ with p = y − v; NaN when p is not in the simplex. */
function rowEntropy(v: Float64Array, y: Float64Array): number {
  let total = 0
  let entropy = 0
  for (let k = 0; k < v.length; k++) {
    const p = roundedShare(y[k] - v[k])
    total += p
    entropy -= entropyTerm(p)
  }
  return Math.abs(total - 1) <= v.length * DOMAIN_TOLERANCE ? entropy : NaN
}

/**
 * argmin over z of logsumexp(z) − ⟨y, z⟩ + ‖z − f‖²/(2·step), to `out`, by its one unknown number.
 *
 * With t = logsumexp(z) and a = f + step·y, stationarity reads zₖ + step·exp(zₖ − t) = aₖ: given t, uₖ = step·pₖ solves
 * uₖ + log uₖ = aₖ − t + log step, and Σ uₖ = step determines t, which lies in [top − step, top − step/K + log K] with
 * top = max aₖ. Newton on log Σ uₖ, and bisection whenever a step leaves the bracket or is not half the one before.
 */
function proxRow(f: Float64Array, y: Float64Array, step: number, out: Float64Array): void {
  let top = -Infinity
  for (let k = 0; k < f.length; k++) {
    out[k] = f[k] + step * y[k]
    top = Math.max(top, out[k])
  }
  const shift = Math.log(step)
  const t = logPartition(out, step, top)
  for (let k = 0; k < f.length; k++) out[k] = t + logOmega(out[k] - t + shift) - shift
}

/** A Newton step this small is the last one: what is left is its square. */
const CONVERGED = 1e-9

/** The t of {@link proxRow}. */
function logPartition(a: Float64Array, step: number, top: number): number {
  const shift = Math.log(step)
  let low = top - step
  let high = top - step / a.length + Math.log(a.length)
  let t = high
  let last = high - low
  for (let iteration = 0; iteration < 200; iteration++) {
    let sum = 0
    let slope = 0
    for (const value of a) {
      const u = Math.exp(logOmega(value - t + shift))
      sum += u
      slope += u / (1 + u)
    }
    const excess = Math.log(sum) - shift
    if (excess > 0) low = t
    else high = t
    const next = t + (excess * sum) / slope
    // Asked before the bracket: at the root, which is an end of it, the step is not strictly inside.
    if (Math.abs(next - t) <= CONVERGED * Math.max(1, Math.abs(t)) || high - low <= 2e-16 * Math.abs(t))
      return next
    const usable = next > low && next < high && Math.abs(next - t) <= 0.5 * last
    const moved = usable ? next : 0.5 * (low + high)
    last = Math.abs(moved - t)
    t = moved
  }
  return t
}

/** The v with v + eᵛ = x: the logarithm of Wright's ω, convex enough for Newton from anywhere. */
function logOmega(x: number): number {
  let v = x > 1 ? Math.log(x) : x - Math.exp(x) / (1 + Math.exp(x))
  for (let iteration = 0; iteration < 20; iteration++) {
    const u = Math.exp(v)
    const change = (v + u - x) / (1 + u)
    v -= change
    if (Math.abs(change) <= CONVERGED) break
  }
  return v
}
