import type { FamilyId } from '../experiments/document.ts'
import type { Hypothesis } from '../experiments/result.ts'
import { oneHotLabels, oneOutput, spansWithOnes, squaredLoss } from './hypotheses.ts'
import type { Situation, Theorem } from './theorem.ts'

export type NormalizedFamilyId = Extract<FamilyId, 'bn-relu' | 'relu-bn'>

/** The condition on the range, in two layers and behind the fixed layers of deeper networks. */
export const rangeNames: Readonly<Record<NormalizedFamilyId, { data: string; behind: string }>> = {
  'bn-relu': { data: 'rank([X 1]) = n', behind: 'rank([A 1]) = n behind fixed random layers' },
  'relu-bn': { data: 'rank(X) = n', behind: 'rank(A) = n behind fixed random layers' },
}

const batchNorm = ({ network }: Situation): Hypothesis => ({
  name: 'batch normalisation before the ReLU',
  holds: network.family === 'bn-relu',
  value: network.family,
})

const batchNormAfter = ({ network }: Situation): Hypothesis => ({
  name: 'batch normalisation after the ReLU',
  holds: network.family === 'relu-bn',
  value: network.family,
})

/** Of deeper networks the condition is one on the layers that are drawn when the method runs, and measured there. */
const range = (situation: Situation, onData: (situation: Situation) => Hypothesis[]): Hypothesis[] => {
  const { network } = situation
  if (network.layers === 2) return onData(situation)
  const { behind } = rangeNames[network.family === 'relu-bn' ? 'relu-bn' : 'bn-relu']
  return [fewEnoughSamples(situation), { name: behind, holds: true, value: 'measured when it runs' }]
}

/** Samples up to which a layer of twice as many units is made, checked and stored in reasonable time. */
const MOST_SAMPLES = 3000

const fewEnoughSamples = ({ summary: { n } }: Situation): Hypothesis => ({
  name: `n ≤ ${MOST_SAMPLES} for a fixed layer of 2n units`,
  holds: n <= MOST_SAMPLES,
  value: n,
})

const fullRowRank = ({ summary: { rank, n, d } }: Situation): Hypothesis[] => [
  { name: 'n ≤ d', holds: n <= d, value: `n = ${n}, d = ${d}` },
  { name: rangeNames['relu-bn'].data, holds: rank === n, value: `${rank} of ${n}` },
]

/** THEORY 5.1. */
export const bnVector: Theorem = {
  title: 'the closed form for batch normalisation with one-hot labels',
  name: 'Batch normalisation, one-hot labels',
  source: 'Ergen & Pilanci 2021, Thm 4.4; Ergen et al. 2022, Thm 2.4, 5.2',
  covers: ({ network, summary }) => network.family === 'bn-relu' && summary.outputs > 1,
  hypotheses: (situation) => [
    batchNorm(situation),
    squaredLoss(situation),
    oneHotLabels(situation),
    ...range(situation, (at) => [spansWithOnes(at)]),
  ],
  indispensable: ['squared loss'],
}

/** THEORY 5.2. */
export const bnScalar: Theorem = {
  title: 'the closed form for batch normalisation with one output',
  name: 'Batch normalisation, one output',
  source: 'Ergen et al. 2022, Thm 2.1, 5.1',
  covers: ({ network, summary }) => network.family === 'bn-relu' && summary.outputs === 1,
  hypotheses: (situation) => [
    batchNorm(situation),
    squaredLoss(situation),
    oneOutput(situation),
    ...range(situation, (at) => [spansWithOnes(at)]),
  ],
  indispensable: ['squared loss'],
}

/**
 * THEORY 5.5; several outputs by the singular vectors of Y, which the same dual point proves: the response of a
 * normalised neuron can be any unit vector.
 */
export const reluBn: Theorem = {
  title: 'the closed form for batch normalisation after the ReLU',
  name: 'Batch normalisation after the ReLU',
  source: 'Ergen et al. 2022, Thm 6.2',
  covers: ({ network }) => network.family === 'relu-bn',
  hypotheses: (situation) => [
    batchNormAfter(situation),
    squaredLoss(situation),
    ...range(situation, fullRowRank),
  ],
  indispensable: ['squared loss'],
}
