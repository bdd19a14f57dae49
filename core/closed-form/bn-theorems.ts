import type { Hypothesis } from '../experiments/result.ts'
import { oneHotLabels, oneOutput, spansWithOnes, squaredLoss } from './hypotheses.ts'
import type { Situation, Theorem } from './theorem.ts'

const batchNorm = ({ network }: Situation): Hypothesis => ({
  name: 'batch normalisation before the ReLU',
  holds: network.family === 'bn-relu',
  value: network.family,
})

/** THEORY 5.1. */
export const bnVector: Theorem = {
  title: 'the closed form for batch normalisation with one-hot labels',
  name: 'Batch normalisation, one-hot labels',
  source: 'Ergen & Pilanci 2021, Thm 4.4; Ergen et al. 2022, Thm 2.4',
  covers: ({ network, summary }) => network.family === 'bn-relu' && summary.outputs > 1,
  hypotheses: (situation) => [
    batchNorm(situation),
    squaredLoss(situation),
    oneHotLabels(situation),
    spansWithOnes(situation),
  ],
}

/** THEORY 5.2. */
export const bnScalar: Theorem = {
  title: 'the closed form for batch normalisation with one output',
  name: 'Batch normalisation, one output',
  source: 'Ergen et al. 2022, Thm 2.1',
  covers: ({ network, summary }) => network.family === 'bn-relu' && summary.outputs === 1,
  hypotheses: (situation) => [
    batchNorm(situation),
    squaredLoss(situation),
    oneOutput(situation),
    spansWithOnes(situation),
  ],
}
