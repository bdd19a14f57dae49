import { convexApplies } from '../../programs/applies.ts'
import { refuseUncovered } from '../../programs/build.ts'
import type { FamilyId, SettingsOf } from '../document.ts'
import type { MethodOutcome, MethodProgress, Problem, RunContext, RunMethod } from '../problem.ts'
import { runAtoms } from './convex/atoms.ts'
import { runCells } from './convex/cells.ts'
import { runLinear } from './convex/linear.ts'

type Route = (
  problem: Problem,
  settings: SettingsOf<'convex'>,
  context: RunContext,
) => Generator<MethodProgress, Omit<MethodOutcome, 'hypotheses'>>

/** Families whose program is not over cells. */
const ROUTES: Partial<Record<FamilyId, Route>> = { linear: runLinear, 'relu-bias': runAtoms }

/**
 * The exact convex program of the document's network (THEORY §3) with its cone constraints enforced, solved to a
 * certified relative gap.
 *
 * @throws BidualError unsupported or too-large, with the reason (see convexApplies).
 */
export const runConvex: RunMethod<'convex'> = function* (problem, settings, context) {
  refuseUncovered(problem, settings)
  const outcome = yield* (ROUTES[problem.network.family] ?? runCells)(problem, settings, context)
  const { hypotheses } = convexApplies(problem.network, problem.loss, problem.summary, settings)
  return { ...outcome, hypotheses }
}
