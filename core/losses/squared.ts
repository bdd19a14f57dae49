import { mapOver, sumOver, valueThenGradient } from './elementwise.ts'
import type { Loss } from './loss.ts'

/**
 * ℓ(F, Y) = ½‖F − Y‖²_F.
 *
 * −ℓ*(−V) = ½‖Y‖² − ½‖V − Y‖² = ⟨V, Y⟩ − ½‖V‖², finite everywhere. Prox: (F + step·Y)/(1 + step).
 */
export const squared: Loss = {
  id: 'squared',
  title: 'squared',
  labels: ['real', 'sign', 'one-hot'],
  lipschitz: 1,
  value: (F, Y) => sumOver(F, Y, (f, y) => 0.5 * (f - y) ** 2),
  gradient: (F, Y, out) => mapOver(F, Y, out, (f, y) => f - y),
  replaceByGradient: (F, Y) => valueThenGradient(squared, F, Y),
  dualValue: (V, Y) => sumOver(V, Y, (v, y) => v * (y - 0.5 * v)),
  prox: (F, Y, step, out) => mapOver(F, Y, out, (f, y) => (f + step * y) / (1 + step)),
}
