import type { FamilyId, LossId, NetworkSettings, SettingsOf } from '../experiments/document.ts'
import type { Hypothesis, ProblemSummary } from '../experiments/result.ts'
import { filterMisfit } from '../networks/patches.ts'
import { decide, gradientChecks, type Check } from './gradient-checks.ts'

/** Families that normalise over the rows of a batch. */
const NORMALIZED: ReadonlySet<FamilyId> = new Set(['bn-relu', 'relu-bn', 'conv-bn'])

/** Gradient training needs a gradient, labels that the loss is defined for, and batches that can be normalised. */
export function trainingApplies(
  network: NetworkSettings,
  loss: LossId,
  summary: ProblemSummary,
  { optimizer, batchSize }: Pick<SettingsOf<'sgd'>, 'optimizer' | 'batchSize'>,
): { applies: boolean; because: string; hypotheses: Hypothesis[] } {
  const { labels, n } = summary
  const rows = optimizer === 'gd' || batchSize === 'full' || batchSize >= n ? 'full' : batchSize
  const misfit = filterMisfit(network, summary)
  const checks: Check[] = [
    ...gradientChecks(loss, labels, 'Train with the squared loss and a small β instead.'),
    ...(network.family === 'conv-bn'
      ? [{ name: 'the filter fits the image', holds: misfit === null, value: null, reason: misfit ?? '' }]
      : []),
    ...(NORMALIZED.has(network.family)
      ? [
          {
            name: 'at least 2 rows a batch',
            holds: rows !== 1,
            value: rows,
            reason: 'Batch normalisation needs at least 2 rows a batch, found batchSize 1. Raise batchSize.',
          },
        ]
      : []),
  ]
  return decide(checks, 'Gradient training works for every network.')
}
