import { effectiveBeta } from '../losses/index.ts'
import type { ConvexProgram } from '../programs/program.ts'

/** The weight of the penalty of a program: β, and 1 for the minimum-norm problem of the equality loss. */
export const penaltyOf = ({ loss, beta }: Pick<ConvexProgram, 'loss' | 'beta'>): number =>
  effectiveBeta(loss.id, beta)
