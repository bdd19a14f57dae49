import type { LossId, NetworkSettings, SettingsOf } from '../experiments/document.ts'
import type { Hypothesis, ProblemSummary } from '../experiments/result.ts'
import { convexApplies } from '../programs/applies.ts'
import { penalizedApplies } from '../programs/penalized/applies.ts'

/** Families whose hidden responses are passed from stage to stage. */
const STAGES: ReadonlySet<NetworkSettings['family']> = new Set(['relu', 'parallel'])

/** Whether stages can be stacked (THEORY §6): the first is the convex, or the penalised, program of the document. */
export function stackingApplies(
  network: NetworkSettings,
  loss: LossId,
  summary: ProblemSummary,
  { solver, arrangements }: SettingsOf<'stacking'>,
): { applies: boolean; because: string; hypotheses: Hypothesis[] } {
  const isStage = STAGES.has(network.family)
  const stage: Hypothesis = { name: 'stages of relu or parallel', holds: isStage, value: network.family }
  if (!isStage) {
    const because = `Stages are two-layer relu or parallel networks; a ${network.family} network is neither: choose one of them.`
    return { applies: false, because, hypotheses: [stage] }
  }
  const first =
    solver === 'convex'
      ? convexApplies(network, loss, summary, { arrangements })
      : penalizedApplies(network, loss, summary)
  return {
    applies: first.applies,
    because: first.applies
      ? 'Another model: every stage is a program on the responses of the stage before.'
      : first.because,
    hypotheses: [stage, ...first.hypotheses],
  }
}
