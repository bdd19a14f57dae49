import { BidualError } from '../errors.ts'
import type { LossId } from '../experiments/document.ts'
import type { Loss } from '../losses/index.ts'

/** Losses whose program has a scalar output. */
export type ScalarLossId = Exclude<LossId, 'cross-entropy'>

/** An element of the generalised derivative, in [0, 1], of the prox of τℓ where it takes the value z; y is the label. */
type Slope = (z: number, y: number, tau: number) => number

const SLOPES: Readonly<Record<ScalarLossId, Slope>> = {
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

/** @throws BidualError unsupported for cross-entropy, which has no scalar output. */
export function proxSlope({ id }: Loss): Slope {
  if (id === 'cross-entropy') throw new BidualError('unsupported', 'Cross-entropy has more than one output.')
  return SLOPES[id]
}
