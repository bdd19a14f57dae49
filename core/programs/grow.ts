import type { StopReason } from '../experiments/problem.ts'
import { solveActiveSet, type WarmStart } from '../solvers/active-set.ts'
import { residualAtZero, type SolverProgress, type SolverResult } from '../solvers/solver.ts'
import type { Block, ConvexProgram } from './program.ts'

export interface GrowSettings {
  /** Relative gap of the program over the blocks found, and excess of ρ/β up to which a neuron counts as priced right. */
  readonly tolerance: number
  readonly stop: (iteration: number) => StopReason | null
}

export interface Grown {
  result: SolverResult
  /** The largest ‖Vᵀφ‖/β that the last search found: a lower bound of ρ/β. */
  rhoFound: number
  rounds: number
}

export interface GrowProgress extends SolverProgress {
  /** Blocks so far. */
  blocks: number
  /** Rounds of search so far. */
  rounds: number
}

/** First gap that the programs are solved to; each round asks for a tenth of the improvement that is left. */
const FIRST_TOLERANCE = 1e-2
const MAX_ROUNDS = 400

/**
 * The program over blocks that grow (THEORY 5a): neurons that the dual vector prices above β are looked for, their blocks
 * are added, and the program over all blocks so far is solved again from where it was, its cone constraints exact. Ends
 * when a thorough search finds none.
 *
 * The value is never above that of the program over the initial blocks.
 *
 * @param from a solution to start from: of fewer blocks, or for another β
 */
export function* growProgram(
  growth: Growth,
  { tolerance, stop }: GrowSettings,
  from?: SolverResult,
): Generator<GrowProgress, Grown> {
  let result = from ?? null
  let V = from?.V ?? residualAtZero(growth.program)
  let accuracy = Math.max(tolerance, FIRST_TOLERANCE)
  let iterations = 0
  for (let round = 0; ; round++) {
    const thorough = accuracy <= tolerance
    const found = growth.search(V, result?.blocks ?? [], round, thorough)
    const { rho } = found
    const isLast = found.added === 0 && thorough && round > 0
    if (isLast && result) return { result, rhoFound: rho, rounds: round }
    if (result) accuracy = Math.max(tolerance, Math.min(accuracy, 0.1 * Math.max(0, rho - 1)))
    if (found.added === 0) accuracy = Math.max(tolerance, 0.01 * accuracy)
    const run = solveActiveSet(
      growth.program,
      { tolerance: accuracy, stop: () => stop(iterations) },
      result ? warmStart(growth.program, result) : undefined,
    )
    let step = run.next()
    while (!step.done) {
      iterations++
      yield { ...step.value, iteration: iterations, blocks: growth.program.blocks.count, rounds: round }
      step = run.next()
    }
    result = { ...step.value, iterations }
    V = result.V
    if (stop(iterations) !== null || round >= MAX_ROUNDS) {
      const status = stop(iterations) ?? 'maxIterations'
      return { result: { ...result, status }, rhoFound: rho, rounds: round }
    }
  }
}

/** Blocks that a search found at a dual vector. */
export interface Found {
  /** The largest ‖Vᵀφ‖/β seen. */
  rho: number
  /** New blocks. */
  added: number
}

/** A program whose blocks grow, and the search that they come from. */
export interface Growth {
  readonly program: ConvexProgram
  /**
   * Looks for blocks priced above β at V and adds them.
   *
   * @param present blocks of the current solution; @param round of the growth, for the seed; @param thorough the last
   * look before the end
   */
  search(V: Float64Array, present: readonly Block[], round: number, thorough: boolean): Found
}

/** A solution as the start of the same program, or of one with more blocks or another β. */
export function warmStart({ blocks }: ConvexProgram, { blocks: solution, V }: SolverResult): WarmStart {
  return { V, blocks: solution.map((block) => ({ ...block, id: blocks.find(block.cell, block.output) })) }
}
