import { buildArrangement, type Arrangement } from '../arrangements/arrangement.ts'
import { BidualError } from '../errors.ts'
import type { ArrangementSettings } from '../experiments/document.ts'
import type { Problem } from '../experiments/problem.ts'
import { LOSSES } from '../losses/index.ts'
import { convexApplies } from './applies.ts'
import { arrangedMatrix, type ArrangedMatrix } from './arranged.ts'
import type { ConvexProgram } from './program.ts'

export interface BuiltProgram {
  program: ConvexProgram
  arranged: ArrangedMatrix
}

/**
 * The program of a problem over the arrangements that the settings ask for.
 *
 * @param cones whether the cone constraints are enforced (3.1, 3.2) or dropped (gated)
 * @param seed of sampled arrangements
 * @throws BidualError unsupported, with the reason, where the program does not cover the problem; too-large when an
 * enumeration asked for exceeds its limit.
 */
export function buildProgram(
  problem: Problem,
  settings: ArrangementSettings,
  cones: boolean,
  seed: number,
): BuiltProgram {
  refuseUncovered(problem, settings)
  const arranged = arrangedMatrix(problem)
  return {
    arranged,
    program: programOver(problem, arranged, buildArrangement(arranged.A, settings, seed), cones),
  }
}

/** The program of a problem over a given dictionary of its arranged matrix. */
export function programOver(
  { Y, loss, beta }: Pick<Problem, 'Y' | 'loss' | 'beta'>,
  { A }: ArrangedMatrix,
  arrangement: Arrangement,
  cones: boolean,
): ConvexProgram {
  return { A, Y, loss: LOSSES[loss], beta, arrangement, cones }
}

function refuseUncovered({ network, loss, summary }: Problem, settings: ArrangementSettings): void {
  const answer = convexApplies(network, loss, summary, settings)
  if (answer.applies) return
  const tooLarge = answer.hypotheses.every(({ name, holds }) => holds || name === 'cells within the limit')
  throw new BidualError(tooLarge ? 'too-large' : 'unsupported', answer.because)
}
