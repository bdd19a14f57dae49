/** What a worker thread is given when it starts, and what it says. One thread does one job. */
import type { FittedStep } from '../../core/data/preprocess/step.ts'
import type { DatasetPreview } from '../../core/data/preview-types.ts'
import type { ErrorPayload } from '../../core/errors.ts'
import type { ConcreteDocument } from '../../core/experiments/document.ts'
import type { RunSpec } from '../../core/experiments/problem.ts'
import type { RunOutput, RunUpdate } from '../../core/experiments/runner.ts'
import type { RequestParams } from '../../core/protocol.ts'
import type { SharedData } from './shared-data.ts'

/** How a file is to be read, where the person said so. */
export type PreviewOptions = Omit<RequestParams<'previewDataset'>, 'id'>

/** Absolute paths of the document's data files; none for generators. */
export interface DataPaths {
  file?: string
  labels?: string
}

export interface PreparedResult {
  data: SharedData
  /** Names of the columns of X. */
  features: string[]
  /** Preprocessing as fitted on the training rows. */
  steps: FittedStep[]
  warnings: string[]
}

/** Every kind of job: what goes in, what comes out. */
export interface Jobs {
  preview: {
    input: { path: string; name: string; options: PreviewOptions; memoryLimit: number }
    output: DatasetPreview
  }
  prepare: {
    input: { document: ConcreteDocument; paths: DataPaths; memoryLimit: number }
    output: PreparedResult
  }
  run: {
    input: {
      data: SharedData
      spec: RunSpec
      /** One 32-bit word; not 0: cancelled. */
      cancelled: SharedArrayBuffer
      /** One 32-bit word: threads that may help with large matrix products, right now. */
      helpers: SharedArrayBuffer
    }
    output: RunOutput
  }
}
export type JobKind = keyof Jobs

/** `workerData`. */
export type Job = { [Kind in JobKind]: { kind: Kind; input: Jobs[Kind]['input'] } }[JobKind]

/** From the thread. Exactly one `done` or `failed`, and nothing after it. */
export type WorkerMessage =
  | { type: 'progress'; updates: RunUpdate[] }
  | { type: 'done'; output: Jobs[JobKind]['output'] }
  | { type: 'failed'; error: ErrorPayload }
