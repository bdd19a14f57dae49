import type { StopReason } from '../experiments/problem.ts'
import type { RunStatus } from '../experiments/result.ts'
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
  /** Where the growth goes on when it is called again with this result. */
  point: GrowPoint
}

/** A place in a growth to go on from. */
export interface GrowPoint {
  round: number
  /** Gap that the program is solved to next. */
  accuracy: number
  /** The largest ρ/β that the search of this round has seen, where it is over; null when the round begins. */
  rho: number | null
  /** Of the program that was solved last, whatever stopped the growth after it. */
  status: RunStatus
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
 * @param at where a stopped growth goes on, with its blocks and `from` its result. Between rounds it goes on bit for bit as
 * if it had not been stopped; within one the program is solved on from the result.
 */
export function* growProgram(
  growth: Growth,
  { tolerance, stop }: GrowSettings,
  from?: SolverResult,
  at?: GrowPoint,
): Generator<GrowProgress, Grown> {
  let result = from ? { ...from, status: at?.status ?? from.status } : null
  let V = from?.V ?? residualAtZero(growth.program)
  let accuracy = at?.accuracy ?? Math.max(tolerance, FIRST_TOLERANCE)
  let searched = at?.rho ?? null
  let iterations = 0
  for (let round = at?.round ?? 0; ; round++) {
    let rho = searched
    if (rho === null) {
      const thorough = accuracy <= tolerance
      const found = growth.search(V, result?.blocks ?? [], round, thorough)
      rho = found.rho
      const isLast = found.added === 0 && thorough && round > 0
      if (isLast && result) {
        const point = { round, accuracy, rho: null, status: result.status }
        return { result: { ...result, iterations }, rhoFound: rho, rounds: round, point }
      }
      if (result) accuracy = Math.max(tolerance, Math.min(accuracy, 0.1 * Math.max(0, rho - 1)))
      if (found.added === 0) accuracy = Math.max(tolerance, 0.01 * accuracy)
    }
    searched = null
    let isWhole = true
    const run = solveActiveSet(
      growth.program,
      {
        tolerance: accuracy,
        stop() {
          const reason = stop(iterations)
          isWhole &&= reason === null
          return reason
        },
      },
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
    const reason = stop(iterations)
    if (reason !== null || round >= MAX_ROUNDS) {
      const { status } = result
      const next = isWhole ? { round: round + 1, rho: null } : { round, rho }
      const point = { ...next, accuracy, status }
      return { result: { ...result, status: reason ?? 'maxIterations' }, rhoFound: rho, rounds: round, point }
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
