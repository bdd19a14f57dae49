import { norm2 } from '../linalg/products.ts'
import type { Block, ConvexProgram } from '../programs/program.ts'
import { AugmentedLagrangian } from './augmented-lagrangian.ts'
import { gradientPhase, suitsGradient } from './gradient-phase.ts'
import { penaltyOf } from './penalty.ts'
import { Pricer } from './pricing.ts'
import { Screening } from './screening.ts'
import { StallDetector } from './stall.ts'
import {
  Incumbent,
  programPredictions,
  residualAtZero,
  type SolverProgress,
  type SolverResult,
  type SolverSettings,
} from './solver.ts'

/** Newton steps of one proximal subproblem at most. */
const NEWTON_STEPS = 15
/** Outer iterations that a zero block stays in the working set. */
const IDLE_ITERATIONS = 3
/** Violated blocks that one pricing round looks for. */
const WANTED = 20
/** All blocks are priced when the gap over the working set alone is below this share of the whole gap. */
const PRICING_SHARE = 0.2
/** They are priced anyway after that many outer iterations: a working set without the right blocks is slow to solve. */
const PRICING_PATIENCE = 4
/** Outer iterations without a visibly smaller gap after which the solver gives up. */
const STALL_ITERATIONS = 25
const MAX_ITERATIONS = 500
/** Up to where τ grows. Where a small β leaves predictions far out, the loss is nearly flat there: shorter steps stall. */
const LONGEST_TAU = 1e10
/** Cells whose size stands for that of all. */
const TYPICAL_CELLS = 8

/** A point to start from: blocks of the program by their numbers, and a dual vector. */
export interface WarmStart {
  readonly blocks: readonly (Block & { readonly id: number })[]
  /** n×K in the domain of ℓ*(−·). */
  readonly V: Float64Array
}

/**
 * Working sets of blocks, each proximal subproblem solved by a semismooth Newton method in the dual variable, all
 * blocks priced exactly by cone projections (THEORY 5b). Stops on the gap between the best feasible primal point and
 * the best dual point, the latter scaled so that ρ ≤ β holds over the whole dictionary.
 */
export function* solveActiveSet(
  program: ConvexProgram,
  settings: SolverSettings,
  warm?: WarmStart,
): Generator<SolverProgress, SolverResult> {
  const { tolerance, stop } = settings
  const pricer = new Pricer(program)
  const screening = new Screening(program, pricer)
  const incumbent = new Incumbent(program)
  const start = warm?.V ?? residualAtZero(program)
  const first = pricer.price(start, { wanted: WANTED })
  incumbent.offerDual(start, first.rho)
  if (warm) incumbent.offerPrimal([...warm.blocks])
  let done = 0
  if (suitsGradient(program)) {
    done = yield* gradientPhase(program, pricer, incumbent, settings)
    if (incumbent.relativeGap <= tolerance) return incumbent.result('solved', done)
    warm = incumbentStart(program, incumbent)
  }
  const size = typicalSquare(program)
  const lagrangian = new AugmentedLagrangian(program, incumbent.V, firstStep(program, incumbent, size), 1)
  if (warm) resume(lagrangian, program, warm)
  admit(lagrangian, first.violators)
  let unpriced = 0
  const progress = new StallDetector(STALL_ITERATIONS)
  for (let iteration = done; iteration < MAX_ITERATIONS; iteration++) {
    const gap = incumbent.relativeGap
    if (gap <= tolerance) return incumbent.result('solved', iteration)
    if (Number.isFinite(gap) && progress.stalled(gap))
      return incumbent.result(gap <= 100 * tolerance ? 'almostSolved' : 'stalled', iteration)
    yield { iteration, primal: incumbent.primal, dual: incumbent.dual }
    const reason = stop(iteration)
    if (reason) return incumbent.result(reason, iteration)
    const halt = () => stop(iteration) !== null
    const { steps, solved } = solveSubproblem(lagrangian, gap, size, halt)
    const violators = certify(lagrangian, pricer, screening, incumbent, halt, ++unpriced >= PRICING_PATIENCE)
    if (violators) unpriced = 0
    if (solved) {
      lagrangian.recenter()
      lagrangian.prune(IDLE_ITERATIONS)
    }
    admit(lagrangian, violators ?? [])
    adaptSteps(lagrangian, solved ? steps : Infinity)
  }
  return incumbent.result('maxIterations', MAX_ITERATIONS)
}

/** The best points so far as a start. */
function incumbentStart({ blocks: list }: ConvexProgram, { blocks, V }: Incumbent): WarmStart {
  return { V, blocks: blocks.map((block) => ({ ...block, id: list.find(block.cell, block.output) })) }
}

function resume(lagrangian: AugmentedLagrangian, program: ConvexProgram, { blocks }: WarmStart): void {
  for (const { id, vector } of blocks) lagrangian.add(id, vector)
  lagrangian.centerAt(programPredictions(program, blocks))
}

/** Mean over some cells of ‖B_i‖²_F, by the images of the unit vectors. */
function typicalSquare({ dictionary }: ConvexProgram): number {
  const { count, size } = dictionary
  const looked = Math.min(count, TYPICAL_CELLS)
  if (looked === 0 || size === 0) return 1
  const identity = new Float64Array(size * size)
  for (let c = 0; c < size; c++) identity[c * (size + 1)] = 1
  const cells = Array.from({ length: looked }, (_, k) => Math.floor((k * count) / looked))
  const images = dictionary.images(cells.map((cell) => ({ cell, directions: identity })))
  return (2 * norm2(images.data) ** 2) / looked || 1
}

/** σ of the first subproblem: a few times the inverse of a typical squared singular value of B, less for large β. */
function firstStep(program: ConvexProgram, { primal }: Incumbent, square: number): number {
  const longest = (5 * program.dictionary.size) / square
  return Number.isFinite(primal) ? Math.min(primal / (20 * penaltyOf(program) ** 2), longest) : longest
}

/** Newton steps until the subproblem is solved well enough for its outer iteration. */
function solveSubproblem(
  lagrangian: AugmentedLagrangian,
  gap: number,
  square: number,
  halt: () => boolean,
): { steps: number; solved: boolean } {
  let psi = lagrangian.evaluate(lagrangian.V)
  const first = lagrangian.residual()
  const wanted = (Number.isFinite(gap) ? 0.1 : 0.01) * Math.min(first, gap * (1 + norm2(lagrangian.F.data)))
  const enough = Math.max(lagrangian.noise(square), wanted)
  for (let steps = 0; steps < NEWTON_STEPS; steps++) {
    if (lagrangian.residual() <= enough) return { steps, solved: true }
    const next = halt() ? null : lagrangian.step(psi)
    if (next === null) return { steps, solved: false }
    psi = next
  }
  return { steps: NEWTON_STEPS, solved: lagrangian.residual() <= enough }
}

/**
 * Offers the current point and its dual candidate to the incumbent. Pricing all blocks costs more than a Newton step:
 * it waits until the working set itself is nearly solved, or until it is `due`.
 *
 * @returns violated blocks, null when nothing was priced.
 */
function certify(
  lagrangian: AugmentedLagrangian,
  pricer: Pricer,
  screening: Screening,
  incumbent: Incumbent,
  halt: () => boolean,
  due: boolean,
): number[] | null {
  incumbent.offerPrimal(lagrangian.solution())
  const candidate = lagrangian.dualCandidate()
  const working = lagrangian.blocks
  const inner = incumbent.primal - incumbent.dualValue(candidate, pricer.priceSome(candidate, working))
  if (!due && inner > PRICING_SHARE * (incumbent.primal - incumbent.dual)) return null
  const prices = pricer.price(candidate, { wanted: WANTED, working, halt })
  incumbent.offerDual(candidate, prices.rho)
  screening.at(candidate, prices, incumbent)
  return prices.violators
}

/** Adds the most violated blocks. */
function admit(lagrangian: AugmentedLagrangian, violators: readonly number[]): void {
  const fresh = violators.filter((block) => !lagrangian.blocks.has(block))
  for (const block of fresh.slice(0, WANTED)) lagrangian.add(block)
}

/** Longer proximal steps while subproblems are easy, shorter ones when Newton fails. */
function adaptSteps(lagrangian: AugmentedLagrangian, steps: number): void {
  const factor = steps <= 5 ? 3 : steps <= NEWTON_STEPS ? 1.5 : 0.2
  lagrangian.sigma *= factor
  lagrangian.tau = Math.min(LONGEST_TAU, lagrangian.tau * factor)
}
