/** THEORY 5.7: data on a line and networks with unpenalised biases. */
import type { Hypothesis } from '../experiments/result.ts'
import { LOSSES } from '../losses/index.ts'
import { oneOutput } from './hypotheses.ts'
import type { Situation, Theorem } from './theorem.ts'

const severalRows = ({ summary }: Situation): Hypothesis => ({
  name: 'rows that differ',
  holds: summary.rankCentered >= 1,
  value: summary.rankCentered === 0 ? 'all rows alike' : null,
})

/** Free hidden biases take up any shift: affine rank one is as good as rank one. */
const onALine = ({ summary }: Situation): Hypothesis => ({
  name: 'rank of the centred data = 1',
  holds: summary.rankCentered === 1,
  value: summary.rankCentered,
})

const fittingLabels = ({ loss, summary }: Situation): Hypothesis => ({
  name: `labels ${LOSSES[loss].labels.join(' or ')}`,
  holds: LOSSES[loss].labels.includes(summary.labels),
  value: summary.labels,
})

const withIntercept = ({ network }: Situation): boolean => 'outputBias' in network && network.outputBias

/** Rows up to which what is not solved in linear time a step ends within about half a minute: two layers, and more. */
const MOST_ROWS = { shallow: 1000, deep: 100 } as const

const withinReach = (situation: Situation): Hypothesis[] => {
  const { loss, network, summary } = situation
  if (loss === 'equality' || (loss === 'squared' && withIntercept(situation))) return []
  const most = MOST_ROWS[network.layers === 2 ? 'shallow' : 'deep']
  return [{ name: `n ≤ ${most}`, holds: summary.n <= most, value: summary.n }]
}

const hypotheses = (situation: Situation): Hypothesis[] => [
  severalRows(situation),
  onALine(situation),
  oneOutput(situation),
  fittingLabels(situation),
  ...withinReach(situation),
]

/** There is no line through one point, and the formulas are of one function along it. */
const indispensable = ['rows that differ', 'one output'] as const

const hasBiases = ({ network, loss }: Situation): boolean =>
  network.family === 'relu-bias' && loss !== 'cross-entropy'

const SOURCE = 'Ergen & Pilanci 2021, Thm 4.2, Cor. 4.1; Ergen & Pilanci 2021 (JMLR), Cor. 3.2–3.4, Thm 5.2'
const DEEP_SOURCE = 'Ergen & Pilanci 2021, Thm 4.2, Cor. 4.2'

/** The network problem: kinks at data points, and the ℓ₁ problem over them solved exactly. */
export const oneDimensional: Theorem = {
  title: 'the ℓ₁ problem on data of one dimension',
  name: 'Points on a line',
  source: SOURCE,
  covers: (situation) => hasBiases(situation) && situation.network.layers === 2 && withIntercept(situation),
  hypotheses,
  indispensable,
}

/** B's program: an upper bound of the network problem, where a constant is free in the limit. */
export const oneDimensionalNoIntercept: Theorem = {
  title: 'the ℓ₁ problem without an intercept on data of one dimension',
  name: 'Points on a line, no intercept',
  source: SOURCE,
  covers: (situation) => hasBiases(situation) && situation.network.layers === 2 && !withIntercept(situation),
  hypotheses,
  indispensable,
}

/** The two-layer solution carried through shared layers: cheaper than branches, proved optimal by nobody. */
export const oneDimensionalDeep: Theorem = {
  title: 'the ℓ₁ solution on data of one dimension, behind shared layers',
  name: 'Points on a line, shared layers',
  source: DEEP_SOURCE,
  covers: (situation) => hasBiases(situation) && situation.network.layers > 2,
  hypotheses,
  indispensable,
}

/** As the paper writes it: a branch for every kink. */
export const oneDimensionalBranches: Theorem = {
  title: 'the ℓ₁ solution on data of one dimension, in parallel branches',
  name: 'Points on a line, branches',
  source: DEEP_SOURCE,
  covers: oneDimensionalDeep.covers,
  hypotheses,
  indispensable,
}
