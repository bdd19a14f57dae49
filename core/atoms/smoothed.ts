import { Matrix } from '../linalg/matrix.ts'
import { dot, norm2 } from '../linalg/products.ts'
import type { Loss } from '../losses/index.ts'

/** A loss for quasi-Newton steps: F (n×K) ↦ value and gradient. */
export type SmoothLoss = (F: Matrix) => { value: number; gradient: Matrix }

/**
 * The loss itself where it is smooth. Hinge and equality: the augmented Lagrangian around the multipliers V,
 *
 *     min_Z ℓ(Z) + ⟨V, Z − F⟩ + ‖Z − F‖²/(2τ),   gradient −V − (Z − F)/τ,
 *
 * which is stationary where the problem itself is when V is optimal. It only proposes atoms: its value is not that of
 * the loss.
 */
export function smoothed(loss: Loss, Y: Matrix, V: Matrix): SmoothLoss {
  if (Number.isFinite(loss.lipschitz)) {
    return (F) => ({ value: loss.value(F, Y), gradient: loss.gradient(F, Y) })
  }
  const tau = Math.max(norm2(Y.data), 1e-300) / Math.max(norm2(V.data), 1e-300)
  return (F) => {
    const shifted = new Matrix(
      F.rows,
      F.cols,
      F.data.map((f, at) => f - tau * V.data[at]),
    )
    const Z = loss.prox(shifted, Y, tau)
    const miss = Z.data.map((z, at) => z - F.data[at])
    const gradient = new Matrix(
      F.rows,
      F.cols,
      miss.map((gap, at) => -V.data[at] - gap / tau),
    )
    return { value: lossOf(loss, Z, Y) + dot(V.data, miss) + dot(miss, miss) / (2 * tau), gradient }
  }
}

/** Z is a prox: under equality it is Y. */
const lossOf = (loss: Loss, Z: Matrix, Y: Matrix): number => (loss.id === 'equality' ? 0 : loss.value(Z, Y))
