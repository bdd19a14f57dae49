import { maxConeViolation } from '../../../solvers/cone-violation.ts'
import type { ProgramFamily } from '../../../programs/families/index.ts'
import type { SettingsOf } from '../../document.ts'
import type { MethodOutcome, MethodProgress, Problem, RunContext } from '../../problem.ts'
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
  const session = new CellsSession(problem, settings, context)
  const solved = yield* session.solve(problem.beta)
  return {
    ...outcomeOf(session.family, solved),
    arrays: programArrays(session.family, solved.program, solved.result),
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

function proofDetails(proof: Proof | null): Record<string, number | string> {
  if (!proof) return {}
  return {
    'network lower bound': proof.lowerBound,
    'ρ/β over all neurons, at most': proof.rhoRatio,
    'ρ bounded by': proof.method,
    'cones searched': proof.cones,
  }
}
