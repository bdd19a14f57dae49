import { trainingClaim } from '../../certificates/label-bound.ts'
import { BidualError } from '../../errors.ts'
import { trainingApplies } from '../../training/applies.ts'
import { stateArrays, stateOf, type TrainerState } from '../../training/state.ts'
import { train } from '../../training/train.ts'
import type { Problem, RunContext, RunMethod } from '../problem.ts'
import { savedArrays } from '../saved-run.ts'

/**
 * GD, SGD, momentum or Adam on the non-convex network: the baseline. It proves nothing about the optimum itself; its
 * objective is an upper bound that lower bounds of other methods, and that of the labels, are held against.
 *
 * @throws BidualError unsupported, with the reason; bad-input when there is nothing to go on from
 */
export const runSgd: RunMethod<'sgd'> = function* (problem, settings, context) {
  const { applies, because, hypotheses } = trainingApplies(
    problem.network,
    problem.loss,
    problem.summary,
    settings,
  )
  if (!applies) throw new BidualError('unsupported', because)
  const from = savedState(problem, context)
  const { status, epochs, best, learningRate, state } = yield* train(problem, settings, context, from)
  const stopped = epochs < settings.epochs && status !== 'diverged'
  return {
    status,
    iterations: epochs,
    network: best?.network ?? null,
    claim: trainingClaim(problem),
    hypotheses,
    // What a stopped run needs to go on, bit for bit as if it had not been stopped.
    ...(stopped && { state: stateArrays(state) }),
    details: {
      'best epoch': best?.epoch ?? null,
      'final learning rate': learningRate,
      ...(from && { 'continued from epoch': from.position.epoch }),
    },
  }
}

/** @throws BidualError bad-input when the run to go on from left no state, or was of other data */
function savedState(problem: Problem, context: RunContext): TrainerState | null {
  const saved = savedArrays(problem, context)
  if (!saved) return null
  const state = stateOf(saved)
  if (state) return state
  throw new BidualError('bad-input', 'The stopped run left nothing to go on from: start it anew.')
}
