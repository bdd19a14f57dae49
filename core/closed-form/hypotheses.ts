/**
 * The theorems with a closed form and their hypotheses: pure functions of the facts about the data, light enough for
 * the window to call while a person edits.
 */
import type { LossId, NetworkSettings } from '../experiments/document.ts'
import type { Hypothesis, ProblemSummary } from '../experiments/result.ts'

/** Facts that the hypotheses are checked on. */
export interface Situation {
  network: NetworkSettings
  loss: LossId
  beta: number
  summary: ProblemSummary
}

export type TheoremId = 'bn-vector' | 'bn-scalar'

export interface Theorem {
  /** Words for the sentence that names what was proved. */
  title: string
  /** Papers and theorem numbers. */
  source: string
  hypotheses: (situation: Situation) => Hypothesis[]
}

const batchNorm = ({ network }: Situation): Hypothesis => ({
  name: 'batch normalisation before the ReLU, two layers',
  holds: network.family === 'bn-relu',
  value: network.family,
})

const squaredLoss = ({ loss }: Situation): Hypothesis => ({
  name: 'squared loss',
  holds: loss === 'squared',
  value: loss,
})

/**
 * The papers ask for range(X) = ℝⁿ. Centring removes the direction 1 and the shift α adds it back, so rank([X 1]) = n
 * is enough (THEORY 5.1).
 */
const spansWithOnes = ({ summary }: Situation): Hypothesis => ({
  name: 'rank([X 1]) = n',
  holds: summary.rankWithOnes === summary.n,
  value: `${summary.rankWithOnes} of ${summary.n}`,
})

const oneHotLabels = ({ summary }: Situation): Hypothesis => ({
  name: 'labels one-hot',
  holds: summary.labels === 'one-hot',
  value: summary.labels,
})

const oneOutput = ({ summary }: Situation): Hypothesis => ({
  name: 'one output',
  holds: summary.outputs === 1,
  value: summary.outputs,
})

export const THEOREMS: Readonly<Record<TheoremId, Theorem>> = {
  'bn-vector': {
    title: 'the closed form for batch normalisation with one-hot labels',
    source: 'Ergen & Pilanci 2021, Thm 4.4; Ergen et al. 2022, Thm 2.4',
    hypotheses: (situation) => [
      batchNorm(situation),
      squaredLoss(situation),
      oneHotLabels(situation),
      spansWithOnes(situation),
    ],
  },
  'bn-scalar': {
    title: 'the closed form for batch normalisation with one output',
    source: 'Ergen et al. 2022, Thm 2.1',
    hypotheses: (situation) => [
      batchNorm(situation),
      squaredLoss(situation),
      oneOutput(situation),
      spansWithOnes(situation),
    ],
  },
}

/** The theorem for the number of outputs. */
export function theoremFor(summary: ProblemSummary): TheoremId {
  return summary.outputs === 1 ? 'bn-scalar' : 'bn-vector'
}
