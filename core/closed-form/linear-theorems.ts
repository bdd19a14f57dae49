import type { Hypothesis } from '../experiments/result.ts'
import { lossIs, squaredLoss } from './hypotheses.ts'
import type { Situation, Theorem } from './theorem.ts'

/** Singular values of X that differ by less than this share count as equal. */
const EQUAL = 1e-10

const equalSingularValues = ({ summary: { sigmaMax, sigmaMin } }: Situation): Hypothesis => ({
  name: 'all non-zero singular values of X equal',
  holds: sigmaMax - sigmaMin <= EQUAL * sigmaMax,
  value: `${sigmaMin.toPrecision(4)} to ${sigmaMax.toPrecision(4)}`,
})

const oneOutputOrTwoLayers = ({ network, summary }: Situation): Hypothesis => ({
  name: 'one output or two layers',
  holds: summary.outputs === 1 || network.layers === 2,
  value: `${summary.outputs} outputs, ${network.layers} layers`,
})

const isLinear =
  (loss: Situation['loss']) =>
  (situation: Situation): boolean =>
    situation.network.family === 'linear' && situation.loss === loss

/** THEORY 5.8, any depth, any outputs: singular values by threshold. */
export const linearWhitened: Theorem = {
  title: 'the closed form for linear networks on whitened data',
  name: 'Linear network, whitened data',
  source: 'Ergen & Pilanci 2021, Rem. 2.1, Thm 3.6',
  covers: isLinear('squared'),
  hypotheses: (situation) => [squaredLoss(situation), equalSingularValues(situation)],
}

/** THEORY 5.8, any depth, any outputs: X†Y. */
export const linearMinimumNorm: Theorem = {
  title: 'the closed form for minimum-norm linear networks',
  name: 'Linear network, minimum norm',
  source: 'Ergen & Pilanci 2021, Thm 2.1–2.2, 3.1, 3.4',
  covers: isLinear('equality'),
  hypotheses: (situation) => [lossIs('equality', 'equality loss')(situation)],
}

/** THEORY 5.8: the dual point is the projection of Y on {V : σ_max(XᵀV) ≤ β}, at a size that is searched beyond two layers. */
export const linearProjection: Theorem = {
  title: 'the closed form for linear networks by the projection of the labels',
  name: 'Linear network, projected labels',
  source: 'Ergen & Pilanci 2021, Thm 2.3, 3.3, 3.6',
  covers: isLinear('squared'),
  hypotheses: (situation) => [squaredLoss(situation), oneOutputOrTwoLayers(situation)],
}
