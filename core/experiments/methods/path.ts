import { refuseUncovered } from '../../programs/build.ts'
import { convexApplies } from '../../programs/applies.ts'
import type { MethodOutcome, MethodProgress, PathStep, RunContext, RunMethod } from '../problem.ts'
import type { SettingsOf } from '../document.ts'
import { outcomeOf } from './convex/cells.ts'
import { programArrays } from './convex/run.ts'
import { CellsSession, type SolvedCells } from './convex/session.ts'

/**
 * The convex program along a path of β, from where the zero network is optimal down to the document's β: the cells are
 * shared, every point starts from the one before and is certified on its own.
 *
 * @throws BidualError unsupported or too-large, with the reason (see pathApplies)
 */
export const runPath: RunMethod<'path'> = function* (problem, settings, context) {
  const convex: SettingsOf<'convex'> = { ...settings, id: 'convex', solver: 'active-set' }
  refuseUncovered(problem, convex)
  yield { iteration: 0, phase: 'arrangements' }
  const session = new CellsSession(problem, convex, context)
  const largest = session.betaMax()
  const { steps, last } = yield* follow(session, betasFrom(largest, problem.beta, settings.points), context)
  const { hypotheses } = convexApplies(problem.network, problem.loss, problem.summary, convex)
  const outcome = outcomeOf(session.family, last)
  const reached = steps[steps.length - 1].beta
  return {
    ...outcome,
    ...(reached === problem.beta ? {} : before(reached, context.stop(last.result.iterations))),
    hypotheses,
    path: steps,
    arrays: programArrays(session.family, last.program, last.result),
    details: {
      ...outcome.details,
      β_max: largest,
      ...(reached === problem.beta ? {} : { 'β reached': reached }),
    },
  }
}

/**
 * A path stopped on its way: the program that was solved is that of another β, and so is its dual point. Larger β have
 * larger optima, so that its bound says nothing at the document's.
 */
function before(
  reached: number,
  reason: ReturnType<RunContext['stop']>,
): Pick<MethodOutcome, 'program' | 'claim'> & Partial<Pick<MethodOutcome, 'status'>> {
  return {
    ...(reason ? { status: reason } : {}),
    program: undefined,
    claim: {
      level: 'none',
      lowerBound: null,
      how: `The path was stopped at β = ${reached.toPrecision(4)}, before the document's: the network is that of the last point, and what is proved there is said there.`,
    },
  }
}

/** From β_max to β in equal ratios; β alone when it is not below. */
function betasFrom(largest: number, beta: number, points: number): number[] {
  if (beta >= largest || points === 1) return [beta]
  const ratio = (beta / largest) ** (1 / (points - 1))
  return Array.from({ length: points }, (_, k) => (k === points - 1 ? beta : largest * ratio ** k))
}

function* follow(
  session: CellsSession,
  betas: readonly number[],
  { clock, stop }: RunContext,
): Generator<MethodProgress, { steps: PathStep[]; last: SolvedCells }> {
  const steps: PathStep[] = []
  for (let k = 0; ; k++) {
    const solved = yield* withFraction(session.solve(betas[k]), k, betas.length)
    steps.push(stepOf(session, betas[k], solved, clock()))
    if (k === betas.length - 1 || stop(solved.result.iterations) !== null) return { steps, last: solved }
  }
}

/** Objectives of different β are not one history: only the share of the work is passed on. */
function* withFraction(
  run: Generator<MethodProgress, SolvedCells>,
  done: number,
  total: number,
): Generator<MethodProgress, SolvedCells> {
  let step = run.next()
  while (!step.done) {
    const { iteration } = step.value
    yield { iteration, fraction: done / total, phase: `β ${done + 1} of ${total}` }
    step = run.next()
  }
  return step.value
}

function stepOf({ family }: CellsSession, beta: number, solved: SolvedCells, seconds: number): PathStep {
  const { status, network, claim }: Pick<MethodOutcome, 'status' | 'network' | 'claim'> = outcomeOf(
    family,
    solved,
  )
  return { beta, status, network, claim, seconds }
}
