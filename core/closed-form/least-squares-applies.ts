import type { Applicability } from '../experiments/catalog.ts'
import type { LossId, NetworkSettings } from '../experiments/document.ts'
import type { ProblemSummary } from '../experiments/result.ts'

/** Least squares needs the squared loss; the network of the document does not matter, it is replaced by X·W. */
export function leastSquaresApplies(
  _network: NetworkSettings,
  loss: LossId,
  _summary: ProblemSummary,
): Applicability {
  const applies = loss === 'squared'
  return {
    applies,
    because: applies
      ? 'A one-layer linear model in place of the network: a baseline, not a solution of the network problem.'
      : `Least squares needs the squared loss (here ${loss}).`,
    hypotheses: [{ name: 'squared loss', holds: applies, value: loss }],
  }
}
