import { formatCount } from '../../arrangements/count.ts'
import { buildProgram } from '../../programs/build.ts'
import { convexApplies } from '../../programs/applies.ts'
import { decomposeGated } from '../../programs/decompose.ts'
import type { ConvexProgram } from '../../programs/program.ts'
import { solveActiveSet } from '../../solvers/active-set.ts'
import type { SolverResult } from '../../solvers/solver.ts'
import type { MethodOutcome, RunMethod } from '../problem.ts'
import { programArrays, programDetails, solve } from './convex-run.ts'

/**
 * The gated ReLU relaxation: THEORY 3.1 or 3.2 without the cone constraints, a group lasso.
 *
 * Its value is a lower bound of the program with the same dictionary. The network returned is a real ReLU network
 * with the same predictions: every block is split into two neurons of its cone, which cost more than the block, so
 * the network's objective lies above the program's.
 *
 * @throws BidualError unsupported or too-large, with the reason (see buildProgram).
 */
export const runGated: RunMethod<'gated'> = function* (problem, settings, context) {
  yield { iteration: 0, phase: 'arrangements' }
  const built = buildProgram(problem, settings.arrangements, false, context.dictionarySeed)
  const { program } = built
  const result = yield* solve(solveActiveSet, program, settings.tolerance, context)
  const neurons = result.blocks.flatMap((block) => decomposeGated(program, block))
  return {
    status: result.status,
    iterations: result.iterations,
    network: built.recover(neurons),
    program: { objective: result.primal, dual: result.dual },
    claim: gatedClaim(program, result),
    hypotheses: convexApplies(problem.network, problem.loss, problem.summary, settings.arrangements)
      .hypotheses,
    arrays: programArrays(built, result),
    details: programDetails(program, result),
  }
}

/** The relaxation bounds the network when it has every cell: fewer constraints, same objective. */
function gatedClaim({ dictionary }: ConvexProgram, { dual }: SolverResult): MethodOutcome['claim'] {
  const cells = formatCount(dictionary.count)
  return dictionary.complete
    ? {
        level: 'bound',
        lowerBound: dual,
        how: `Gated relaxation over all ${cells} cells: below every network.`,
      }
    : {
        level: 'dictionary',
        lowerBound: dual,
        how: `Gated relaxation over ${cells} sampled patterns: below every network with these patterns only.`,
      }
}
