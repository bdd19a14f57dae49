import type { LossId } from '../experiments/document.ts'
import { crossEntropy } from './cross-entropy.ts'
import { equality } from './equality.ts'
import { hinge } from './hinge.ts'
import { logistic } from './logistic.ts'
import type { Loss } from './loss.ts'
import { squared } from './squared.ts'

export type { LabelCoding, Loss } from './loss.ts'

/** Every loss of the product, by its name in the document. */
export const LOSSES: Readonly<Record<LossId, Loss>> = {
  squared,
  hinge,
  logistic,
  'cross-entropy': crossEntropy,
  equality,
}

/** The factor of the regulariser in the objective: β, and 1 under equality, where it is all there is to minimise. */
export const effectiveBeta = (loss: LossId, beta: number): number => (loss === 'equality' ? 1 : beta)
