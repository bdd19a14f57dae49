import { chooseTheorem, closedFormApplies, statement } from '../../closed-form/applies.ts'
import { SOLVERS } from '../../closed-form/solvers.ts'
import { THEOREMS } from '../../closed-form/theorems.ts'
import { labelClaim } from '../../certificates/label-bound.ts'
import { BidualError } from '../../errors.ts'
import type { MethodOutcome, Problem, RunMethod } from '../problem.ts'
import type { Hypothesis } from '../result.ts'

/**
 * The weights written down by the theorem that covers the problem. Outside its hypotheses (`override`) the weights are
 * computed all the same and nothing is claimed of them but what holds on any data.
 *
 * @throws BidualError unsupported, naming the hypothesis that fails.
 */
export const runClosedForm: RunMethod<'closed-form'> = function* (problem, settings, context) {
  const { applies, because } = closedFormApplies(problem, settings)
  const chosen = chooseTheorem(problem, settings)
  if (!applies || !chosen) throw new BidualError('unsupported', because)
  const { id, hypotheses } = chosen
  yield { iteration: 0, phase: `evaluating ${THEOREMS[id].title}` }
  const form = SOLVERS[id](problem, context.seed)
  const { network, value, claim, status, arrays, details } = form
  const examined = measured(hypotheses, form.measured ?? [])
  const missing = examined.filter(({ holds }) => !holds)
  if (missing.length > 0 && !settings.override)
    throw new BidualError('unsupported', `The closed form needs ${statement(missing[0])}.`)
  return {
    status,
    iterations: 1,
    network,
    claim: missing.length === 0 ? claim : outside(problem, THEOREMS[id].source, missing),
    hypotheses: examined,
    arrays,
    details: { theorem: THEOREMS[id].name, 'value formula': value, ...details },
  }
}

/** The hypotheses with those that the computation measured in place of what was known before. */
function measured(before: readonly Hypothesis[], found: readonly Hypothesis[]): Hypothesis[] {
  const names = new Set(found.map(({ name }) => name))
  return [...before.filter(({ name }) => !names.has(name)), ...found]
}

/** What is left of a theorem whose hypotheses fail: a bound that needs none of them, where there is one. */
function outside(problem: Problem, source: string, missing: readonly Hypothesis[]): MethodOutcome['claim'] {
  const uncovered = `Not covered by the theorem (${source}), which needs ${missing.map(statement).join(', ')}.`
  const bound = labelClaim(problem)
  return bound
    ? { ...bound, how: `${uncovered} ${bound.how}` }
    : { level: 'none', lowerBound: null, how: uncovered }
}
