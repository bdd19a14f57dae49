/** The code of every worker thread: one job, then the thread ends. */
import { parentPort, workerData } from 'node:worker_threads'
import { toErrorPayload } from '../../core/errors.ts'
import type { Job, Jobs, JobKind, WorkerMessage } from './messages.ts'
import { prepareJob } from './prepare.ts'
import { previewJob } from './preview.ts'
import { runJob, transferables } from './run.ts'

const post = (message: WorkerMessage, transfer: ArrayBuffer[] = []) =>
  parentPort!.postMessage(message, transfer)

type Perform = { [Kind in JobKind]: (input: Jobs[Kind]['input']) => Promise<void> }

const done = (output: Jobs[JobKind]['output'], transfer?: ArrayBuffer[]) =>
  post({ type: 'done', output }, transfer)

const PERFORM: Perform = {
  preview: async (input) => done(await previewJob(input)),
  prepare: async (input) => done(await prepareJob(input)),
  run: async (input) => {
    const output = await runJob(input, (updates) => post({ type: 'progress', updates }))
    done(output, transferables(output))
  },
}

const { kind, input } = workerData as Job
try {
  await (PERFORM[kind] as (input: Job['input']) => Promise<void>)(input)
} catch (error) {
  post({ type: 'failed', error: toErrorPayload(error) })
}
