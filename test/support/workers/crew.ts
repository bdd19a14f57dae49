/** A worker thread that says how many threads may help it, whenever that changes, until it is cancelled. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Job } from '../../../electron/worker/messages.ts'

const { input } = workerData as Extract<Job, { kind: 'run' }>
const helpers = new Int32Array(input.helpers)
const cancelled = new Int32Array(input.cancelled)

let said = -1
while (Atomics.load(cancelled, 0) === 0) {
  const now = Atomics.load(helpers, 0)
  if (now !== said) {
    said = now
    const point = { iteration: 1, seconds: 0, objective: 1 }
    parentPort!.postMessage({
      type: 'progress',
      updates: [{ point, fraction: null, phase: `${now} helpers` }],
    })
  }
  await new Promise((resolve) => setTimeout(resolve, 2))
}
parentPort!.postMessage({ type: 'failed', error: { code: 'cancelled', message: 'Cancelled.' } })
