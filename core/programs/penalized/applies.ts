import type { FamilyId, LossId, NetworkSettings } from '../../experiments/document.ts'
import type { Hypothesis, ProblemSummary } from '../../experiments/result.ts'
import { LOSSES } from '../../losses/index.ts'
import { filterMisfit } from '../../networks/patches.ts'

/** Two-layer families whose cells are patterns of rows, pooled or not. */
const COVERED: ReadonlySet<FamilyId> = new Set(['relu', 'bn-relu', 'conv-bn'])

/** Whether the penalised program covers a problem, and why. */
export function penalizedApplies(
  network: NetworkSettings,
  loss: LossId,
  { labels, ...data }: Pick<ProblemSummary, 'labels' | 'd' | 'image'>,
): { applies: boolean; because: string; hypotheses: Hypothesis[] } {
  const { family, layers } = network
  const allowed = LOSSES[loss].labels
  const misfit = filterMisfit(network, data)
  const checks: (Hypothesis & { reason: string })[] = [
    {
      name: 'two-layer relu, bn-relu or conv-bn',
      holds: COVERED.has(family) && layers === 2,
      value: `${family}, ${layers} layers`,
      reason: `No penalised program for ${family} networks of ${layers} layers is built in: use gradient training, or a two-layer relu, bn-relu or conv-bn network.`,
    },
    {
      name: 'loss with a gradient',
      holds: loss !== 'equality',
      value: loss,
      reason:
        'Equality is a constraint without a gradient. Use the squared loss and a small β instead, or the convex program.',
    },
    {
      name: `labels ${allowed.join(' or ')}`,
      holds: allowed.includes(labels),
      value: labels,
      reason: `The ${LOSSES[loss].title} loss takes ${allowed.join(' or ')} labels; these are ${labels}. Choose another loss or coding.`,
    },
    ...(family === 'conv-bn'
      ? [{ name: 'the filter fits the image', holds: misfit === null, value: null, reason: misfit ?? '' }]
      : []),
  ]
  const failed = checks.find(({ holds }) => !holds)
  return {
    applies: !failed,
    because:
      failed?.reason ??
      'Sampled cells, their cone constraints as a penalty: fits large data, proves nothing.',
    hypotheses: checks.map(({ name, holds, value }) => ({ name, holds, value })),
  }
}
