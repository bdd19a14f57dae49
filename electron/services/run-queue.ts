/**
 * Runs in order of request, a bounded number at a time, each in its own worker thread. A run that is alone may use more
 * threads for its large matrix products; what it computes is the same.
 */
import { availableParallelism } from 'node:os'
import { BidualError } from '../../core/errors.ts'
import type { RunOutput } from '../../core/experiments/runner.ts'
import { failedRecord } from '../../core/experiments/failed-record.ts'
import type { LiveRun } from './live-run.ts'
import type { SharedData } from '../worker/shared-data.ts'
import type { Lease, PreparedProblem, ProblemStore } from './problem-store.ts'
import { Threads } from './threads.ts'
import type { Thread } from './threads.ts'

/** A thread that has not stopped this long after it was asked to is ended. */
const CANCEL_GRACE_MS = 400

export interface RunQueueOptions {
  problems: ProblemStore
  /** Runs at a time; asked anew each time. */
  slots: () => number
  /** Told about every change of a run. */
  onChange: (run: LiveRun) => void
  /**
   * Told once about each run that was started, before it counts as finished; may store it. What is returned becomes
   * the run's record.
   */
  onOutput: (run: LiveRun, output: RunOutput, problem: PreparedProblem) => Promise<RunOutput['record']>
  /** Code of the threads; replaced in tests. */
  runWorker?: URL
  /** Threads that help a run that is alone; by default what the machine has, within reason. */
  helpers?: number
}

/** Beyond this, threads mostly wait for memory. */
const MOST_HELPERS = 3

/** The pool's own bound is never reached: `slots` decides, and may change while runs are going. */
const MANY_THREADS = 1024

export class RunQueue {
  readonly #options: RunQueueOptions
  readonly #threads: Threads
  readonly #waiting: LiveRun[] = []
  readonly #running = new Map<LiveRun, Thread<RunOutput> | null>()
  /** One word that every run's thread reads: helpers that it may use now. */
  readonly #helpers = new SharedArrayBuffer(4)
  readonly #helpersAlone: number

  constructor(options: RunQueueOptions) {
    this.#options = options
    this.#helpersAlone = options.helpers ?? Math.min(MOST_HELPERS, availableParallelism() - 1)
    this.#threads = new Threads(MANY_THREADS, options.runWorker)
  }

  get queued(): number {
    return this.#waiting.length
  }
  get running(): number {
    return this.#running.size
  }

  add(runs: readonly LiveRun[]): void {
    this.#waiting.push(...runs)
    for (const run of runs) this.#options.onChange(run)
    this.pump()
  }

  /** Starts what may start: after a run has ended, or when `slots` has grown. */
  pump(): void {
    while (this.#running.size < this.#options.slots() && this.#waiting.length > 0) {
      const run = this.#waiting.shift()!
      this.#running.set(run, null)
      this.#shareMachine()
      void this.#perform(run)
    }
  }

  /** A queued run is finished at once; a running one when its thread has stopped, or has been ended. */
  cancel(run: LiveRun): void {
    if (run.state === 'finished' || run.cancelled) return
    run.requestCancel()
    const place = this.#waiting.indexOf(run)
    if (place >= 0) {
      this.#waiting.splice(place, 1)
      this.#finish(run, outputWithout(run, null).record)
      return
    }
    setTimeout(() => this.#running.get(run)?.terminate(), CANCEL_GRACE_MS).unref()
  }

  async #perform(run: LiveRun): Promise<void> {
    const { onChange, onOutput } = this.#options
    run.begin()
    onChange(run)
    const { output, problem } = await this.#compute(run)
    // Without data nothing was computed that could be stored.
    const record = problem ? await onOutput(run, output, problem) : output.record
    this.#running.delete(run)
    this.#shareMachine()
    this.#finish(run, record)
    this.pump()
  }

  /** Lets the run that is alone use the whole machine, and runs side by side one thread each. */
  #shareMachine(): void {
    Atomics.store(new Int32Array(this.#helpers), 0, this.#running.size === 1 ? this.#helpersAlone : 0)
  }

  #finish(run: LiveRun, record: RunOutput['record']): void {
    run.finish(record)
    this.#options.onChange(run)
  }

  /** Never throws: whatever goes wrong is in the record. */
  async #compute(run: LiveRun): Promise<{ output: RunOutput; problem: PreparedProblem | null }> {
    let problem: PreparedProblem | null = null
    try {
      const lease = await this.#acquire(run)
      try {
        problem = lease.problem
        return { output: await this.#startThread(run, problem.data), problem }
      } finally {
        lease.release()
      }
    } catch (error) {
      return { output: outputWithout(run, error), problem }
    }
  }

  /** A cancelled run does not wait for data that other runs may still need. */
  async #acquire(run: LiveRun): Promise<Lease> {
    const acquired = this.#options.problems.acquire(run.spec.document, run.paths)
    const lease = await Promise.race([acquired, run.whenCancelled])
    if (lease) return lease
    acquired.then(
      ({ release }) => release(),
      () => undefined,
    )
    throw stoppedBeforeResult()
  }

  #startThread(run: LiveRun, data: SharedData): Promise<RunOutput> {
    const input = { data, spec: run.spec, cancelled: run.cancelFlag, helpers: this.#helpers }
    const thread = this.#threads.start('run', input, (updates) => {
      run.apply(updates)
      this.#options.onChange(run)
    })
    this.#running.set(run, thread)
    return thread.done
  }
}

const stoppedBeforeResult = () => new BidualError('cancelled', 'Stopped before there was a result to keep.')

/** What remains of a run that produced nothing: its history so far and why. */
function outputWithout(run: LiveRun, error: unknown): RunOutput {
  const why = run.cancelled ? stoppedBeforeResult() : error
  return {
    record: failedRecord(run.spec, why, run.seconds),
    history: run.points,
    network: null,
    arrays: {},
    state: {},
  }
}
