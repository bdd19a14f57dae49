import type { Applicability } from '../experiments/catalog.ts'
import type { LossId, NetworkSettings } from '../experiments/document.ts'
import type { Hypothesis, ProblemSummary } from '../experiments/result.ts'
import { THEOREMS, theoremFor } from './hypotheses.ts'

/** Whether a theorem covers the problem; when not, `because` names the first hypothesis that fails. */
export function closedFormApplies(
  network: NetworkSettings,
  loss: LossId,
  beta: number,
  summary: ProblemSummary,
): Applicability {
  const theorem = THEOREMS[theoremFor(summary)]
  const hypotheses = theorem.hypotheses({ network, loss, beta, summary })
  const failing = hypotheses.find(({ holds }) => !holds)
  const because = failing
    ? `The closed form needs ${statement(failing)}.`
    : `All hypotheses of ${theorem.title} hold (${theorem.source}).`
  return { applies: failing === undefined, because, hypotheses }
}

/** `rank([X 1]) = n (here 61 of 208)`. */
function statement({ name, value }: Hypothesis): string {
  return value === null ? name : `${name} (here ${value})`
}
