import { formatCount } from '../../arrangements/count.ts'
import type { ConvexProgram } from '../../programs/program.ts'
import type { SolverResult } from '../../solvers/solver.ts'
import type { MethodOutcome } from '../problem.ts'

/** What the dual point of a convex program proves: everything when all cells are there, else only for the sample. */
export function dictionaryClaim(
  { arrangement }: ConvexProgram,
  { dual }: SolverResult,
): MethodOutcome['claim'] {
  const cells = formatCount(arrangement.patterns.count)
  return arrangement.complete
    ? {
        level: 'global',
        lowerBound: dual,
        how: `Dual point feasible on all ${cells} cells, each priced exactly.`,
      }
    : {
        level: 'dictionary',
        lowerBound: dual,
        how: `Dual point feasible on the ${cells} sampled patterns; other patterns may lower the optimum.`,
      }
}
