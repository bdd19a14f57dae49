import type { LossId } from '../experiments/document.ts'
import type { Matrix } from '../linalg/matrix.ts'

/** An element of the generalised derivative, in [0, 1], of the prox of τℓ where it takes the value z; y is the label. */
type Slope = (z: number, y: number, tau: number) => number

/** Of the losses whose prox acts entry by entry. */
const SLOPES: Readonly<Record<Exclude<LossId, 'cross-entropy'>, Slope>> = {
  squared: (_z, _y, tau) => 1 / (1 + tau),
  // On the kink the prox stays where it is; elsewhere it is a translation.
  hinge: (z, y) => (y * z === 1 ? 0 : 1),
  logistic: (z, y, tau) => {
    const share = 1 / (1 + Math.exp(y * z))
    return 1 / (1 + tau * share * (1 - share))
  },
  // The prox is the label, wherever it is taken.
  equality: () => 0,
}

/**
 * The generalised derivative of F ↦ prox of τℓ where it takes the value Z: for every row a symmetric K×K block, row by
 * row (n·K·K entries).
 *
 * @param Z n×K; @param Y n×K
 */
export function proxDerivative(loss: LossId, Z: Matrix, Y: Matrix, tau: number): Float64Array {
  const K = Z.cols
  const blocks = new Float64Array(Z.data.length * K)
  if (loss === 'cross-entropy') {
    for (let i = 0; i < Z.rows; i++) {
      softmaxDerivative(Z.row(i), tau, blocks.subarray(i * K * K, (i + 1) * K * K))
    }
    return blocks
  }
  const slope = SLOPES[loss]
  for (let at = 0; at < Z.data.length; at++) {
    const k = at % K
    blocks[(at - k) * K + k * (K + 1)] = slope(Z.data[at], Y.data[at], tau)
  }
  return blocks
}

/**
 * (I + τ(diag(p) − ppᵀ))⁻¹ = D + τ(Dp)(Dp)ᵀ/(1 − τpᵀDp) with p = softmax(z), D = diag(1/(1 + τp)).
 *
 * 1 − τpᵀDp = Σ pₖ/(1 + τpₖ), which is written without the cancellation.
 */
function softmaxDerivative(z: Float64Array, tau: number, out: Float64Array): void {
  const K = z.length
  const top = z.reduce((most, value) => Math.max(most, value), -Infinity)
  const p = z.map((value) => Math.exp(value - top))
  const total = p.reduce((sum, value) => sum + value, 0)
  let remainder = 0
  const scaled = p.map((value) => {
    const share = value / total
    remainder += share / (1 + tau * share)
    return share / (1 + tau * share)
  })
  for (let k = 0; k < K; k++) {
    for (let l = 0; l < K; l++) out[k * K + l] = (tau * scaled[k] * scaled[l]) / remainder
    out[k * (K + 1)] += 1 / (1 + (tau * p[k]) / total)
  }
}
