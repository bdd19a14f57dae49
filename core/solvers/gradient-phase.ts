import { engine } from '../kernels/engine.ts'
import { norm2 } from '../linalg/products.ts'
import type { ConvexProgram } from '../programs/program.ts'
import { GatedGradient } from './gated-gradient.ts'
import type { Pricer } from './pricing.ts'
import { residualAtZero, type Incumbent, type SolverProgress, type SolverSettings } from './solver.ts'

/** The phase pays where one n×n factorisation costs as much as this many gradient steps of one block. */
const FACTORIZATION_STEPS = 1000
/** And where there are so many samples that a step is more than its overhead. */
const LEAST_SAMPLES = 400
/** New blocks of a round at most. */
const WANTED = 20
/** All blocks are priced when the gap over the working set is below this share of the whole gap, or after so many steps. */
const PRICING_SHARE = 0.05
const PRICING_PATIENCE = 40
/** Over so many steps the gap has to halve: otherwise the program is too badly conditioned, and Newton's method takes over. */
const PATIENCE = 120

/** Whether gradient steps are worth a try: a gated relaxation of one output, smooth, with far more samples than features. */
export function suitsGradient({ dictionary, cones, loss, Y }: ConvexProgram): boolean {
  const { gates, rows, size } = dictionary
  if (cones || !gates || Y.cols > 1 || !Number.isFinite(loss.lipschitz)) return false
  return rows >= LEAST_SAMPLES && rows ** 2 >= 12 * size * FACTORIZATION_STEPS
}

/**
 * First phase of the active-set solver where {@link suitsGradient}: accelerated gradient steps on working sets, all
 * blocks priced now and then. Starts at the incumbent, leaves its best points there and returns the rounds done; whether
 * the program is solved is told by the gap of the incumbent. Ends early when it converges slowly or is told to stop.
 */
export function* gradientPhase(
  program: ConvexProgram,
  pricer: Pricer,
  incumbent: Incumbent,
  { tolerance, stop }: SolverSettings,
): Generator<SolverProgress, number> {
  const { gates } = program.dictionary
  if (!gates) return 0
  const arena = engine().arena()
  try {
    const gradient = new GatedGradient(program, gates, arena.adopt(gates.rows), firstCurvature(program))
    start(gradient, program, incumbent, pricer)
    let [steps, looked, before] = [0, 0, Infinity]
    for (let round = 0; ; round++) {
      if (incumbent.relativeGap <= tolerance) return round
      if (steps - looked >= PATIENCE) {
        if (incumbent.relativeGap > 0.5 * before) return round
        ;[looked, before] = [steps, incumbent.relativeGap]
      }
      yield { iteration: round, primal: incumbent.primal, dual: incumbent.dual }
      if (stop(round)) return round
      steps += descend(gradient, incumbent, tolerance, () => stop(round) !== null)
      incumbent.offerPrimal(gradient.solution())
      const prices = pricer.price(gradient.V, { wanted: WANTED })
      incumbent.offerDual(gradient.V, prices.rho)
      gradient.refresh()
      gradient.admit(prices.violators)
    }
  } finally {
    arena.free()
  }
}

/** A low guess of ‖B‖²: that of one block with all samples active, were its columns orthogonal, halved. */
function firstCurvature({ dictionary, loss }: ConvexProgram): number {
  const A = dictionary.gates?.rows
  const square = A ? norm2(A.data) ** 2 : 0
  return (loss.lipschitz * square) / (2 * dictionary.size) || 1
}

/** Blocks of the incumbent with their weights, and those with the highest prices. */
function start(gradient: GatedGradient, program: ConvexProgram, incumbent: Incumbent, pricer: Pricer): void {
  const { blocks } = program
  const weights = new Map(incumbent.blocks.map((b) => [blocks.find(b.cell, b.output), b.vector]))
  const V = incumbent.blocks.length > 0 ? incumbent.V : residualAtZero(program)
  const { violators } = pricer.price(V, { wanted: WANTED })
  gradient.admit(new Set([...weights.keys(), ...violators]), weights)
}

/** Steps until the working set is solved well enough to price all blocks; returns their number. */
function descend(
  gradient: GatedGradient,
  incumbent: Incumbent,
  tolerance: number,
  halt: () => boolean,
): number {
  for (let steps = 1; ; steps++) {
    gradient.step()
    const inner = gradient.objective() - incumbent.dualValue(gradient.V, gradient.rho)
    const whole = incumbent.primal - incumbent.dual
    if (inner <= Math.max(PRICING_SHARE * whole, 0.5 * tolerance * Math.abs(incumbent.primal))) return steps
    if (steps >= PRICING_PATIENCE || halt()) return steps
  }
}
