import type { Hypothesis } from '../experiments/result.ts'
import { oneHotLabels, oneOutputOrOneHot } from './hypotheses.ts'
import type { Situation, Theorem } from './theorem.ts'

/** max |XXᵀ − I| up to which data count as whitened. */
const WHITENED = 1e-9

const whitenedRows = ({ summary: { whitenedError, n, d } }: Situation): Hypothesis => ({
  name: 'X·Xᵀ = I',
  holds: whitenedError !== null && whitenedError <= WHITENED,
  value: whitenedError === null ? `${n} rows, ${d} columns` : whitenedError,
})

const isRelu = ({ network: { family }, loss }: Situation): boolean =>
  (family === 'relu' || family === 'parallel-decay') && (loss === 'squared' || loss === 'equality')

/** THEORY 5.3, 5.4: every layer regularised, exact. */
export const whitened: Theorem = {
  title: 'the closed form for whitened data',
  name: 'Whitened, exact',
  source: 'Ergen & Pilanci 2021, Thm 4.3; Ergen & Pilanci 2021 (JMLR), Lemma 3.2',
  covers: isRelu,
  hypotheses: (situation) => [oneOutputOrOneHot(situation), whitenedRows(situation)],
}

const asPrinted = (reading: string): Theorem => ({
  title: `the closed form for whitened data as printed (${reading})`,
  name: `Whitened, ${reading}`,
  source: 'Ergen & Pilanci 2021, Thm 4.3',
  covers: (situation) => isRelu(situation) && situation.loss === 'squared' && situation.summary.outputs > 1,
  hypotheses: (situation) => [oneHotLabels(situation), whitenedRows(situation)],
})

/** THEORY 5.3: the last two layers balanced. */
export const whitenedBalanced = asPrinted('t = 1, balanced')
/** THEORY 5.3: the whole size in the last layer. */
export const whitenedLiteral = asPrinted('t = 1, literal')
