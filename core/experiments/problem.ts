/** What a method is given and what it returns: the types between data, methods and the runner. */
import type { Matrix, RealArray } from '../linalg/matrix.ts'
import type { ConcreteDocument, FamilyId, LossId, MethodId, NetworkSettings, SettingsOf } from './document.ts'
import type {
  CertificateLevel,
  HistoryPoint,
  Hypothesis,
  ProblemSummary,
  RunRecord,
  RunStatus,
} from './result.ts'

/** A prepared training problem. Matrices are views on shared memory: never written to by a method. */
export interface Problem {
  /** n×d. */
  X: Matrix
  /** n×K: real values, ±1 (K = 1) or one-hot rows. */
  Y: Matrix
  test: { X: Matrix; Y: Matrix } | null
  network: NetworkSettings
  loss: LossId
  beta: number
  summary: ProblemSummary
}

/** `data` is row-major of shape `shape`. */
export interface NamedArray<T extends RealArray = Float64Array> {
  shape: number[]
  data: T
}
export type NamedArrays<T extends RealArray = Float64Array> = Record<string, NamedArray<T>>

/**
 * What a method returns: a network of one of the document's families (the least-squares baseline is `linear`), or a model
 * of its own that no document asks for by name.
 */
export type NetworkId = FamilyId | 'kernel' | 'random-features' | 'stacked'

/** Trained weights by name; which names a family has is stated in core/networks. In single precision only while training. */
export interface TrainedNetwork<T extends RealArray = Float64Array> {
  family: NetworkId
  arrays: NamedArrays<T>
}

export type StopReason = 'cancelled' | 'maxTime' | 'maxIterations'

export interface RunContext {
  /** Monotonic seconds since the run began. */
  clock: () => number
  /** Asked between iterations; non-null means: return the best iterate now, with this status. */
  stop: (iteration: number) => StopReason | null
  /** Seed of this run alone, derived from the document's seed and the run's key. */
  seed: number
  /** Seed of sampled arrangements: the same for all runs of a document, so that they share one dictionary. */
  dictionarySeed: number
  /** An earlier run to go on from. */
  resume?: SavedRun
}

/** The prepared data of a document; shared by its runs, which differ in network width, β and method. */
export type PreparedData = Pick<Problem, 'X' | 'Y' | 'test' | 'summary'>

/** Yielded between iterations; the runner records and throttles it. */
export interface MethodProgress extends Omit<HistoryPoint, 'seconds'> {
  /** Share of the work done in [0, 1], where it can be known. */
  fraction?: number
  /** What is being done: "enumerating arrangements". */
  phase?: string
}

/** One β of a path: certified like a run of its own. */
export interface PathStep extends Pick<MethodOutcome, 'status' | 'network' | 'claim'> {
  beta: number
  /** Since the run began. */
  seconds: number
}

export interface MethodOutcome {
  status: RunStatus
  iterations: number
  /** Null when nothing was found (numericalError, say). */
  network: TrainedNetwork | null
  /** Of convex programs. The dual is evaluated at `arrays.dual` where there is one. */
  program?: { objective: number; dual: number }
  /** The runner computes the gap from the network's own objective. */
  claim: { level: CertificateLevel; lowerBound: number | null; how: string }
  hypotheses: Hypothesis[]
  /** The points that a path of β went through, the document's β last. */
  path?: PathStep[]
  /** Beside the weights: dual vector, gate vectors… */
  arrays?: NamedArrays
  /** Of a run that a limit or a cancel ended: what it needs to go on. */
  state?: NamedArrays
  details?: Record<string, number | string | null>
}

/** The computing half of a method; its light half (title, hypotheses) is in catalog.ts. */
export type RunMethod<Id extends MethodId> = (
  problem: Problem,
  settings: SettingsOf<Id>,
  context: RunContext,
) => Generator<MethodProgress, MethodOutcome>

/** One run of an expanded document. */
export interface RunSpec {
  key: string
  label: string
  trial: number
  point: Record<string, number>
  document: ConcreteDocument
  /** Index into `document.methods`. */
  methodIndex: number
  /** To go on where an earlier run of the same spec was stopped. */
  resume?: SavedRun
}

/** What a stopped run left for going on. */
export interface SavedRun {
  /** The state of its outcome. */
  arrays: NamedArrays
  /** Of its data. */
  sha256: string
  /** What it had recorded and come to; the run that goes on is one with it. */
  before?: { history: HistoryPoint[]; record: RunRecord }
}
