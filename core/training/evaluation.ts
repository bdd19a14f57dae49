import type { SettingsOf } from '../experiments/document.ts'

type Precision = SettingsOf<'sgd'>['precision']

/** Multiply–adds of the hidden layers up to which evaluating the objective on all rows costs nothing noticeable. */
const CHEAP_EVALUATION = 2e6

/**
 * What an evaluation costs, in epochs: a forward pass over forward plus backward, which is as much again where the first
 * layer is the only large one; always in double, which takes twice the time of single.
 */
const EVALUATION_COST: Readonly<Record<Precision, number>> = { f64: 1 / 2, f32: 1 }
const AFFORDED_SHARE = 0.1

/**
 * Every how many epochs the objective is evaluated on the full training data when no gradient gives it: 1 for small
 * problems, else so that it takes under a tenth of the work. Decided by counts, never by a clock, so that runs
 * repeat exactly. Full-batch training in double gets the objective with every gradient, for nothing.
 *
 * @param work multiply–adds of the hidden layers for all rows
 */
export function evaluationPeriod(work: number, precision: Precision = 'f64'): number {
  return work <= CHEAP_EVALUATION ? 1 : Math.ceil(EVALUATION_COST[precision] / AFFORDED_SHARE)
}
