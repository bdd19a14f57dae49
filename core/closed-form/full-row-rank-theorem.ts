import { lossIs, oneOutputOrOneHot } from './hypotheses.ts'
import type { Theorem } from './theorem.ts'

/** THEORY 5.4. */
export const fullRowRank: Theorem = {
  title: 'the interpolation with the fewest neurons',
  name: 'Full row rank, fewest neurons',
  source: 'Ergen & Pilanci 2021 (JMLR), Lemma 3.1; App. A.7, Lemma 2',
  covers: ({ network, loss }) => network.family === 'relu' && network.layers === 2 && loss === 'equality',
  hypotheses: (situation) => {
    const { summary } = situation
    return [
      lossIs('equality', 'equality loss')(situation),
      oneOutputOrOneHot(situation),
      { name: 'rows that are not all zero', holds: summary.rank > 0, value: null },
      { name: 'rank(X) = n', holds: summary.rank === summary.n, value: `${summary.rank} of ${summary.n}` },
    ]
  },
  indispensable: ['rows that are not all zero'],
}
