import type { LossId } from '../experiments/document.ts'
import { Matrix } from '../linalg/matrix.ts'
import { gram, multiply, scaleRows } from '../linalg/products.ts'
import { LOSSES } from '../losses/index.ts'

/** The entries (k, l), one a row, of the Hessian of the loss at F, given its shares. */
type Entry = (shares: Matrix, k: number, l: number) => Float64Array

/** Of the losses whose Hessian depends on F; that of the squared loss is the identity. */
const ENTRIES: Readonly<Partial<Record<LossId, Entry>>> = {
  logistic: (shares) => shares.data.map((share) => share * (1 - share)),
  'cross-entropy': (shares, k, l) =>
    Float64Array.from({ length: shares.rows }, (_, i) => {
      const share = shares.get(i, k)
      return k === l ? share * (1 - share) : -share * shares.get(i, l)
    }),
}

/**
 * Σᵢ zᵢzᵢᵀ ⊗ ∇²ℓ(Fᵢ), zᵢ the rows of Z (n×m): the Hessian of W ↦ ℓ(ZW) for W m×K, mK×mK with row (a, k) at aK + k.
 * Smooth losses only.
 */
export function curvature(loss: LossId, F: Matrix, Y: Matrix, Z: Matrix): Matrix {
  const K = F.cols
  const H = Matrix.zeros(Z.cols * K, Z.cols * K)
  const entry = ENTRIES[loss]
  if (!entry) {
    const G = gram(Z)
    for (let k = 0; k < K; k++) place(H, G, k, k, K)
    return H
  }
  const shares = sharesOf(loss, F, Y)
  for (let k = 0; k < K; k++) {
    for (let l = 0; l <= k; l++) {
      const G = multiply(Z, scaleRows(Z, entry(shares, k, l)), { transposeA: true })
      place(H, G, k, l, K)
      if (k !== l) place(H, G, l, k, K)
    }
  }
  return H
}

/** |∇ℓ| for the logistic loss, the softmax for cross-entropy. */
function sharesOf(loss: LossId, F: Matrix, Y: Matrix): Matrix {
  const gradient = LOSSES[loss].gradient(F, Y)
  const { data } = gradient
  for (let at = 0; at < data.length; at++) {
    data[at] = loss === 'logistic' ? Math.abs(data[at]) : data[at] + Y.data[at]
  }
  return gradient
}

function place(H: Matrix, G: Matrix, k: number, l: number, K: number): void {
  for (let a = 0; a < G.rows; a++) {
    for (let b = 0; b < G.cols; b++) H.data[(a * K + k) * H.cols + b * K + l] = G.data[a * G.cols + b]
  }
}
