import { closedFormApplies } from '../../closed-form/applies.ts'
import { interpolateParts, type ClosedForm, type LabelPart } from '../../closed-form/bn-interpolation.ts'
import { scalarParts } from '../../closed-form/bn-scalar.ts'
import { vectorParts } from '../../closed-form/bn-vector.ts'
import { THEOREMS, theoremFor, type TheoremId } from '../../closed-form/hypotheses.ts'
import { BidualError } from '../../errors.ts'
import type { Matrix } from '../../linalg/matrix.ts'
import type { MethodOutcome, RunMethod } from '../problem.ts'

const PARTS: Readonly<Record<TheoremId, (Y: Matrix) => LabelPart[]>> = {
  'bn-vector': vectorParts,
  'bn-scalar': scalarParts,
}

/** Above this relative residual of X_c·W = Y_c the data are too ill-conditioned for the formula. */
const RESIDUAL_LIMIT = 1e-6

/**
 * The optimal weights written down by the theorem that covers the problem; its value formula is the certificate.
 *
 * @throws BidualError unsupported, naming the hypothesis that fails.
 */
export const runClosedForm: RunMethod<'closed-form'> = function* (problem) {
  const { X, Y, network, loss, beta, summary } = problem
  const { applies, because, hypotheses } = closedFormApplies(network, loss, beta, summary)
  if (!applies) throw new BidualError('unsupported', because)
  yield { iteration: 0, phase: 'solving for the hidden weights' }
  const id = theoremFor(summary)
  const solution = interpolateParts(X, PARTS[id](Y), Y.cols, beta)
  return outcome(id, solution, hypotheses)
}

function outcome(
  id: TheoremId,
  { network, value, arrays, details }: ClosedForm,
  hypotheses: MethodOutcome['hypotheses'],
): MethodOutcome {
  const { title, source } = THEOREMS[id]
  const residual = details['interpolation residual']
  return {
    // The lower bound holds in either case; the weights attain it only when the interpolation succeeded.
    status: residual <= RESIDUAL_LIMIT ? 'solved' : 'numericalError',
    iterations: 1,
    network,
    claim: { level: 'global', lowerBound: value, how: `Value formula of ${title} (${source}).` },
    hypotheses,
    arrays,
    details: { 'value formula': value, ...details },
  }
}
