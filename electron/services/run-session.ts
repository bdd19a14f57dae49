/** The runs of this session: asked for, followed, stored, and told about. */
import { shareBounds } from '../../core/experiments/certify.ts'
import { problemKey } from '../../core/experiments/expand.ts'
import { failedRecord } from '../../core/experiments/failed-record.ts'
import type { RunSpec } from '../../core/experiments/problem.ts'
import type { RunOutput } from '../../core/experiments/runner.ts'
import type { RunRecord } from '../../core/experiments/result.ts'
import { BidualError, toErrorPayload } from '../../core/errors.ts'
import type { ErrorPayload } from '../../core/errors.ts'
import type { RunState } from '../../core/protocol.ts'
import type { DataPaths } from '../worker/messages.ts'
import { LiveRun } from './live-run.ts'
import type { PreparedProblem, ProblemStore } from './problem-store.ts'
import { RunQueue } from './run-queue.ts'
import type { FinishedRun } from './run-files.ts'
import { throttle } from './throttle.ts'

export interface RunSessionOptions {
  problems: ProblemStore
  slots: () => number
  /** At most every 100 ms: the runs that have changed, and always their last state. */
  push: (states: RunState[]) => void
  /** The number of queued or running runs has changed. */
  onQueueChange: () => void
  /**
   * Keeps a run that ended, in the place of an earlier one of its name.
   *
   * @param onSaved called when a run that a full disk refused is on the disk after all
   * @returns why it is kept in memory for now; null when it is on the disk
   * @throws when it is not kept at all: the earlier one then is
   */
  store: (experimentId: string, run: FinishedRun, onSaved: () => void) => Promise<ErrorPayload | null>
  runWorker?: URL
}

/** Which objective function a finished run belongs to. */
interface Finished {
  run: LiveRun
  /** As the run itself certified it. */
  own: RunRecord
  problem: string
}

const idOf = (experimentId: string, key: string) => `${experimentId}/${key}`

export class RunSession {
  readonly #options: RunSessionOptions
  readonly #queue: RunQueue
  readonly #runs = new Map<string, LiveRun>()
  readonly #finished = new Map<LiveRun, Finished>()
  readonly #changed = new Set<LiveRun>()
  readonly #push = throttle(() => this.#pushChanged())

  constructor(options: RunSessionOptions) {
    this.#options = options
    this.#queue = new RunQueue({
      problems: options.problems,
      slots: options.slots,
      onChange: (run) => this.#touch(run),
      onOutput: (run, output, problem) => this.#keep(run, output, problem),
      runWorker: options.runWorker,
    })
  }

  get queued(): number {
    return this.#queue.queued
  }
  get running(): number {
    return this.#queue.running
  }

  /**
   * Queues runs; earlier finished ones of the same names are replaced when these end, those that are to go on only by a
   * result.
   *
   * @throws BidualError `conflict` when one of them is queued or running already
   */
  start(experimentId: string, specs: readonly RunSpec[], paths: DataPaths): string[] {
    for (const { key, label } of specs) {
      if (!this.isActive(experimentId, key)) continue
      throw new BidualError(
        'conflict',
        `"${label}" is already queued or running. Wait for it, or cancel it first.`,
      )
    }
    const runs = specs.map((spec) => new LiveRun(experimentId, spec, paths))
    for (const run of runs) {
      this.forget(experimentId, run.spec.key)
      this.#runs.set(idOf(experimentId, run.spec.key), run)
    }
    this.#queue.add(runs)
    return specs.map(({ key }) => key)
  }

  isActive(experimentId: string, key: string): boolean {
    const run = this.#runs.get(idOf(experimentId, key))
    return run !== undefined && run.state !== 'finished'
  }

  /** Queued or running, of one experiment or of all. */
  active(experimentId?: string): LiveRun[] {
    return [...this.#runs.values()].filter(
      (run) => run.state !== 'finished' && (experimentId === undefined || run.experimentId === experimentId),
    )
  }

  /** @throws BidualError `not-found` for a run that is neither queued nor running nor finished in this session */
  cancel(experimentId: string, key: string): void {
    const run = this.#runs.get(idOf(experimentId, key))
    if (!run) throw new BidualError('not-found', `The run "${key}" is not queued or running.`)
    this.#queue.cancel(run)
  }

  cancelAll(experimentId?: string): void {
    // Queued ones first: a slot that becomes free must not start one that is about to be cancelled.
    const runs = this.active(experimentId).sort(
      (a, b) => Number(b.state === 'queued') - Number(a.state === 'queued'),
    )
    for (const run of runs) this.#queue.cancel(run)
  }

  /** Starts more runs when the settings allow more. */
  pump(): void {
    this.#queue.pump()
  }

  snapshot(): RunState[] {
    return [...this.#runs.values()].map((run) => run.snapshot())
  }

  /** Drops a finished run from the session: it was deleted, or starts anew. */
  forget(experimentId: string, key: string): void {
    const run = this.#runs.get(idOf(experimentId, key))
    if (!run || run.state !== 'finished') return
    this.#runs.delete(idOf(experimentId, key))
    this.#finished.delete(run)
    this.#changed.delete(run)
  }

  forgetExperiment(experimentId: string): void {
    for (const run of [...this.#runs.values()]) {
      if (run.experimentId === experimentId) this.forget(experimentId, run.spec.key)
    }
  }

  /** Cancels everything, waits until it has stopped, and pushes what is left to push. */
  async close(): Promise<void> {
    this.cancelAll()
    while (this.#queue.running > 0) await new Promise((resolve) => setTimeout(resolve, 10))
    this.#push.flush()
  }

  #touch(run: LiveRun): void {
    this.#changed.add(run)
    this.#push.touch()
    this.#options.onQueueChange()
  }

  #pushChanged(): void {
    const states = [...this.#changed].map((run) => run.delta())
    this.#changed.clear()
    if (states.length > 0) this.#options.push(states)
  }

  async #keep(run: LiveRun, output: RunOutput, problem: PreparedProblem): Promise<RunRecord> {
    const { document, resume } = run.spec
    const isRefused = resume !== undefined && output.record.error !== undefined
    const record = isRefused ? this.#goBack(run, output.record) : await this.#store(run, output, problem)
    // Where the data have changed, the earlier result and its bound are still of the old ones.
    const { sha256 } = resume ?? problem.data.summary
    this.#finished.set(run, { run, own: record, problem: problemKey(document) + sha256 })
    return this.#shareBounds(run)
  }

  /** The earlier result is left as it is, so that it can be read and gone on from. */
  #goBack(run: LiveRun, record: RunRecord): RunRecord {
    run.goBack()
    return record
  }

  /** A run that could not be written says so in its record until it is. */
  async #store(run: LiveRun, output: RunOutput, problem: PreparedProblem): Promise<RunRecord> {
    const { record } = output
    const onSaved = () => this.#replaceRecord(run, record)
    const { status, error: why } = record
    run.note(why ? `${status}: ${why.message}` : status)
    const { data, features, steps } = problem
    const preprocessing = { features, steps }
    const finished = { spec: run.spec, data: data.summary, preprocessing, output, log: run.log }
    try {
      const unsaved = await this.#options.store(run.experimentId, finished, onSaved)
      return unsaved ? { ...record, error: why ?? unsaved } : record
    } catch (error) {
      if (run.spec.resume) return this.#goBack(run, failedRecord(run.spec, error, record.seconds))
      return { ...record, error: why ?? toErrorPayload(error) }
    }
  }

  #replaceRecord(run: LiveRun, record: RunRecord): void {
    const finished = this.#finished.get(run)
    if (!finished) return
    finished.own = record
    run.record = this.#shareBounds(run)
    this.#touch(run)
  }

  /**
   * A bound that one run proves serves all runs of its problem.
   *
   * @returns the record of `latest`; other runs that gain by it are pushed
   */
  #shareBounds(latest: LiveRun): RunRecord {
    const { problem } = this.#finished.get(latest)!
    const peers = [...this.#finished.values()].filter(
      (finished) => finished.problem === problem && finished.run.experimentId === latest.experimentId,
    )
    const records = shareBounds(peers.map(({ own }) => ({ record: own, problem })))
    peers.forEach(({ run }, i) => {
      if (run === latest || sameCertificate(run.record, records[i])) return
      run.record = records[i]
      this.#touch(run)
    })
    return records[peers.findIndex(({ run }) => run === latest)]
  }
}

const sameCertificate = (a: RunRecord | null, b: RunRecord) =>
  a?.certificate.level === b.certificate.level && a.certificate.lowerBound === b.certificate.lowerBound
