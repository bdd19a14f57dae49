/** What the convex program and its gated relaxation report alike. */
import { dualPoint } from '../../certificates/dual-point.ts'
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

/** `dual` [n]; `gates` P×r in the coordinates of the arranged matrix. */
export function programArrays({ arrangement }: ConvexProgram, { V }: SolverResult): NamedArrays {
  const { rows, cols, data } = arrangement.gates
  return { dual: { shape: [V.length], data: V }, gates: { shape: [rows, cols], data } }
}

export function programDetails(
  { arrangement }: ConvexProgram,
  { blocks }: SolverResult,
): Record<string, number> {
  return {
    patterns: arrangement.patterns.count,
    'theoretical bound': arrangement.bound,
    'gate vectors drawn': arrangement.draws,
    'active blocks': blocks.length,
  }
}
