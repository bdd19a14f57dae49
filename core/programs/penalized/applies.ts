import type { FamilyId, LossId, NetworkSettings } from '../../experiments/document.ts'
import type { Hypothesis, ProblemSummary } from '../../experiments/result.ts'
import { filterMisfit } from '../../networks/patches.ts'
import { decide, gradientChecks, type Check } from '../../training/gradient-checks.ts'

/** Two-layer families whose cells are patterns of rows, pooled or not. */
const COVERED: ReadonlySet<FamilyId> = new Set(['relu', 'bn-relu', 'conv-bn'])

/** Whether the penalised program covers a problem, and why. */
export function penalizedApplies(
  network: NetworkSettings,
  loss: LossId,
  { labels, ...data }: Pick<ProblemSummary, 'labels' | 'd' | 'image'>,
): { applies: boolean; because: string; hypotheses: Hypothesis[] } {
  const { family, layers } = network
  const misfit = filterMisfit(network, data)
  const checks: Check[] = [
    {
      name: 'two-layer relu, bn-relu or conv-bn',
      holds: COVERED.has(family) && layers === 2,
      value: `${family}, ${layers} layers`,
      reason: `No penalised program for ${family} networks of ${layers} layers is built in: use gradient training, or a two-layer relu, bn-relu or conv-bn network.`,
    },
    ...gradientChecks(loss, labels, 'Use the squared loss and a small β instead, or the convex program.'),
    ...(family === 'conv-bn'
      ? [{ name: 'the filter fits the image', holds: misfit === null, value: null, reason: misfit ?? '' }]
      : []),
  ]
  return decide(
    checks,
    'Sampled cells, their cone constraints as a penalty: fits large data, proves nothing.',
  )
}
