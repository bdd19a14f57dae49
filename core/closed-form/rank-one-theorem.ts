import type { Theorem } from './theorem.ts'

/** THEORY 5.6. The papers state it for rows of one sign; two layers, and parts that share layers, are proved beside. */
export const rankOne: Theorem = {
  title: 'the closed form for data of rank one',
  name: 'Data of rank one',
  source: 'Ergen & Pilanci 2021, Thm 4.1, Prop. 4.2',
  covers: ({ network, loss }) => network.family === 'relu' && (loss === 'squared' || loss === 'equality'),
  hypotheses: ({ summary }) => [{ name: 'rank(X) = 1', holds: summary.rank === 1, value: summary.rank }],
}
