import type { LossId, NetworkSettings } from '../experiments/document.ts'
import type { Hypothesis, ProblemSummary } from '../experiments/result.ts'
import { LOSSES } from '../losses/index.ts'

/** Whether there is a whitened twin of the network (Ergen et al. 2022, Lemma 4.1) that can be trained, and why. */
export function whitenedApplies(
  { family, layers }: NetworkSettings,
  loss: LossId,
  { labels }: Pick<ProblemSummary, 'labels'>,
): { applies: boolean; because: string; hypotheses: Hypothesis[] } {
  const { title, labels: allowed } = LOSSES[loss]
  const checks: (Hypothesis & { reason: string })[] = [
    {
      name: 'bn-relu of two layers',
      holds: family === 'bn-relu' && layers === 2,
      value: `${family}, ${layers} layers`,
      reason: `A network is the same function on whitened data when batch normalisation follows its one hidden layer: choose bn-relu with two layers (here ${family}, ${layers} layers).`,
    },
    {
      name: 'loss with a gradient',
      holds: loss !== 'equality',
      value: loss,
      reason:
        'Equality is a constraint without a gradient. Train with the squared loss and a small β instead.',
    },
    {
      name: `labels ${allowed.join(' or ')}`,
      holds: allowed.includes(labels),
      value: labels,
      reason: `The ${title} loss takes ${allowed.join(' or ')} labels; these are ${labels}. Choose another loss or coding.`,
    },
  ]
  const failed = checks.find(({ holds }) => !holds)
  return {
    applies: !failed,
    because:
      failed?.reason ??
      'GD on the whitened data, and on the data themselves beside it: one start, one optimum.',
    hypotheses: checks.map(({ name, holds, value }) => ({ name, holds, value })),
  }
}
