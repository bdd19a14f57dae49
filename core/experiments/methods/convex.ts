import { networkBound, type NetworkBound } from '../../certificates/network-bound.ts'
import { buildProgram } from '../../programs/build.ts'
import { convexApplies } from '../../programs/applies.ts'
import { solveActiveSet } from '../../solvers/active-set.ts'
import { solveAdmm } from '../../solvers/admm.ts'
import { maxConeViolation } from '../../solvers/cone-violation.ts'
import type { Solver } from '../../solvers/solver.ts'
import type { SettingsOf } from '../document.ts'
import type { RunMethod } from '../problem.ts'
import { convexClaim } from './convex-claim.ts'
import { programArrays, programDetails, solve } from './convex-run.ts'

const SOLVERS: Readonly<Record<SettingsOf<'convex'>['solver'], Solver>> = {
  'active-set': solveActiveSet,
  admm: solveAdmm,
}

/**
 * The exact convex program (THEORY 3.1, 3.2) with its cone constraints enforced, solved to a certified relative gap.
 *
 * @throws BidualError unsupported or too-large, with the reason (see buildProgram).
 */
export const runConvex: RunMethod<'convex'> = function* (problem, settings, context) {
  yield { iteration: 0, phase: 'arrangements' }
  const built = buildProgram(problem, settings.arrangements, true, context.dictionarySeed)
  const { program } = built
  const result = yield* solve(SOLVERS[settings.solver], program, settings.tolerance, context)
  const { pooled } = built.family
  const searches = pooled && !program.dictionary.complete && context.stop(result.iterations) === null
  if (searches) yield { iteration: result.iterations, phase: 'bounding' }
  const bound = searches
    ? networkBound({ ...program, A: pooled.A }, result.V, () => context.stop(result.iterations) !== null)
    : null
  return {
    status: result.status,
    iterations: result.iterations,
    network: built.recover(result.blocks),
    program: { objective: result.primal, dual: result.dual },
    claim: convexClaim(program, result, bound),
    hypotheses: convexApplies(problem.network, problem.loss, problem.summary, settings.arrangements)
      .hypotheses,
    arrays: programArrays(built, result),
    details: {
      ...programDetails(program, result),
      'largest cone violation': maxConeViolation(program, result.blocks),
      ...boundDetails(bound),
    },
  }
}

function boundDetails(bound: NetworkBound | null): Record<string, number> {
  if (!bound) return {}
  const { lowerBound, rhoRatio, cones } = bound
  return {
    'network lower bound': lowerBound,
    'ρ/β over all neurons, at most': rhoRatio,
    'cones searched': cones,
  }
}
