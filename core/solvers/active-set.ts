import type { ConvexProgram } from '../programs/program.ts'
import { AugmentedLagrangian } from './augmented-lagrangian.ts'
import type { ConeProjector } from './cone-projector.ts'
import { Pricer, type Prices } from './pricing.ts'
import {
  Incumbent,
  residualAtZero,
  type SolverProgress,
  type SolverResult,
  type SolverSettings,
} from './solver.ts'

/** Newton steps of one proximal subproblem at most. */
const NEWTON_STEPS = 15
/** Outer iterations that a zero block stays in the working set. */
const IDLE_ITERATIONS = 3
/** Cone projections of one pricing round while the gap is still large. */
const PRICING_BUDGET = 60
const MAX_ITERATIONS = 300

/**
 * Working sets of blocks, each proximal subproblem solved by a semismooth Newton method in the dual variable, all
 * blocks priced exactly by cone projections (THEORY 5b). Stops on the gap between the best feasible primal point and
 * the best dual point, the latter scaled so that ρ ≤ β holds over the whole dictionary.
 */
export function* solveActiveSet(
  program: ConvexProgram,
  { tolerance, stop }: SolverSettings,
): Generator<SolverProgress, SolverResult> {
  const pricer = new Pricer(program)
  const incumbent = new Incumbent(program)
  const start = residualAtZero(program)
  const first = pricer.price(start)
  incumbent.offerDual(start, first.rho)
  const sigma = incumbent.primal / (20 * program.beta ** 2)
  const lagrangian = new AugmentedLagrangian(program, pricer.norms, incumbent.V, sigma, 1)
  admit(lagrangian, first)
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    if (incumbent.relativeGap <= tolerance) return incumbent.result('solved', iteration)
    yield { iteration, primal: incumbent.primal, dual: incumbent.dual }
    const reason = stop(iteration)
    if (reason) return incumbent.result(reason, iteration)
    const steps = solveSubproblem(lagrangian, incumbent.relativeGap)
    const prices = certify(lagrangian, pricer, incumbent)
    lagrangian.recenter()
    lagrangian.prune(IDLE_ITERATIONS)
    admit(lagrangian, prices)
    adaptSteps(lagrangian, steps)
  }
  return incumbent.result('maxIterations', MAX_ITERATIONS)
}

/** Newton steps until the subproblem is solved well enough for its outer iteration; returns their number. */
function solveSubproblem(lagrangian: AugmentedLagrangian, gap: number): number {
  let psi = lagrangian.evaluate(lagrangian.V)
  const first = lagrangian.residual()
  const enough = Math.max(1e-12, Math.min(1e-2 * first, 1e-2 * gap))
  for (let step = 0; step < NEWTON_STEPS; step++) {
    if (lagrangian.residual() <= enough) return step
    const next = lagrangian.step(psi)
    if (next === null) return step
    psi = next
  }
  return NEWTON_STEPS
}

/** Offers the current point and its dual candidate to the incumbent. */
function certify(lagrangian: AugmentedLagrangian, pricer: Pricer, incumbent: Incumbent): Prices {
  incumbent.offerPrimal(lagrangian.solution())
  const projectors = new Map<number, ConeProjector>()
  for (const [id, block] of lagrangian.blocks) if (block.projector) projectors.set(id, block.projector)
  const candidate = lagrangian.dualCandidate()
  const budget = incumbent.relativeGap > 1e-2 ? PRICING_BUDGET : Infinity
  const prices = pricer.price(candidate, budget, projectors)
  incumbent.offerDual(candidate, prices.rho)
  return prices
}

/** Adds the most violated blocks, at most as many as are there and at least ten. */
function admit(lagrangian: AugmentedLagrangian, { violators }: Prices): void {
  const fresh = violators.filter((block) => !lagrangian.blocks.has(block))
  for (const block of fresh.slice(0, Math.max(10, lagrangian.blocks.size))) lagrangian.add(block)
}

/** Longer proximal steps while subproblems are easy, shorter ones when Newton struggles. */
function adaptSteps(lagrangian: AugmentedLagrangian, steps: number): void {
  const factor = steps <= 5 ? 3 : steps < NEWTON_STEPS ? 1.5 : 0.5
  lagrangian.sigma *= factor
  lagrangian.tau = Math.min(1e4, lagrangian.tau * factor)
}
