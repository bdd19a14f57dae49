import { formatCount } from '../../arrangements/count.ts'
import type { NetworkBound } from '../../certificates/network-bound.ts'
import type { ConvexProgram } from '../../programs/program.ts'
import type { SolverResult } from '../../solvers/solver.ts'
import type { MethodOutcome } from '../problem.ts'

/** A bound of the network below this share of the objective says too little to stand in place of the sample's. */
const INFORMATIVE = 0.5

/**
 * What the dual point of a convex program proves: everything when all cells are there; for a sample a bound of the
 * network where one was found that is worth showing, else only that of the sample.
 */
export function convexClaim(
  { dictionary }: ConvexProgram,
  { dual, primal }: SolverResult,
  network: NetworkBound | null,
): MethodOutcome['claim'] {
  const cells = formatCount(dictionary.count)
  if (dictionary.complete) {
    return {
      level: 'global',
      lowerBound: dual,
      how: `Dual point feasible on all ${cells} cells, each priced exactly.`,
    }
  }
  if (network && network.lowerBound >= INFORMATIVE * primal) {
    return {
      level: 'bound',
      lowerBound: network.lowerBound,
      how: `Dual point of ${cells} sampled patterns, scaled to be feasible for every neuron (${network.method}).`,
    }
  }
  return {
    level: 'dictionary',
    lowerBound: dual,
    how: `Dual point feasible on the ${cells} sampled patterns; other patterns may lower the optimum.`,
  }
}
