/** Runs of the stand-in machine: histories handed out in pieces, then a record. */
import { expandDocument } from '../../../core/experiments/expand.ts'
import type { RunSpec } from '../../../core/experiments/problem.ts'
import type { HistoryPoint } from '../../../core/experiments/result.ts'
import type { QueueStatus, RunState } from '../../../core/protocol.ts'
import type { FakeEvents } from './events.ts'
import { sampleHistory, sampleRecord } from './sample-runs.ts'
import type { FakeExperiment, FakeStore } from './store.ts'

const SLOTS = 2
const MEMORY = 8e9
/** Points a push. */
const PIECE = 6

interface FakeRun {
  experiment: FakeExperiment
  spec: RunSpec
  history: HistoryPoint[]
  done: number
  cancelled: boolean
}

const rowId = (experimentId: string, key: string) => `${experimentId}/${key}`

/** Advances all runs by hand with {@link step}, so that tests wait for nothing. */
export class FakeRuns {
  readonly #store: FakeStore
  readonly #events: FakeEvents
  readonly #runs = new Map<string, FakeRun>()
  readonly histories = new Map<string, HistoryPoint[]>()

  constructor(store: FakeStore, events: FakeEvents) {
    this.#store = store
    this.#events = events
  }

  get active(): boolean {
    return this.#runs.size > 0
  }

  queue(): QueueStatus {
    const running = Math.min(SLOTS, this.#runs.size)
    return {
      queued: this.#runs.size - running,
      running,
      slots: SLOTS,
      memoryUsedBytes: running * 1.2e6,
      memoryLimitBytes: MEMORY,
    }
  }

  start(experiment: FakeExperiment, methods?: number[]): string[] {
    const specs = expandDocument(experiment.document).filter(
      ({ methodIndex }) => !methods || methods.includes(methodIndex),
    )
    for (const spec of specs) {
      const run = { experiment, spec, history: sampleHistory(spec), done: 0, cancelled: false }
      this.#runs.set(rowId(experiment.id, spec.key), run)
    }
    this.#push(specs.map((spec) => this.#runs.get(rowId(experiment.id, spec.key))!))
    return specs.map(({ key }) => key)
  }

  cancel(experimentId?: string, key?: string): void {
    for (const run of this.#runs.values()) {
      const matches = !experimentId || run.experiment.id === experimentId
      if (matches && (!key || run.spec.key === key)) run.cancelled = true
    }
    this.step()
  }

  /** The first runs that fit into the slots go on by a piece. */
  step(): void {
    const going = [...this.#runs.values()].filter((run, i) => run.cancelled || i < SLOTS)
    for (const run of going) run.done = Math.min(run.history.length, run.done + (run.cancelled ? 0 : PIECE))
    this.#push(going)
  }

  #push(runs: FakeRun[]): void {
    const states = runs.map((run) => this.#state(run))
    for (const state of states) this.#store.live.set(rowId(state.experimentId, state.key), state)
    this.#events.emit(
      'runsChanged',
      states.map((state) => ({ ...state, ...tail(state) })),
    )
    this.#events.emit('queueChanged', this.queue())
  }

  #state(run: FakeRun): RunState {
    const { experiment, spec, history, done, cancelled } = run
    const ended = cancelled || done >= history.length
    const record = ended
      ? { ...sampleRecord(spec), ...(cancelled && { status: 'cancelled' as const }) }
      : null
    if (record) this.#finish(run, record)
    return {
      experimentId: experiment.id,
      key: spec.key,
      label: spec.label,
      method: spec.document.methods[spec.methodIndex].id,
      trial: spec.trial,
      state: ended ? 'finished' : done > 0 ? 'running' : 'queued',
      status: record?.status ?? null,
      fraction: done / history.length,
      secondsLeft: ended ? 0 : (history.length - done) / 20,
      seconds: history[Math.max(0, done - 1)].seconds,
      phase: null,
      latest: done > 0 ? history[done - 1] : null,
      points: history.slice(0, done),
      from: 0,
      record,
    }
  }

  #finish({ experiment, spec, history, done }: FakeRun, record: NonNullable<RunState['record']>): void {
    const id = rowId(experiment.id, spec.key)
    this.#runs.delete(id)
    this.histories.set(id, history.slice(0, done))
    const stored = { experimentId: experiment.id, record, finishedAt: experiment.modifiedAt, stale: false }
    experiment.runs = [...experiment.runs.filter((run) => run.record.key !== record.key), stored]
    this.#events.emit('experimentsChanged', this.#store.listExperiments())
  }
}

/** A push carries the newest points only. */
function tail({ points }: RunState): Pick<RunState, 'points' | 'from'> {
  const from = Math.max(0, points.length - PIECE)
  return { points: points.slice(from), from }
}
