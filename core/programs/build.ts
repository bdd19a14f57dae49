import { BidualError } from '../errors.ts'
import type { ArrangementSettings } from '../experiments/document.ts'
import type { NamedArrays, Problem, TrainedNetwork } from '../experiments/problem.ts'
import { LOSSES } from '../losses/index.ts'
import { convexApplies, type ConvexQuestion } from './applies.ts'
import type { Dictionary } from './dictionary.ts'
import { familyOf, type ProgramFamily } from './families/index.ts'
import { scalarProgram, type Block, type ConvexProgram } from './program.ts'

export interface BuiltProgram {
  program: ConvexProgram
  /** The network of the document's family that realises blocks of the program. */
  recover: (blocks: readonly Block[]) => TrainedNetwork
  /** The arrays that the cells are restored from. */
  cells: () => NamedArrays
  family: ProgramFamily
}

/**
 * The scalar-output program of a problem over the cells that the settings ask for.
 *
 * @param cones whether the cone constraints are enforced or dropped (gated)
 * @param seed of sampled cells
 * @throws BidualError unsupported, with the reason, where the program does not cover the problem; too-large when an
 * enumeration asked for exceeds its limit.
 */
export function buildProgram(
  problem: Problem,
  settings: ArrangementSettings,
  cones: boolean,
  seed: number,
): BuiltProgram {
  refuseUncovered(problem, { arrangements: settings })
  if (problem.Y.cols !== 1)
    throw new RangeError('A program of several outputs grows its blocks: see DirectionGrowth.')
  const family = familyOf(problem)
  const dictionary = family.dictionary(settings, seed)
  return {
    program: programOver(problem, dictionary, cones),
    recover: (blocks) => family.recover(dictionary, blocks),
    cells: () => family.arrays(dictionary),
    family,
  }
}

/** The scalar-output program of a problem over a given dictionary. */
export function programOver(
  { Y, loss, beta }: Pick<Problem, 'Y' | 'loss' | 'beta'>,
  dictionary: Dictionary,
  cones: boolean,
): ConvexProgram {
  return scalarProgram(dictionary, Y, LOSSES[loss], beta, cones)
}

/**
 * @throws BidualError unsupported or too-large, with the reason, where no convex program covers the problem
 */
export function refuseUncovered({ network, loss, summary }: Problem, question: ConvexQuestion): void {
  const answer = convexApplies(network, loss, summary, question)
  if (answer.applies) return
  const tooLarge = answer.hypotheses.every(({ name, holds }) => holds || name === 'cells within the limit')
  throw new BidualError(tooLarge ? 'too-large' : 'unsupported', answer.because)
}
