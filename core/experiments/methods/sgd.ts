import { trainingClaim } from '../../certificates/label-bound.ts'
import { BidualError } from '../../errors.ts'
import { LOSSES } from '../../losses/index.ts'
import { NETWORKS } from '../../networks/index.ts'
import { stateArrays, stateOf, type TrainerState } from '../../training/state.ts'
import { train } from '../../training/train.ts'
import type { SettingsOf } from '../document.ts'
import type { Problem, RunContext, RunMethod } from '../problem.ts'

/**
 * GD, SGD, momentum or Adam on the non-convex network: the baseline. It proves nothing about the optimum itself; its
 * objective is an upper bound that lower bounds of other methods, and that of the labels, are held against.
 *
 * @throws BidualError bad-input for batches of one row with batch normalisation; unsupported when the labels are
 * not coded as the loss needs them.
 */
export const runSgd: RunMethod<'sgd'> = function* (problem, settings, context) {
  requireUsable(problem, settings)
  const from = savedState(problem, context)
  const { status, epochs, best, learningRate, state } = yield* train(problem, settings, context, from)
  const stopped = epochs < settings.epochs && status !== 'diverged'
  return {
    status,
    iterations: epochs,
    network: best?.network ?? null,
    claim: trainingClaim(problem),
    hypotheses: [],
    // What a stopped run needs to go on, bit for bit as if it had not been stopped.
    arrays: stopped ? stateArrays(state) : {},
    details: {
      'best epoch': best?.epoch ?? null,
      'final learning rate': learningRate,
      ...(from && { 'continued from epoch': from.position.epoch }),
    },
  }
}

/** @throws BidualError bad-input when the run to go on from left no state, or was of other data */
function savedState({ summary }: Problem, { resume }: RunContext): TrainerState | null {
  if (!resume) return null
  if (resume.sha256 !== summary.sha256) {
    throw new BidualError('bad-input', 'The data have changed since this run was stopped: start it anew.')
  }
  const state = stateOf(resume.arrays)
  if (state) return state
  throw new BidualError('bad-input', 'The stopped run left nothing to go on from: start it anew.')
}

function requireUsable({ network, loss, summary }: Problem, settings: SettingsOf<'sgd'>): void {
  if (settings.batchSize === 1 && settings.optimizer !== 'gd' && NETWORKS[network.family].batchStatistics) {
    throw new BidualError(
      'bad-input',
      'Batch normalisation needs at least 2 rows a batch, found batchSize 1. Raise batchSize.',
    )
  }
  const { labels } = LOSSES[loss]
  if (!labels.includes(summary.labels)) {
    throw new BidualError(
      'unsupported',
      `The ${loss} loss needs ${labels.join(' or ')} labels, the data have ${summary.labels} ones.`,
    )
  }
}
