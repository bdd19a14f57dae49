/** What every method that follows gradients of the loss asks of a problem. */
import type { LossId } from '../experiments/document.ts'
import type { Hypothesis, ProblemSummary } from '../experiments/result.ts'
import { LOSSES } from '../losses/index.ts'

/** A hypothesis, and what to say where it fails. */
export type Check = Hypothesis & { reason: string }

/** A loss with a gradient, and labels that it is defined for. `instead`: what to do under equality. */
export function gradientChecks(loss: LossId, labels: ProblemSummary['labels'], instead: string): Check[] {
  const { title, labels: allowed } = LOSSES[loss]
  return [
    {
      name: 'loss with a gradient',
      holds: loss !== 'equality',
      value: loss,
      reason: `Equality is a constraint without a gradient. ${instead}`,
    },
    {
      name: `labels ${allowed.join(' or ')}`,
      holds: allowed.includes(labels),
      value: labels,
      reason: `The ${title} loss takes ${allowed.join(' or ')} labels; these are ${labels}. Choose another loss or coding.`,
    },
  ]
}

/** The first reason that fails, or `because`; with all hypotheses. */
export function decide(checks: readonly Check[], because: string) {
  const failed = checks.find(({ holds }) => !holds)
  const hypotheses: Hypothesis[] = checks.map(({ name, holds, value }) => ({ name, holds, value }))
  return { applies: !failed, because: failed?.reason ?? because, hypotheses }
}
