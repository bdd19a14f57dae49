import { solveLinear } from '../../../programs/linear/index.ts'
import type { SettingsOf } from '../../document.ts'
import type { MethodOutcome, MethodProgress, Problem, RunContext } from '../../problem.ts'

/** Deep linear networks (THEORY 3.7): a program in the product of the layers. */
export function* runLinear(
  problem: Problem,
  { solver, tolerance }: SettingsOf<'convex'>,
  { stop }: RunContext,
): Generator<MethodProgress, Omit<MethodOutcome, 'hypotheses'>> {
  const run = solveLinear(problem, { solver, tolerance, stop })
  let step = run.next()
  while (!step.done) {
    const { iteration, primal, dual } = step.value
    yield { iteration, objective: Number.isFinite(primal) ? primal : undefined, dual, phase: 'solving' }
    step = run.next()
  }
  const { status, iterations, W, V, objective, dual, lowerBound, level, how, network } = step.value
  return {
    status,
    iterations,
    network,
    program: { objective, dual },
    claim: { level, lowerBound, how },
    arrays: {
      product: { shape: [W.rows, W.cols], data: W.data },
      ...(V ? { dual: { shape: [V.rows, V.cols], data: V.data } } : {}),
    },
  }
}
