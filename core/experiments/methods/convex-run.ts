/** What the convex program and its gated relaxation report alike. */
import { dualPoint } from '../../certificates/dual-point.ts'
import type { BuiltProgram } from '../../programs/build.ts'
import type { ConvexProgram } from '../../programs/program.ts'
import type { Solver, SolverResult } from '../../solvers/solver.ts'
import type { MethodProgress, NamedArrays, RunContext } from '../problem.ts'

/**
 * Runs a solver and passes its progress on. The dual value is recomputed from scratch at the returned V, unless the run
 * was stopped: then the solver's own, feasible by the same pricing, is returned at once.
 */
export function* solve(
  solver: Solver,
  program: ConvexProgram,
  tolerance: number,
  { stop }: RunContext,
): Generator<MethodProgress, SolverResult> {
  const run = solver(program, { tolerance, stop })
  let step = run.next()
  while (!step.done) {
    const { iteration, primal, dual } = step.value
    yield { iteration, objective: primal, dual, phase: 'solving' }
    step = run.next()
  }
  if (stop(step.value.iterations) !== null) return step.value
  const { V, value } = dualPoint(program, step.value.V)
  return { ...step.value, V, dual: value }
}

/** `dual` n×K, and what the family exports of its cells. */
export function programArrays({ program: { Y }, cells }: BuiltProgram, { V }: SolverResult): NamedArrays {
  return { dual: { shape: Y.cols === 1 ? [V.length] : [Y.rows, Y.cols], data: V }, ...cells() }
}

export function programDetails(
  { dictionary }: ConvexProgram,
  { blocks }: SolverResult,
): Record<string, number> {
  return {
    patterns: dictionary.count,
    'theoretical bound': dictionary.bound,
    'gate vectors drawn': dictionary.draws,
    'active blocks': blocks.length,
  }
}
