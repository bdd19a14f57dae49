import { maxConeViolation } from '../../../solvers/cone-violation.ts'
import type { ProgramFamily } from '../../../programs/families/index.ts'
import type { SettingsOf } from '../../document.ts'
import type { MethodOutcome, MethodProgress, Problem, RunContext } from '../../problem.ts'
import { savedState, stateArrays, type ConvexState } from './checkpoint.ts'
import { convexClaim } from './claim.ts'
import type { Proof } from './proof.ts'
import { programArrays, programDetails } from './run.ts'
import { CellsSession, type SolvedCells } from './session.ts'

/** The programs over cells (THEORY 3.1–3.6): enumerated, sampled or grown, with one output or several. */
export function* runCells(
  problem: Problem,
  settings: SettingsOf<'convex'>,
  context: RunContext,
): Generator<MethodProgress, Omit<MethodOutcome, 'hypotheses'>> {
  yield { iteration: 0, phase: 'arrangements' }
  const from = savedState(problem, settings, context)
  const session = new CellsSession(problem, settings, context)
  const solved = yield* session.solve(problem.beta, from)
  const outcome = outcomeOf(session.family, solved)
  return {
    ...outcome,
    arrays: programArrays(session.family, solved.program, solved.result),
    ...(solved.open && { state: stateArrays(solved.open, problem, settings, context) }),
    details: { ...outcome.details, ...continuation(from, solved) },
  }
}

/** What a solved program comes to: the recovered network and the claim of its bound. */
export function outcomeOf(
  family: ProgramFamily,
  { program, result, rhoFound, rounds, proof }: SolvedCells,
): Omit<MethodOutcome, 'hypotheses' | 'arrays'> {
  return {
    status: result.status,
    iterations: result.iterations,
    network: Number.isFinite(result.primal) ? family.recover(program.dictionary, result.blocks) : null,
    program: { objective: result.primal, dual: result.dual },
    claim: convexClaim({ program, primal: result.primal, dual: result.dual, rhoFound }, proof),
    details: {
      ...programDetails(program, result),
      ...(rhoFound === null ? {} : { rounds, 'ρ/β found': rhoFound }),
      'largest cone violation': maxConeViolation(program, result.blocks),
      ...proofDetails(proof),
    },
  }
}

/** Where the run began, when not at the beginning, and what is left of its bound search. */
function continuation(
  from: ConvexState | null,
  { open, openCones }: SolvedCells,
): Record<string, number | string> {
  const isLost = openCones > 0 && open?.search === null
  return {
    ...(from && { 'continued from iteration': from.result.iterations }),
    ...(from?.best && { 'continued from bound': from.best.lowerBound }),
    ...(openCones > 0 && { 'cones left open': openCones }),
    ...(isLost && { 'bound search': 'too large to keep: continued, it begins anew and the bound stays' }),
  }
}

function proofDetails(proof: Proof | null): Record<string, number | string> {
  if (!proof) return {}
  return {
    'network lower bound': proof.lowerBound,
    'ρ/β over all neurons, at most': proof.rhoRatio,
    'ρ bounded by': proof.method,
    'cones searched': proof.cones,
  }
}
