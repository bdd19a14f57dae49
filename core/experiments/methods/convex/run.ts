/** What the convex program and its gated relaxation report alike. */
import { dualPoint } from '../../../certificates/dual-point.ts'
import type { ProgramFamily } from '../../../programs/families/index.ts'
import type { ConvexProgram } from '../../../programs/program.ts'
import { growProgram, type Grown, type GrowPoint, type Growth } from '../../../programs/grow.ts'
import type { WarmStart } from '../../../solvers/active-set.ts'
import type { SolverProgress, SolverResult, SolverSettings } from '../../../solvers/solver.ts'
import type { MethodProgress, NamedArrays, RunContext } from '../../problem.ts'

type AnySolver = (
  program: ConvexProgram,
  settings: SolverSettings,
  warm?: WarmStart,
) => Generator<SolverProgress, SolverResult>

/**
 * Runs a solver and passes its progress on. The dual value is recomputed from scratch at the returned V, unless the run
 * was stopped: then the solver's own, feasible by the same pricing, is returned at once.
 *
 * @param done iterations that led to the start
 */
export function* solve(
  solver: AnySolver,
  program: ConvexProgram,
  tolerance: number,
  { stop }: RunContext,
  warm?: WarmStart,
  done = 0,
): Generator<MethodProgress, SolverResult> {
  const run = solver(program, { tolerance, stop: (k) => stop(done + k) }, warm)
  let step = run.next()
  while (!step.done) {
    yield progressOf({ ...step.value, iteration: done + step.value.iteration }, 'solving')
    step = run.next()
  }
  const result = { ...step.value, iterations: done + step.value.iterations }
  return stop(result.iterations) === null ? recomputed(program, result) : result
}

/** Grows a program to its end and passes the progress on. */
export function* grow(
  growth: Growth,
  tolerance: number,
  { stop }: RunContext,
  from?: SolverResult,
  at?: GrowPoint,
): Generator<MethodProgress, Grown> {
  const done = from?.iterations ?? 0
  const run = growProgram(growth, { tolerance, stop: (k) => stop(done + k) }, from, at)
  let step = run.next()
  while (!step.done) {
    const { rounds, blocks, iteration } = step.value
    const phase = `round ${rounds}: ${blocks} blocks`
    // The dual is feasible for the blocks so far only: until the growth has ended it bounds nothing.
    yield { ...progressOf({ ...step.value, iteration: done + iteration }, phase), dual: undefined }
    step = run.next()
  }
  const { result } = step.value
  return { ...step.value, result: { ...result, iterations: done + result.iterations } }
}

function progressOf({ iteration, primal, dual }: SolverProgress, phase: string): MethodProgress {
  const objective = Number.isFinite(primal) ? primal : undefined
  return { iteration, objective, dual, phase }
}

/** The dual point priced afresh over all blocks of the program. */
export function recomputed(program: ConvexProgram, result: SolverResult): SolverResult {
  const { V, value } = dualPoint(program, result.V)
  return { ...result, V, dual: value }
}

/** `dual` n×K, and what the family exports of its cells. */
export function programArrays(
  family: ProgramFamily,
  { dictionary, Y }: ConvexProgram,
  { V }: SolverResult,
): NamedArrays {
  return {
    dual: { shape: Y.cols === 1 ? [V.length] : [Y.rows, Y.cols], data: V },
    ...family.arrays(dictionary),
  }
}

export function programDetails(
  { dictionary }: ConvexProgram,
  { blocks }: SolverResult,
): Record<string, number | null> {
  return {
    patterns: dictionary.count,
    // Null where it is more than a double can hold.
    'theoretical bound': Number.isFinite(dictionary.bound) ? dictionary.bound : null,
    'gate vectors drawn': dictionary.draws,
    'active blocks': blocks.length,
  }
}
