/** Worker threads as promises: one thread a job, a bounded number at a time. */
import type { Worker } from 'node:worker_threads'
import Pool from 'worker-threads-pool'
import { BidualError, fromErrorPayload } from '../../core/errors.ts'
import type { RunUpdate } from '../../core/experiments/runner.ts'
import { workerLocation } from '../worker/location.ts'
import type { Jobs, JobKind, WorkerMessage } from '../worker/messages.ts'
import { joinVectors } from './joined-vectors.ts'

export interface Thread<Output> {
  /** Rejects with the job's own error, or with `worker-died`. */
  done: Promise<Output>
  /** Ends the thread at once; `done` rejects with `cancelled`, unless the job was done already. */
  terminate(): void
}

export class Threads {
  readonly #pool: Pool
  readonly #location: URL

  /**
   * @param max threads at a time; further jobs wait in order
   * @param location of the thread's code; replaced in tests
   */
  constructor(max: number, location = workerLocation()) {
    joinVectors()
    this.#pool = new Pool({ max })
    this.#location = location
  }

  /** @param onProgress called with the updates of a run, never after `done` is settled */
  start<Kind extends JobKind>(
    kind: Kind,
    input: Jobs[Kind]['input'],
    onProgress: (updates: RunUpdate[]) => void = () => undefined,
  ): Thread<Jobs[Kind]['output']> {
    let terminate: () => void = () => undefined
    const done = new Promise<Jobs[Kind]['output']>((resolve, reject) => {
      let worker: Worker | null = null
      let wanted = true
      const relay = (updates: RunUpdate[]) => {
        if (wanted) onProgress(updates)
      }
      terminate = () => {
        wanted = false
        reject(new BidualError('cancelled', 'The worker thread was stopped.'))
        void worker?.terminate()
      }
      // Nothing of our environment concerns the job; what it prints must not mix with the command line's results.
      const options = { workerData: { kind, input }, env: {}, stdout: true, execArgv: [] }
      this.#pool.acquire(this.#location, options, (error, acquired) => {
        worker = acquired
        if (error) reject(error)
        else if (!wanted) void worker.terminate()
        else listen(worker, relay, resolve, reject)
      })
    })
    // Whoever only terminates need not look at the outcome.
    done.catch(() => undefined)
    return { done, terminate: () => terminate() }
  }
}

function listen(
  worker: Worker,
  onProgress: (updates: RunUpdate[]) => void,
  resolve: (output: Jobs[JobKind]['output']) => void,
  reject: (error: unknown) => void,
): void {
  worker.on('message', (message: WorkerMessage) => {
    if (message.type === 'progress') onProgress(message.updates)
    else if (message.type === 'done') resolve(message.output)
    else reject(fromErrorPayload(message.error))
  })
  worker.stdout.on('data', (printed: Buffer) => process.stderr.write(printed))
  // `error`: something was thrown outside of the job, or the heap was exhausted. `exit` alone: the thread was killed.
  worker.once('error', (error: Error) => reject(died(error)))
  worker.once('exit', (code) => reject(died(new Error(`it ended with code ${code}`))))
}

function died(error: Error): BidualError {
  const outOfMemory = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY'
  const why = outOfMemory ? 'it ran out of memory; use fewer rows or arrangements' : error.message
  return new BidualError(
    'worker-died',
    `The worker thread of this run died: ${why}. Other runs are not affected.`,
  )
}
