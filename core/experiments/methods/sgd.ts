import { trainingClaim } from '../../certificates/label-bound.ts'
import { BidualError } from '../../errors.ts'
import { LOSSES } from '../../losses/index.ts'
import { NETWORKS } from '../../networks/index.ts'
import { train } from '../../training/train.ts'
import type { SettingsOf } from '../document.ts'
import type { Problem, RunMethod } from '../problem.ts'

/**
 * GD, SGD, momentum or Adam on the non-convex network: the baseline. It proves nothing about the optimum itself; its
 * objective is an upper bound that lower bounds of other methods, and that of the labels, are held against.
 *
 * @throws BidualError bad-input for batches of one row with batch normalisation; unsupported when the labels are
 * not coded as the loss needs them.
 */
export const runSgd: RunMethod<'sgd'> = function* (problem, settings, context) {
  requireUsable(problem, settings)
  const { status, epochs, best, learningRate } = yield* train(problem, settings, context)
  return {
    status,
    iterations: epochs,
    network: best?.network ?? null,
    claim: trainingClaim(problem),
    hypotheses: [],
    details: { 'best epoch': best?.epoch ?? null, 'final learning rate': learningRate },
  }
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
