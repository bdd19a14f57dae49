/** A worker thread that dies: the run of `sgd` ends the thread without a word, that of any other method throws. */
import { workerData } from 'node:worker_threads'
import type { Job } from '../../../electron/worker/messages.ts'

const { input } = workerData as Extract<Job, { kind: 'run' }>
const { id } = input.spec.document.methods[input.spec.methodIndex]
if (id === 'sgd') process.exit(3)
setTimeout(() => {
  throw new Error('boom')
}, 1)
