import { formatCount } from '../../../export/format.ts'
import type { ConvexProgram } from '../../../programs/program.ts'
import type { MethodOutcome } from '../../problem.ts'
import type { Proof } from './proof.ts'

/** A bound of the network below this share of the objective says too little to stand in place of the dictionary's. */
const INFORMATIVE = 0.5

/** A solved program: its value, the bound of the program over its own cells, and how those were come by. */
export interface Solved {
  program: ConvexProgram
  primal: number
  dual: number
  /** Set where the cells were found by growth: the largest ρ/β that the last search saw. */
  rhoFound: number | null
}

/**
 * What the dual point of a convex program proves: everything when all cells are there and priced exactly; else a bound
 * of the network where one was found that is worth showing, else only that of the cells.
 */
export function convexClaim(
  { program: { dictionary, Y }, primal, dual, rhoFound }: Solved,
  proof: Proof | null,
): MethodOutcome['claim'] {
  const cells = formatCount(dictionary.count)
  if (!Number.isFinite(primal)) return unfittedClaim(dual)
  if (dictionary.complete && Y.cols === 1) {
    return {
      level: 'global',
      lowerBound: dual,
      how: `Dual point feasible on all ${cells} cells, each priced exactly.`,
    }
  }
  const source = rhoFound === null ? `${cells} sampled patterns` : `${cells} patterns found by growth`
  if (proof && proof.lowerBound >= INFORMATIVE * primal) {
    return {
      level: 'bound',
      lowerBound: proof.lowerBound,
      how: `Dual point of ${dictionary.complete ? `all ${cells} cells` : source}, scaled to be feasible for every neuron (${proof.method}).`,
    }
  }
  if (rhoFound !== null) {
    return {
      level: 'dictionary',
      lowerBound: dual,
      how: `Dual point feasible on the ${source}. A search from many starts found no neuron that would lower the objective; that is no proof.`,
    }
  }
  return {
    level: 'dictionary',
    lowerBound: dual,
    how: `Dual point feasible on the ${source}; other patterns may lower the optimum.`,
  }
}

/** Only targets that must be met exactly can leave a program without any network. */
export function unfittedClaim(dual: number): MethodOutcome['claim'] {
  const cost = dual > 0 ? ` With the neurons looked at, one would cost at least ${dual.toPrecision(3)}.` : ''
  return {
    level: 'none',
    lowerBound: null,
    how: `No network that meets all targets exactly was found.${cost} Rows that are alike must have targets that are alike; otherwise choose the squared loss.`,
  }
}
