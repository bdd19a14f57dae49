import { spectrumOf } from '../../data/spectrum.ts'
import { BidualError } from '../../errors.ts'
import type { Matrix } from '../../linalg/matrix.ts'
import { objective, score, stackedModel, stageFeatures } from '../../networks/index.ts'
import { deriveSeed } from '../../random/index.ts'
import { stackingApplies } from '../../stacking/applies.ts'
import { certify } from '../certify.ts'
import { METHOD_SCHEMAS, type SettingsOf } from '../document.ts'
import type {
  MethodOutcome,
  MethodProgress,
  Problem,
  RunContext,
  RunMethod,
  TrainedNetwork,
} from '../problem.ts'
import { runConvex } from './convex.ts'
import { runPenalized } from './penalized.ts'

/**
 * Layerwise stacking (Ergen & Pilanci 2023, Fig. 6): the program of the document's network, then the same program on the
 * hidden responses of the stage before, and so on. Every stage has the certificate of its own program; the deep network
 * that they make is another model than the document's.
 *
 * @throws BidualError unsupported, with the reason
 */
export const runStacking: RunMethod<'stacking'> = function* (problem, settings, context) {
  const { applies, because, hypotheses } = stackingApplies(
    problem.network,
    problem.loss,
    problem.summary,
    settings,
  )
  if (!applies) throw new BidualError('unsupported', because)
  const stages: TrainedNetwork[] = []
  const details: Record<string, number | string | null> = {}
  let [current, status, iterations, claim] = [problem, 'solved' as MethodOutcome['status'], 0, CLAIM]
  for (let s = 0; s < settings.stages; s++) {
    const outcome = yield* runStage(current, s, settings, stageContext(context, s, iterations))
    status = outcome.status
    iterations += outcome.iterations
    if (!outcome.network) {
      if (s === 0) claim = outcome.claim
      break
    }
    stages.push(outcome.network)
    Object.assign(details, stageDetails(current, outcome.network, outcome, s))
    if (context.stop(iterations) || s === settings.stages - 1) break
    const next = nextProblem(current, outcome.network, settings.input)
    if (next.X.cols === 0) break
    current = next
  }
  return {
    status,
    iterations,
    network: stages.length > 0 ? stackedModel(stages, settings.input) : null,
    claim,
    hypotheses,
    details: { 'stages solved': stages.length, ...details },
  }
}

const CLAIM: MethodOutcome['claim'] = {
  level: 'none',
  lowerBound: null,
  how: 'Each stage was solved for the responses of the stages before, with the certificate in the details: nothing is proved about training all layers together.',
}

/** Seeds and iterations of its own. */
function stageContext(context: RunContext, s: number, done: number): RunContext {
  return {
    clock: context.clock,
    stop: (iteration) => context.stop(done + iteration),
    seed: deriveSeed(context.seed, `stage ${s}`),
    dictionarySeed: deriveSeed(context.dictionarySeed, `stage ${s}`),
  }
}

function* runStage(
  problem: Problem,
  s: number,
  settings: SettingsOf<'stacking'>,
  context: RunContext,
): Generator<MethodProgress, MethodOutcome> {
  const run = startStage(problem, settings, context)
  let step = run.next()
  while (!step.done) {
    const { iteration, objective: value, phase } = step.value
    const words = `stage ${s + 1} of ${settings.stages}`
    yield {
      iteration,
      objective: value,
      fraction: s / settings.stages,
      phase: phase ? `${words}: ${phase}` : words,
    }
    step = run.next()
  }
  return step.value
}

/** Of every stage: responses have a high rank, where more would not bring a bound that is worth showing. */
const PROOF_CONES = 10_000

function startStage(
  problem: Problem,
  { solver, arrangements, tolerance, epochs }: SettingsOf<'stacking'>,
  context: RunContext,
): Generator<MethodProgress, MethodOutcome> {
  if (solver === 'convex') {
    const convex = METHOD_SCHEMAS.convex.parse({ id: 'convex', arrangements, tolerance })
    return runConvex(problem, { ...convex, proof: { ...convex.proof, cones: PROOF_CONES } }, context)
  }
  const { count } = arrangements
  return runPenalized(
    problem,
    METHOD_SCHEMAS.penalized.parse({ id: 'penalized', arrangements: { count }, epochs }),
    context,
  )
}

/** The problem whose features are the responses of a stage. */
function nextProblem(problem: Problem, stage: TrainedNetwork, keepsInput: boolean): Problem {
  const X = stageFeatures(stage, problem.X, keepsInput)
  const test = problem.test && { ...problem.test, X: stageFeatures(stage, problem.test.X, keepsInput) }
  return { ...problem, X, test, summary: { ...problem.summary, ...factsOf(X) } }
}

function factsOf(X: Matrix): Partial<Problem['summary']> {
  const { rank, rankCentered, sigmaMax, sigmaMin } = spectrumOf(X)
  return { d: X.cols, rank, rankCentered, rankWithOnes: rankCentered + 1, sigmaMax, sigmaMin, image: null }
}

function stageDetails(
  { X, Y, test, loss, beta, summary }: Problem,
  network: TrainedNetwork,
  { claim }: MethodOutcome,
  s: number,
): Record<string, number | string | null> {
  const value = objective(network, X, Y, loss, beta)
  const { level, lowerBound } = certify(value, claim)
  const name = (figure: string): string => `stage ${s + 1}, ${figure}`
  return {
    [name('features')]: X.cols,
    [name('objective')]: value,
    [name('certificate')]: level,
    [name('lower bound')]: lowerBound,
    [name('train accuracy')]: score(network, X, Y, loss, summary.labels).accuracy,
    [name('test accuracy')]: test && score(network, test.X, test.Y, loss, summary.labels).accuracy,
  }
}
