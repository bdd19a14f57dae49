/** The computing half of the method table, keyed like METHODS in catalog.ts. */
import type { MethodId, MethodSettings } from './document.ts'
import { runClosedForm } from './methods/closed-form.ts'
import { runConvex } from './methods/convex.ts'
import { runCuttingPlanes } from './methods/cutting-planes.ts'
import { runConvexRf } from './methods/convex-rf.ts'
import { runGated } from './methods/gated.ts'
import { runLeastSquares } from './methods/least-squares.ts'
import { runLowRank } from './methods/low-rank.ts'
import { runNtk } from './methods/ntk.ts'
import { runPath } from './methods/path.ts'
import { runPenalized } from './methods/penalized.ts'
import { runSgd } from './methods/sgd.ts'
import { runStacking } from './methods/stacking.ts'
import { runWhitenedGd } from './methods/whitened-gd.ts'
import type { MethodOutcome, MethodProgress, Problem, RunContext, RunMethod } from './problem.ts'

const RUNNERS: { [Id in MethodId]: RunMethod<Id> } = {
  convex: runConvex,
  path: runPath,
  gated: runGated,
  penalized: runPenalized,
  'low-rank': runLowRank,
  'cutting-planes': runCuttingPlanes,
  'closed-form': runClosedForm,
  sgd: runSgd,
  'whitened-gd': runWhitenedGd,
  'least-squares': runLeastSquares,
  'convex-rf': runConvexRf,
  stacking: runStacking,
  ntk: runNtk,
}

/** Start the method named by `settings.id`; nothing is computed before the first `next()`. */
export function startMethod(
  problem: Problem,
  settings: MethodSettings,
  context: RunContext,
): Generator<MethodProgress, MethodOutcome> {
  const run = RUNNERS[settings.id] as (
    problem: Problem,
    settings: MethodSettings,
    context: RunContext,
  ) => Generator<MethodProgress, MethodOutcome>
  return run(problem, settings, context)
}
