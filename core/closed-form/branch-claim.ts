import type { MethodOutcome } from '../experiments/problem.ts'
import type { BranchProblem } from './branches.ts'

/** Values this close are the same to rounding. */
const SAME = 1e-11

/**
 * What is proved of branches: two layers, one part, or shared layers attain the bound of merged-bound.ts; elsewhere it
 * is a bound only.
 *
 * @param value the objective of the branches
 * @param lowerBound of every network of this depth
 * @param otherwise a sentence on what is known of weights that do not attain the bound
 */
export function branchClaim(
  { parts, layers }: Pick<BranchProblem, 'parts' | 'layers'>,
  value: number,
  lowerBound: number,
  otherwise: string,
): MethodOutcome['claim'] {
  const attained = value - lowerBound <= SAME * Math.abs(value)
  if (!attained) {
    const how = `For all networks of ${layers} layers a lower bound: (L/2)·(Σx)^(2/L) in place of the sum of powers.`
    return { level: 'bound', lowerBound, how: `${how} ${otherwise}` }
  }
  const because =
    layers === 2
      ? 'the dual point prices no neuron above β'
      : parts.length <= 1
        ? 'no layer leaves the hull of the responses of the first, and there is one part'
        : 'no layer leaves the hull of the responses of the first'
  return { level: 'global', lowerBound, how: `Proved: ${because}.` }
}
