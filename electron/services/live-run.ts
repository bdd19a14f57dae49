/** A run of this session: queued, running or finished, as pushes and snapshots describe it. */
import type { RunSpec } from '../../core/experiments/problem.ts'
import type { HistoryPoint, RunRecord } from '../../core/experiments/result.ts'
import type { RunUpdate } from '../../core/experiments/runner.ts'
import type { RunState } from '../../core/protocol.ts'
import type { DataPaths } from '../worker/messages.ts'

/** Below this share done, an estimate of the time left would jump about. */
const FIRST_ESTIMATE = 0.02

export class LiveRun {
  readonly experimentId: string
  readonly spec: RunSpec
  readonly paths: DataPaths
  /** One 32-bit word that the thread polls; not 0: cancelled. */
  readonly cancelFlag = new SharedArrayBuffer(4)
  readonly points: HistoryPoint[]
  state: RunState['state'] = 'queued'
  fraction: number | null = null
  phase: string | null = null
  /** As shown: with bounds that other runs have proved. */
  record: RunRecord | null = null
  /** Lines of the run's log. */
  readonly log: string[] = []
  /** For waiting on something else or the cancel, whichever comes first. */
  readonly whenCancelled: Promise<null>
  readonly #cancel: (value: null) => void
  /** Seconds of the earlier part. */
  readonly #taken: number
  #startedAt = 0
  #pushed = 0

  constructor(experimentId: string, spec: RunSpec, paths: DataPaths) {
    this.experimentId = experimentId
    this.spec = spec
    // A run that goes on is one with its earlier part.
    this.points = [...(spec.resume?.before?.history ?? [])]
    this.#taken = spec.resume?.before?.record.seconds ?? 0
    this.paths = paths
    const { promise, resolve } = Promise.withResolvers<null>()
    this.whenCancelled = promise
    this.#cancel = resolve
  }

  get cancelled(): boolean {
    return Atomics.load(new Int32Array(this.cancelFlag), 0) !== 0
  }

  requestCancel(): void {
    Atomics.store(new Int32Array(this.cancelFlag), 0, 1)
    this.#cancel(null)
  }

  begin(): void {
    this.state = 'running'
    this.phase = 'preparing the data'
    this.#startedAt = performance.now()
    this.note(`${this.spec.label} (${this.spec.key})`)
  }

  get seconds(): number {
    if (this.record) return this.record.seconds
    return this.#taken + (this.state === 'queued' ? 0 : (performance.now() - this.#startedAt) / 1000)
  }

  /** Adds a line to the log. */
  note(line: string): void {
    this.log.push(`${this.seconds.toFixed(3).padStart(9)} s  ${line}`)
  }

  apply(updates: readonly RunUpdate[]): void {
    for (const { point, fraction, phase } of updates) {
      this.points.push(point)
      this.fraction = fraction
      if (phase !== null && phase !== this.phase) this.note(phase)
      this.phase = phase
    }
  }

  /** It came to nothing of its own: what is told from now on is the earlier part alone. */
  goBack(): void {
    this.points.length = this.spec.resume?.before?.history.length ?? 0
    this.#pushed = 0
  }

  finish(record: RunRecord): void {
    this.state = 'finished'
    this.phase = null
    this.fraction = record.status === 'cancelled' ? this.fraction : 1
    this.record = record
  }

  /** Everything about the run. */
  snapshot(): RunState {
    return this.#describe(0)
  }

  /** What changed since the last delta. */
  delta(): RunState {
    const state = this.#describe(this.#pushed)
    this.#pushed = this.points.length
    return state
  }

  #describe(from: number): RunState {
    const { experimentId, spec, state, record, fraction, phase, seconds } = this
    return {
      experimentId,
      key: spec.key,
      label: spec.label,
      method: spec.document.methods[spec.methodIndex].id,
      trial: spec.trial,
      state,
      status: record?.status ?? null,
      fraction,
      secondsLeft: state === 'running' ? secondsLeft(fraction, seconds) : null,
      seconds,
      phase,
      latest: this.points.at(-1) ?? null,
      points: this.points.slice(from),
      from,
      record,
    }
  }
}

function secondsLeft(fraction: number | null, seconds: number): number | null {
  return fraction === null || fraction < FIRST_ESTIMATE ? null : (seconds * (1 - fraction)) / fraction
}
