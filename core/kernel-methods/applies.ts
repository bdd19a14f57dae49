import type { LossId } from '../experiments/document.ts'
import type { Hypothesis, ProblemSummary } from '../experiments/result.ts'

/** Training rows up to which the n×n kernel is formed and factorised. */
const MOST_ROWS = 5000

/** Whether the tangent kernel can be fitted (THEORY §6): two losses have a formula, and the kernel must fit. */
export function kernelApplies(
  loss: LossId,
  { n }: Pick<ProblemSummary, 'n'>,
): { applies: boolean; because: string; hypotheses: Hypothesis[] } {
  const checks: (Hypothesis & { reason: string })[] = [
    {
      name: 'squared loss or equality',
      holds: loss === 'squared' || loss === 'equality',
      value: loss,
      reason: `The kernel model is fitted by linear equations, which the ${loss} loss does not have: choose squared or equality.`,
    },
    {
      name: `n ≤ ${MOST_ROWS}`,
      holds: n <= MOST_ROWS,
      value: n,
      reason: `A kernel of ${n} rows takes ${n}² entries: use at most ${MOST_ROWS} training rows (step subsample).`,
    },
  ]
  const failed = checks.find(({ holds }) => !holds)
  return {
    applies: !failed,
    because:
      failed?.reason ??
      'Another model: infinitely many neurons that hardly move, fitted by linear equations.',
    hypotheses: checks.map(({ name, holds, value }) => ({ name, holds, value })),
  }
}
