import { BidualError } from '../errors.ts'
import type { ConvexProgram } from '../programs/program.ts'
import { Anderson } from './anderson.ts'
import { Pricer } from './pricing.ts'
import {
  Incumbent,
  residualAtZero,
  type SolverProgress,
  type SolverResult,
  type SolverSettings,
} from './solver.ts'
import { Splitting } from './splitting.ts'

/** Iterations between two evaluations of the gap. */
const CHECK_EVERY = 20
/** ρ is balanced on plain steps up to this iteration; then it stays, and the map is accelerated. */
const BALANCE_UNTIL = 400
const REBALANCE = [2, 4, 8, 16, 32]
const MAX_ITERATIONS = 20_000
/** Differences that Anderson acceleration remembers. */
const MEMORY = 15
/** Doubles that the blocks, their faces and the n×n factor may take together (800 MB). */
const MEMORY_LIMIT = 1e8

/**
 * The alternating direction method of multipliers on the full program, no working sets: an independent second opinion
 * for programs of moderate size. Its fixed-point map (see Splitting) is Anderson-accelerated. Primal points lie in the
 * cones and dual points in the domain of ℓ* at every iteration; the gap is evaluated at these.
 *
 * @throws BidualError too-large when the blocks do not fit memory.
 */
export function* solveAdmm(
  program: ConvexProgram,
  { tolerance, stop }: SolverSettings,
): Generator<SolverProgress, SolverResult> {
  refuseLarge(program)
  const pricer = new Pricer(program)
  const incumbent = new Incumbent(program)
  const start = residualAtZero(program)
  incumbent.offerDual(start, pricer.price(start).rho)
  const splitting = new Splitting(program)
  const anderson = new Anderson(MEMORY)
  let x: Float64Array = new Float64Array(splitting.length)
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    if (iteration % CHECK_EVERY === 0) {
      if (incumbent.relativeGap <= tolerance) return incumbent.result('solved', iteration)
      yield { iteration, primal: incumbent.primal, dual: incumbent.dual }
    }
    const reason = stop(iteration)
    if (reason) return incumbent.result(reason, iteration)
    const next = splitting.apply(x)
    if ((iteration + 1) % CHECK_EVERY === 0) {
      incumbent.offerPrimal(splitting.solution())
      const V = splitting.dual(x)
      incumbent.offerDual(V, pricer.price(V).rho)
    }
    const factor = balances(iteration + 1) ? balance(splitting) : 1
    if (factor !== 1) anderson.forget()
    x =
      factor !== 1
        ? splitting.rescale(next, factor)
        : iteration < BALANCE_UNTIL
          ? next
          : anderson.next(x, next)
  }
  return incumbent.result('maxIterations', MAX_ITERATIONS)
}

/** ρ is balanced often at first, then ever more rarely. */
function balances(iteration: number): boolean {
  return iteration <= BALANCE_UNTIL
    ? iteration % CHECK_EVERY === 0
    : REBALANCE.includes(iteration / BALANCE_UNTIL)
}

/** Residual balancing (He, Yang & Wang 2000): the factor by which ρ should follow the larger residual. */
function balance({ residuals: { primal, dual } }: Splitting): number {
  return primal > 4 * dual ? 2 : dual > 4 * primal ? 0.5 : 1
}

function refuseLarge({ dictionary, blocks, Y }: ConvexProgram): void {
  const { size } = dictionary
  const [count, rows] = [blocks.count, Y.data.length]
  const entries = count * (2 * size ** 2 + 2 * MEMORY * size + Y.rows / 8) + 3 * rows ** 2
  if (entries <= MEMORY_LIMIT) return
  throw new BidualError(
    'too-large',
    `ADMM holds all ${count} blocks of ${size} weights and ${rows}×${rows} matrices at once, ` +
      `${(entries * 8e-9).toFixed(1)} GB: use the active-set solver, or fewer arrangements.`,
  )
}
