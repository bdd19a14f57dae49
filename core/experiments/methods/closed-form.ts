import { chooseTheorem, closedFormApplies, statement } from '../../closed-form/applies.ts'
import { SOLVERS } from '../../closed-form/solvers.ts'
import { THEOREMS } from '../../closed-form/theorems.ts'
import { BidualError } from '../../errors.ts'
import type { RunMethod } from '../problem.ts'

/**
 * The weights written down by the theorem that covers the problem. Outside its hypotheses (`override`) the weights are
 * computed all the same and nothing is claimed of them.
 *
 * @throws BidualError unsupported, naming the hypothesis that fails.
 */
export const runClosedForm: RunMethod<'closed-form'> = function* (problem, settings, context) {
  const { applies, because } = closedFormApplies(problem, settings)
  const chosen = chooseTheorem(problem, settings)
  if (!applies || !chosen) throw new BidualError('unsupported', because)
  const { id, hypotheses, failing } = chosen
  yield { iteration: 0, phase: `evaluating ${THEOREMS[id].title}` }
  const { network, value, claim, status, arrays, details } = SOLVERS[id](problem, context.seed)
  return {
    status,
    iterations: 1,
    network,
    claim:
      failing.length === 0
        ? claim
        : {
            level: 'none',
            lowerBound: null,
            how: `Not covered by the theorem (${THEOREMS[id].source}), which needs ${failing.map(statement).join(', ')}.`,
          },
    hypotheses,
    arrays,
    details: { theorem: THEOREMS[id].name, 'value formula': value, ...details },
  }
}
