import { formatCount } from '../../export/format.ts'
import { BidualError } from '../../errors.ts'
import { LOSSES } from '../../losses/index.ts'
import { gatedApplies } from '../../programs/applies.ts'
import { priceDirections } from '../../programs/cell-oracle.ts'
import { decomposeGated } from '../../programs/decompose.ts'
import { familyOf } from '../../programs/families/index.ts'
import { DirectionGrowth } from '../../programs/growth.ts'
import { scalarProgram, type ConvexProgram } from '../../programs/program.ts'
import { scaledDualPoint } from '../../certificates/scaling.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { solveActiveSet } from '../../solvers/active-set.ts'
import { penaltyOf } from '../../solvers/penalty.ts'
import type { SolverResult } from '../../solvers/solver.ts'
import type { Dictionary } from '../../programs/dictionary.ts'
import type { MethodOutcome, MethodProgress, Problem, RunContext, RunMethod } from '../problem.ts'
import { grow, programArrays, programDetails, solve } from './convex/run.ts'

/**
 * The gated ReLU relaxation: THEORY 3.1, 3.2, 3.5 without the cone constraints, a group lasso; with several outputs, where
 * a cell's weights are a matrix, the penalty is its nuclear norm (3.3).
 *
 * Its value is a lower bound of the program with the same dictionary. The network returned is a real ReLU network
 * with the same predictions: every block is split into two neurons of its cone, which cost more than the block, so
 * the network's objective lies above the program's.
 *
 * @throws BidualError unsupported or too-large, with the reason (see gatedApplies).
 */
export const runGated: RunMethod<'gated'> = function* (problem, settings, context) {
  const { network, loss, summary } = problem
  const { applies, because, hypotheses } = gatedApplies(network, loss, summary, settings.arrangements)
  if (!applies) throw new BidualError('unsupported', because)
  yield { iteration: 0, phase: 'arrangements' }
  const family = familyOf(problem)
  const dictionary = family.dictionary(settings.arrangements, context.dictionarySeed)
  const { program, result } = yield* solveGated(problem, dictionary, settings.tolerance, context)
  const neurons = result.blocks.flatMap((block) => decomposeGated(program, block))
  return {
    status: result.status,
    iterations: result.iterations,
    network: family.recover(dictionary, neurons),
    program: { objective: result.primal, dual: result.dual },
    claim: gatedClaim(dictionary, result),
    hypotheses,
    arrays: programArrays(family, program, result),
    details: programDetails(program, result),
  }
}

function* solveGated(
  { Y, loss, beta }: Problem,
  dictionary: Dictionary,
  tolerance: number,
  context: RunContext,
): Generator<MethodProgress, { program: ConvexProgram; result: SolverResult }> {
  if (Y.cols === 1) {
    const program = scalarProgram(dictionary, Y, LOSSES[loss], beta, false)
    return { program, result: yield* solve(solveActiveSet, program, tolerance, context) }
  }
  const growth = new DirectionGrowth({ Y, loss: LOSSES[loss], beta }, dictionary, false)
  const { result } = yield* grow(growth, tolerance, context)
  return { program: growth.program, result: overAllDirections(growth.program, result) }
}

/** The dual point scaled to be feasible for every output direction: σ_max(VᵀB_i) ≤ β. */
function overAllDirections(program: ConvexProgram, result: SolverResult): SolverResult {
  const { Y, dictionary } = program
  const { upper } = priceDirections(
    dictionary,
    new Matrix(Y.rows, Y.cols, result.V),
    penaltyOf(program),
    false,
  )
  const { V, value } = scaledDualPoint(program, result.V, upper)
  return { ...result, V, dual: value }
}

/** The relaxation bounds the network when it has every cell: fewer constraints, same objective. */
function gatedClaim({ complete, count }: Dictionary, { dual }: SolverResult): MethodOutcome['claim'] {
  const cells = formatCount(count)
  return complete
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
