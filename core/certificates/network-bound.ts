import type { ConvexProgram } from '../programs/program.ts'
import { RhoSearch, type RhoLimits, type RhoProblem, type RhoSettings } from './branch-and-bound.ts'
import { penaltyOf } from '../solvers/penalty.ts'
import { cheapRhoBound } from './cheap-bound.ts'
import { scaledDualPoint } from './scaling.ts'

/** Highest rank that is searched: cones multiply with the rank. */
const MAX_RANK = 8
const EPSILON = 1e-3
const MAX_CONES = 1_000_000

export interface NetworkBound {
  /** No network of any width has a smaller objective. */
  lowerBound: number
  /** ρ(V)/β over all u, or an upper bound of it. */
  rhoRatio: number
  /** How ρ was bounded. */
  method: 'branch and bound' | 'Cauchy–Schwarz'
  cones: number
  /** The unit u with the largest ‖Vᵀ·S·(A·u)₊‖ seen: where that exceeds β, a neuron to add. */
  best: Float64Array | null
  /** ‖Vᵀ·S·(A·u)₊‖/β there: no more than that can be wrong with V. */
  bestRatio: number
  /** Whether a limit ended the search before the precision asked for. */
  exhausted: boolean
  /** That search, which can go on. */
  open: RhoSearch | null
}

export interface NetworkBoundLimits
  extends RhoLimits, Partial<Pick<RhoSettings, 'epsilon' | 'candidates' | 'memory' | 'from'>> {}

/**
 * A lower bound of the network's objective from a dual vector of a sampled program: ρ(V) is bounded over all u, not
 * over the sample, by branch and bound up to rank 8 and cheaply beyond (THEORY §4), and V scaled to be feasible.
 *
 * @param problem A: (n·p)×r; V: n×K in the domain of ℓ*(−·)
 * @param limits by default ε = 1e-3 and a million cones; more than the cheap bound is tried only up to rank 8. A search
 * that goes on after it has used up its cones gets as many again.
 */
export function networkBound(
  problem: RhoProblem & Pick<ConvexProgram, 'Y' | 'loss' | 'beta'>,
  limits: NetworkBoundLimits = {},
): NetworkBound {
  const cheap = cheapRhoBound(problem)
  const search = problem.A.cols <= MAX_RANK ? startSearch(problem, limits) : null
  const each = limits.maxCones ?? MAX_CONES
  const used = search && limits.from ? Math.floor(search.cones / each) : 0
  search?.run({ maxCones: (used + 1) * each, halt: limits.halt })
  const found = search?.upper ?? Infinity
  const { value, rhoRatio } = scaledDualPoint(problem, problem.V.data, Math.min(cheap, found))
  return {
    lowerBound: value,
    rhoRatio,
    method: found <= cheap ? 'branch and bound' : 'Cauchy–Schwarz',
    cones: search?.cones ?? 0,
    best: search?.best ?? null,
    bestRatio: (search?.lower ?? 0) / penaltyOf(problem),
    exhausted: search ? !search.done : false,
    open: search && !search.done ? search : null,
  }
}

/** The equality loss scales V up to the boundary too, so there every value of ρ is of interest. */
function startSearch(
  problem: RhoProblem & Pick<ConvexProgram, 'loss' | 'beta'>,
  { epsilon = EPSILON, candidates, memory, from }: NetworkBoundLimits,
): RhoSearch {
  const floor = problem.loss.id === 'equality' ? 0 : problem.beta
  return new RhoSearch(problem, { floor, epsilon, candidates, memory, from })
}
