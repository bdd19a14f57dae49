/** Multiply–adds of the hidden layers up to which evaluating the objective on all rows costs nothing noticeable. */
const CHEAP_EVALUATION = 2e6

/** Forward pass over forward plus backward: what an evaluation costs, in epochs. */
const EVALUATION_COST = 1 / 3
const AFFORDED_SHARE = 0.1

/**
 * Every how many epochs the objective is evaluated on the full training data when training in batches: 1 for small
 * problems, else so that it takes under a tenth of the work. Decided by counts, never by a clock, so that runs
 * repeat exactly. Full-batch training gets the objective with every gradient, for nothing.
 *
 * @param work multiply–adds of the hidden layers for all rows
 */
export function evaluationPeriod(work: number): number {
  return work <= CHEAP_EVALUATION ? 1 : Math.ceil(EVALUATION_COST / AFFORDED_SHARE)
}
