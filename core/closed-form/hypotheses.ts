/** Hypotheses that several theorems share: pure functions of the facts about the data. */
import type { LossId } from '../experiments/document.ts'
import type { Hypothesis } from '../experiments/result.ts'
import type { Situation } from './theorem.ts'

export const lossIs =
  (wanted: LossId, name: string) =>
  ({ loss }: Situation): Hypothesis => ({ name, holds: loss === wanted, value: loss })

export const squaredLoss = lossIs('squared', 'squared loss')

/**
 * The papers ask for range(X) = ℝⁿ. Centring removes the direction 1 and the shift α adds it back, so rank([X 1]) = n
 * is enough (THEORY 5.1).
 */
export const spansWithOnes = ({ summary }: Situation): Hypothesis => ({
  name: 'rank([X 1]) = n',
  holds: summary.rankWithOnes === summary.n,
  value: `${summary.rankWithOnes} of ${summary.n}`,
})

export const oneHotLabels = ({ summary }: Situation): Hypothesis => ({
  name: 'labels one-hot',
  holds: summary.labels === 'one-hot',
  value: summary.labels,
})

export const oneOutput = ({ summary }: Situation): Hypothesis => ({
  name: 'one output',
  holds: summary.outputs === 1,
  value: summary.outputs,
})

export const oneOutputOrOneHot = ({ summary }: Situation): Hypothesis => ({
  name: 'one output or labels one-hot',
  holds: summary.outputs === 1 || summary.labels === 'one-hot',
  value: summary.outputs === 1 ? 'one output' : `${summary.outputs} outputs, ${summary.labels}`,
})
