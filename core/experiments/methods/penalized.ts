import { labelClaim } from '../../certificates/label-bound.ts'
import { BidualError } from '../../errors.ts'
import { LOSSES } from '../../losses/index.ts'
import { MeasureRecorder } from '../../measures/recorder.ts'
import { PooledDictionary } from '../../programs/dictionaries/pooled.ts'
import { familyOf } from '../../programs/families/index.ts'
import { penalizedApplies } from '../../programs/penalized/applies.ts'
import { blocksOf, blocksPerCell, type PenalizedProgram } from '../../programs/penalized/program.ts'
import { trainPenalized, type PenalizedIterate } from '../../programs/penalized/train.ts'
import type { SettingsOf } from '../document.ts'
import type { MethodOutcome, Problem, RunMethod, TrainedNetwork } from '../problem.ts'
import type { StepMeasures } from '../result.ts'

/**
 * The convex program over sampled cells with its cone constraints as a penalty (THEORY 3.8), by proximal SGD or Adam on
 * batches: for data that the constrained program is too large for. The network returned has every block as a neuron; its
 * objective is what counts, and nothing is proved about it.
 *
 * @throws BidualError unsupported, with the reason
 */
export const runPenalized: RunMethod<'penalized'> = function* (problem, settings, context) {
  const { applies, because, hypotheses } = penalizedApplies(problem.network, problem.loss, problem.summary)
  if (!applies) throw new BidualError('unsupported', because)
  yield { iteration: 0, phase: 'arrangements' }
  const family = familyOf(problem)
  const program = penalizedProgram(problem, settings, family, context.dictionarySeed)
  const { status, epochs, best, learningRate } = yield* trainPenalized(
    program,
    settings,
    context,
    measuring(problem, settings, family, program),
  )
  const { dictionary } = program
  return {
    status,
    iterations: epochs,
    network: best && family.recover(dictionary, blocksOf(program, best.V)),
    claim: claimOf(problem),
    hypotheses,
    arrays: family.arrays(dictionary),
    details: {
      patterns: dictionary.count,
      'theoretical bound': Number.isFinite(dictionary.bound) ? dictionary.bound : null,
      'gate vectors drawn': dictionary.draws,
      ...violationDetails(best),
      'best epoch': best?.epoch ?? null,
      'final learning rate': learningRate,
    },
  }
}

/**
 * Measures the recovered network. Its neurons come and go with their blocks, so that they cannot be followed from their
 * start; it is at its largest when every block is a neuron.
 */
function measuring(
  problem: Problem,
  { epochs, batchSize }: SettingsOf<'penalized'>,
  family: ReturnType<typeof familyOf>,
  program: PenalizedProgram,
): (epoch: number, V: Float32Array) => StepMeasures | undefined {
  const { dictionary } = program
  const recovered = (V: Float32Array): TrainedNetwork => family.recover(dictionary, blocksOf(program, V))
  const each = blocksPerCell(program)
  const every = new Float32Array(dictionary.count * each * dictionary.size)
  family.seeds(dictionary).forEach((gate, cell) => {
    for (let k = 0; k < each; k++) every.set(gate, (cell * each + k) * dictionary.size)
  })
  const batches = batchSize === 'full' ? 1 : Math.ceil(problem.X.rows / batchSize)
  const schedule = { epochs, batches, precision: 'f32', follows: false } as const
  const recorder = new MeasureRecorder(problem, recovered(every), schedule)
  return (epoch, V) => (recorder.isDue(epoch) ? recorder.measure(recovered(V)) : undefined)
}

/** Nothing by the method itself; batch-normalised networks have a bound all the same. */
function claimOf(problem: Problem): MethodOutcome['claim'] {
  const bound = labelClaim(problem)
  return bound
    ? { ...bound, how: `${NOTHING_PROVED} ${bound.how}` }
    : { level: 'none', lowerBound: null, how: NOTHING_PROVED }
}

const NOTHING_PROVED =
  'Cone constraints were penalised, not enforced, and the program was solved by gradient steps: nothing is proved by it. The objective is that of the recovered network, an upper bound of the optimum.'

function penalizedProgram(
  { Y, loss, beta, network }: Problem,
  { arrangements: { count }, penalty }: SettingsOf<'penalized'>,
  family: ReturnType<typeof familyOf>,
  seed: number,
): PenalizedProgram {
  const dictionary = family.dictionary({ mode: 'sample', count, limit: count }, seed)
  if (!(dictionary instanceof PooledDictionary)) {
    throw new BidualError('unsupported', `The cells of ${network.family} networks are not patterns of rows.`)
  }
  return { dictionary, Y, loss: LOSSES[loss], beta, penalty }
}

function violationDetails(best: PenalizedIterate | null): Record<string, number | null> {
  return {
    'penalised value': best?.penalized ?? null,
    'sum of violations': best?.violation ?? null,
    'largest relative violation': best?.relativeViolation ?? null,
  }
}
