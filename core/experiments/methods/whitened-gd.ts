import { trainingClaim } from '../../certificates/label-bound.ts'
import { MeasureRecorder } from '../../measures/recorder.ts'
import { fromVector } from '../../networks/arrays.ts'
import { cloneNetwork, gradient, matrixOf, NETWORKS, objective, shapeOf } from '../../networks/index.ts'
import { stream } from '../../random/index.ts'
import {
  compareSteps,
  descend,
  directionSimilarity,
  fromWhitened,
  toWhitened,
  whiten,
  type Whitening,
} from '../../training/whitened-twin.ts'
import { methodApplies } from '../catalog.ts'
import { BidualError } from '../../errors.ts'
import type { SettingsOf } from '../document.ts'
import type { MethodProgress, Problem, RunContext, RunMethod, TrainedNetwork } from '../problem.ts'
import type { RunStatus } from '../result.ts'

type Settings = SettingsOf<'whitened-gd'>

/**
 * Gradient descent on the whitened twin of a batch-normalised network, and beside it on the network itself from the same
 * start (Ergen et al. 2022, §4.1). At every step both gradients are taken at the same function, and how far they are from
 * the relation Δ_BN = Σ²·Δ_whitened is recorded. Returned is the best network of the twin, written on the features.
 *
 * @throws BidualError unsupported where the network is not bn-relu of two layers
 */
export const runWhitenedGd: RunMethod<'whitened-gd'> = function* (problem, settings, context) {
  const { applies, because } = methodApplies(problem, settings)
  if (!applies) throw new BidualError('unsupported', because)
  const { X, Y, loss, beta } = problem
  const pair = startOf(problem, settings, context.seed)
  const start = matrixOf(cloneNetwork(pair.twin), 'W1')
  const { status, epochs, best, deviation, outerDeviation } = yield* descent(pair, problem, settings, context)
  const { plain, twin, whitening } = pair
  const similarity = (network: TrainedNetwork) =>
    fromVector(directionSimilarity(matrixOf(network, 'W1'), start))
  return {
    status,
    iterations: epochs,
    network: best && fromWhitened(best.network, whitening),
    claim: trainingClaim(problem),
    hypotheses: [],
    arrays: {
      sigma: fromVector(whitening.s),
      similarity: similarity(twin),
      similarityOnData: similarity(toWhitened(plain, whitening)),
    },
    details: {
      'best epoch': best?.epoch ?? null,
      'largest deviation from Σ²': deviation,
      'largest deviation of γ, α and output steps': outerDeviation,
      'objective of GD on the data': objective(plain, X, Y, loss, beta),
    },
  }
}

/** The network on the data and its twin on the whitened data, moved in place. */
interface Pair {
  plain: TrainedNetwork
  twin: TrainedNetwork
  whitening: Whitening
}

interface Descended {
  status: RunStatus
  epochs: number
  /** Null when the objective was not finite at the start. */
  best: { network: TrainedNetwork; objective: number; epoch: number } | null
  deviation: number
  outerDeviation: number
}

function startOf(problem: Problem, { initialization: kind, scale }: Settings, seed: number): Pair {
  const source = stream(seed).split('initialization')
  const plain = NETWORKS[problem.network.family].initialize(shapeOf(problem), { kind, scale }, source)
  const whitening = whiten(problem.X)
  return { plain, twin: toWhitened(plain, whitening), whitening }
}

function* descent(
  { plain, twin, whitening }: Pair,
  problem: Problem,
  { learningRate, epochs }: Settings,
  { stop }: RunContext,
): Generator<MethodProgress, Descended> {
  const { X, Y, loss, beta } = problem
  const recorder = new MeasureRecorder(problem, plain, { epochs, batches: 1, precision: 'f64' })
  const found: Omit<Descended, 'status' | 'epochs'> = { best: null, deviation: 0, outerDeviation: 0 }
  for (let epoch = 0; ; epoch++) {
    const steps = compareSteps(twin, whitening, Y, loss, beta)
    const value = steps.objective
    if (!Number.isFinite(value)) return { status: 'diverged', epochs: epoch, ...found }
    const measures = recorder.isDue(epoch) ? recorder.measure(fromWhitened(twin, whitening)) : undefined
    yield { iteration: epoch, objective: value, measures, fraction: epoch / epochs }
    found.deviation = Math.max(found.deviation, steps.deviation)
    found.outerDeviation = Math.max(found.outerDeviation, steps.outerDeviation)
    if (value < (found.best?.objective ?? Infinity))
      found.best = { network: cloneNetwork(twin), objective: value, epoch }
    const status = epoch >= epochs ? 'maxIterations' : stop(epoch)
    if (status) return { status, epochs: epoch, ...found }
    descend(twin, steps.twin, learningRate, X.rows)
    descend(plain, gradient(plain, X, Y, loss, beta).gradient, learningRate, X.rows)
  }
}
