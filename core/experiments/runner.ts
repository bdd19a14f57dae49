/**
 * One run: check that the method applies, run it with limits and cancel, evaluate the recovered network by the one
 * objective function, certify, and say everything in a record.
 */
import { BidualError } from '../errors.ts'
import { endMeasures } from '../measures/end-state.ts'
import { activeNeurons, objective as networkObjective, score } from '../networks/index.ts'
import { deriveSeed } from '../random/stream.ts'
import { methodApplies } from './catalog.ts'
import { certify, noiseOf } from './certify.ts'
import { failedRecord, identityOf } from './failed-record.ts'
import type {
  MethodOutcome,
  MethodProgress,
  NamedArrays,
  PathStep,
  PreparedData,
  Problem,
  RunContext,
  RunSpec,
  StopReason,
  TrainedNetwork,
} from './problem.ts'
import type { HistoryPoint, PathPoint, RunRecord } from './result.ts'
import { startMethod } from './runners.ts'

/** What the machine lends a run. */
export interface RunHost {
  /** Monotonic seconds from any origin. */
  now: () => number
  /** The shared flag, read between iterations. */
  isCancelled: () => boolean
}

export interface RunUpdate {
  point: HistoryPoint
  fraction: number | null
  phase: string | null
}

export interface RunOutput {
  record: RunRecord
  history: HistoryPoint[]
  network: TrainedNetwork | null
  /** Dual vector, gate vectors and the like. */
  arrays: NamedArrays
  /** What a stopped run needs to go on; empty when there is nothing to go on from. */
  state: NamedArrays
}

/** A history longer than this drops every second point, so that memory stays bounded on long runs. */
const MAX_HISTORY = 8192

/** The problem of one run on prepared data: a view, no matrix is copied. */
export function problemOf(data: PreparedData, spec: RunSpec): Problem {
  const { network, loss, beta } = spec.document
  return { ...data, network, loss, beta }
}

/**
 * @param data prepared for this document (equal dataKey)
 * @yields after each recorded iteration
 * @returns always an output: bad input and numerical failure end in a record with status `failed` and its error
 */
export async function* executeRun(
  data: PreparedData,
  spec: RunSpec,
  host: RunHost,
): AsyncGenerator<RunUpdate, RunOutput> {
  const start = host.now()
  const clock = () => host.now() - start
  const { history: earlier = [], record: before } = spec.resume?.before ?? {}
  const elapsed = () => (before?.seconds ?? 0) + clock()
  const history = [...earlier]
  const problem = problemOf(data, spec)
  const answer = methodApplies(problem, settingsOf(spec))
  try {
    if (!answer.applies) throw notApplicable(spec, answer.because)
    const method = startMethod(problem, settingsOf(spec), contextOf(spec, host, clock))
    let step = method.next()
    while (!step.done) {
      const update = toUpdate(step.value, elapsed())
      remember(history, update.point)
      yield update
      // A turn of the event loop between iterations lets messages in; the flag itself is in shared memory.
      await Promise.resolve()
      step = method.next()
    }
    const seconds = elapsed()
    const output = finish(problem, spec, step.value, seconds, history)
    if (before) refuseLess(before, output.record)
    return output
  } catch (error) {
    const record = failedRecord(spec, error, elapsed(), answer.hypotheses)
    return { record, history, network: null, arrays: {}, state: {} }
  }
}

const settingsOf = (spec: RunSpec) => spec.document.methods[spec.methodIndex]

const notApplicable = (spec: RunSpec, because: string) =>
  new BidualError('unsupported', because, { path: `methods[${spec.methodIndex}]` })

/** Going on never costs what there was: without a network that can be used, the run has failed. */
function refuseLess(before: RunRecord, { objective, status }: RunRecord): void {
  if (objective !== null || before.objective === null) return
  const code = status === 'cancelled' ? 'cancelled' : 'internal'
  throw new BidualError(code, `It ended without a network that can be used (${status}).`)
}

function contextOf(spec: RunSpec, host: RunHost, clock: () => number): RunContext {
  const { limits, seed } = spec.document
  const stop = (iteration: number): StopReason | null => {
    if (host.isCancelled()) return 'cancelled'
    if (clock() > limits.seconds) return 'maxTime'
    return limits.iterations !== undefined && iteration >= limits.iterations ? 'maxIterations' : null
  }
  return {
    clock,
    stop,
    seed: deriveSeed(seed, spec.key),
    dictionarySeed: deriveSeed(seed, 'arrangements'),
    resume: spec.resume,
  }
}

function toUpdate({ fraction, phase, ...point }: MethodProgress, seconds: number): RunUpdate {
  return { point: { ...point, seconds }, fraction: fraction ?? null, phase: phase ?? null }
}

function remember(history: HistoryPoint[], point: HistoryPoint): void {
  if (history.length >= MAX_HISTORY) {
    const kept = history.filter((_, i) => i % 2 === 0)
    history.length = 0
    history.push(...kept)
  }
  history.push(point)
}

/** Figures of a training that diverged do not exist. */
const finiteDetails = (details: RunRecord['details']): RunRecord['details'] =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]) => [name, typeof value === 'number' ? finite(value) : value]),
  )

const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null

function finish(
  problem: Problem,
  spec: RunSpec,
  outcome: MethodOutcome,
  seconds: number,
  history: HistoryPoint[],
): RunOutput {
  const { network, program } = outcome
  const { X, Y, test, loss, beta, summary } = problem
  const objective = network ? finite(networkObjective(network, X, Y, loss, beta)) : null
  const measures = network && endMeasures(problem, network)
  const record: RunRecord = {
    ...identityOf(spec),
    // Weights that are exact on paper may miss a constraint by their rounding.
    status: outcome.status === 'solved' && network && objective === null ? 'numericalError' : outcome.status,
    seconds,
    iterations: outcome.iterations,
    objective,
    programObjective: finite(program?.objective),
    dual: finite(program?.dual),
    solverGap: program ? finite(program.objective - program.dual) : null,
    certificate: certify(objective, outcome.claim, noiseOf(Y, loss)),
    train: network ? score(network, X, Y, loss, summary.labels) : { loss: null, accuracy: null },
    test: network && test ? score(network, test.X, test.Y, loss, summary.labels) : null,
    neurons: network ? activeNeurons(network) : 0,
    ranks: measures ? measures.layers.map(({ rank }) => rank) : [],
    ...(measures ? { measures } : {}),
    hypotheses: outcome.hypotheses,
    ...(outcome.path ? { path: outcome.path.map((step) => pathPoint(problem, step)) } : {}),
    ...(outcome.state ? { resumable: true } : {}),
    details: finiteDetails(outcome.details ?? {}),
  }
  return { record, history, network, arrays: outcome.arrays ?? {}, state: outcome.state ?? {} }
}

function pathPoint(problem: Problem, { beta, status, network, claim, seconds }: PathStep): PathPoint {
  const { X, Y, test, loss, summary } = problem
  const objective = network ? finite(networkObjective(network, X, Y, loss, beta)) : null
  return {
    beta,
    status,
    objective,
    certificate: certify(objective, claim, noiseOf(Y, loss)),
    train: network ? score(network, X, Y, loss, summary.labels) : { loss: null, accuracy: null },
    test: network && test ? score(network, test.X, test.Y, loss, summary.labels) : null,
    neurons: network ? activeNeurons(network) : 0,
    seconds,
  }
}
