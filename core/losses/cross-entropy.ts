import { Matrix } from '../linalg/matrix.ts'
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
    for (let i = 0; i < F.rows; i++) {
      const y = Y.row(i)
      sum += logSumExp(F.row(i)) - F.row(i).reduce((inner, f, k) => inner + f * y[k], 0)
    }
    return sum
  },
  gradient(F, Y, out = Matrix.zeros(F.rows, F.cols)) {
    for (let i = 0; i < F.rows; i++) {
      const row = softmax(F.row(i), out.row(i))
      const y = Y.row(i)
      for (let k = 0; k < row.length; k++) row[k] -= y[k]
    }
    return out
  },
  dualValue(V, Y) {
    let sum = 0
    for (let i = 0; i < V.rows; i++) sum += rowEntropy(V.row(i), Y.row(i))
    return Number.isNaN(sum) ? -Infinity : sum
  },
  prox(F, Y, step, out = Matrix.zeros(F.rows, F.cols)) {
    for (let i = 0; i < F.rows; i++) out.row(i).set(proxRow(F.row(i), Y.row(i), step))
    return out
  },
}

function logSumExp(f: Float64Array): number {
  const top = Math.max(...f)
  return top + Math.log(f.reduce((sum, t) => sum + Math.exp(t - top), 0))
}

/** out = softmax(f); `out` may be f. */
function softmax(f: Float64Array, out: Float64Array): Float64Array {
  const shift = logSumExp(f)
  for (let k = 0; k < f.length; k++) out[k] = Math.exp(f[k] - shift)
  return out
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
 * argmin over z of h(z) = logsumexp(z) − ⟨y, z⟩ + ‖z − f‖²/(2·step) by Newton with backtracking.
 *
 * The Hessian diag(p + 1/step) − ppᵀ is inverted by Sherman–Morrison; h is strongly convex, so a few steps do.
 */
function proxRow(f: Float64Array, y: Float64Array, step: number): Float64Array {
  let z = f.slice()
  for (let iteration = 0; iteration < 100; iteration++) {
    const direction = newtonDirection(z, f, y, step)
    const size = Math.max(...direction.map(Math.abs))
    if (size <= 1e-14 * Math.max(1, ...z.map(Math.abs))) break
    // Rounding of h must not reject the last, quadratically convergent steps.
    const value = proxObjective(z, f, y, step)
    const ceiling = value + 1e-14 * (1 + Math.abs(value))
    for (let t = 1; t > 1e-10; t *= 0.5) {
      const trial = z.map((entry, k) => entry + t * direction[k])
      if (proxObjective(trial, f, y, step) > ceiling) continue
      z = trial
      break
    }
  }
  return z
}

function proxObjective(z: Float64Array, f: Float64Array, y: Float64Array, step: number): number {
  let value = logSumExp(z)
  for (let k = 0; k < z.length; k++) value += (z[k] - f[k]) ** 2 / (2 * step) - y[k] * z[k]
  return value
}

function newtonDirection(z: Float64Array, f: Float64Array, y: Float64Array, step: number): Float64Array {
  const p = softmax(z, new Float64Array(z.length))
  let pg = 0
  // 1 − Σ pₖ²/(pₖ + 1/step), written without the cancellation (Σ pₖ = 1).
  let remainder = 0
  const scaled = p.map((share, k) => {
    const weight = 1 / (share + 1 / step)
    const g = share - y[k] + (z[k] - f[k]) / step
    pg += share * weight * g
    remainder += (share * weight) / step
    return weight * g
  })
  return scaled.map((entry, k) => -(entry + ((p[k] / (p[k] + 1 / step)) * pg) / remainder))
}
