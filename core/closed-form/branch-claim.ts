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
 */
export function branchClaim(
  { parts, layers }: Pick<BranchProblem, 'parts' | 'layers'>,
  value: number,
  lowerBound: number,
): MethodOutcome['claim'] {
  const attained = value - lowerBound <= SAME * Math.max(1, Math.abs(value))
  if (!attained) {
    return {
      level: 'bound',
      lowerBound,
      how:
        `For ${layers} layers only a lower bound is proved: (L/2)(Σx)^{2/L} in place of the sum of powers. ` +
        'Networks whose branches share layers may lie below these weights.',
    }
  }
  const because =
    layers === 2
      ? 'the dual point prices no neuron above β'
      : parts.length <= 1
        ? 'no layer leaves the hull of the responses of the first, and there is one part'
        : 'no layer leaves the hull of the responses of the first'
  return { level: 'global', lowerBound, how: `Proved: ${because}.` }
}
