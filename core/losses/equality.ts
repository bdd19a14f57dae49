import { Matrix, type RealArray } from '../linalg/matrix.ts'
import { norm2 } from '../linalg/products.ts'
import { sumOver } from './elementwise.ts'
import type { Loss } from './loss.ts'

/** ‖F − Y‖_F up to this share of ‖Y‖_F is rounding: F interpolates Y. */
export const EQUALITY_TOLERANCE = 1e-8

/**
 * ℓ(F, Y) = 0 where F = Y (to {@link EQUALITY_TOLERANCE}), Infinity elsewhere: minimum-norm interpolation.
 *
 * −ℓ*(−V) = ⟨V, Y⟩, finite everywhere. Prox: Y, whatever the step. There is no gradient to train by.
 */
export const equality: Loss = {
  id: 'equality',
  title: 'equality',
  labels: ['real', 'sign', 'one-hot'],
  lipschitz: Infinity,
  value: (F, Y) => (interpolates(F, Y) ? 0 : Infinity),
  gradient: refuseGradient,
  replaceByGradient: refuseGradient,
  dualValue: (V, Y) => sumOver(V, Y, (v, y) => v * y),
  prox(F, Y, _step, out = Matrix.zeros(F.rows, F.cols)) {
    out.data.set(Y.data)
    return out
  },
}

function refuseGradient(): never {
  throw new RangeError('The equality constraint F = Y has no gradient: nothing can be trained by one.')
}

function interpolates(F: Matrix<RealArray>, Y: Matrix<RealArray>): boolean {
  const miss = norm2(Float64Array.from(F.data, (f, at) => f - Y.data[at]))
  return miss <= EQUALITY_TOLERANCE * norm2(Y.data)
}
