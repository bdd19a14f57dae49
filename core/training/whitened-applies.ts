import type { LossId, NetworkSettings } from '../experiments/document.ts'
import type { Hypothesis, ProblemSummary } from '../experiments/result.ts'
import { decide, gradientChecks, type Check } from './gradient-checks.ts'

/** Whether there is a whitened twin of the network (Ergen et al. 2022, Lemma 4.1) that can be trained, and why. */
export function whitenedApplies(
  { family, layers }: NetworkSettings,
  loss: LossId,
  { labels }: Pick<ProblemSummary, 'labels'>,
): { applies: boolean; because: string; hypotheses: Hypothesis[] } {
  const checks: Check[] = [
    {
      name: 'bn-relu of two layers',
      holds: family === 'bn-relu' && layers === 2,
      value: `${family}, ${layers} layers`,
      reason: `A network is the same function on whitened data when batch normalisation follows its one hidden layer: choose bn-relu with two layers (here ${family}, ${layers} layers).`,
    },
    ...gradientChecks(loss, labels, 'Train with the squared loss and a small β instead.'),
  ]
  return decide(
    checks,
    'GD on the whitened data, and on the data themselves beside it: one start, one optimum.',
  )
}
