/** Runs: start, cancel, follow, look up, delete and restore. */
import { BidualError } from '../../core/errors.ts'
import { expandDocument } from '../../core/experiments/expand.ts'
import type { RunSpec } from '../../core/experiments/problem.ts'
import type { Document } from '../services/documents.ts'
import { resumed } from '../services/resume.ts'
import { dataPaths } from './data-paths.ts'
import type { Handlers } from './handlers.ts'
import type { Services } from './services.ts'

export const runHandlers = (services: Services) => {
  const { session } = services
  const { experiments, runs, workspace } = services.stores
  return {
    startRuns: async ({ experimentId, methods, resume }) => {
      const chosen = specsOf(experiments.document(experimentId), methods)
      const specs = resume ? await stoppedRuns(chosen, (key) => workspace.run(experimentId, key)) : chosen
      const resolve = (file: string, path: string) => workspace.resolveDataFile(file, path)
      // Sweeps replace numbers: every run of a document reads the same files.
      const paths = await dataPaths(specs[0].document, resolve)
      return { keys: session.start(experimentId, specs, paths) }
    },
    cancelRun: ({ experimentId, key }) => {
      session.cancel(experimentId, key)
      return null
    },
    cancelAll: ({ experimentId }) => {
      session.cancelAll(experimentId)
      return null
    },
    getRunSnapshot: () => {
      // Asked by a window that has just come, or come back: it has heard nothing of the queue yet.
      services.repeatQueueStatus()
      return session.snapshot()
    },
    listRuns: () => experiments.list().flatMap(({ id }) => experiments.runs(id)),
    getRunHistory: ({ experimentId, key }) => runs.history(experimentId, key),
    getRunWeights: ({ experimentId, key }) => runs.weights(experimentId, key),
    deleteRun: async ({ experimentId, key }) => {
      if (session.isActive(experimentId, key)) {
        throw new BidualError('conflict', 'This run is queued or running. Cancel it first.')
      }
      await runs.remove(experimentId, key)
      session.forget(experimentId, key)
      services.experimentChanged(experimentId)
      return null
    },
    restoreRun: async ({ experimentId, key }) => {
      await runs.restore(experimentId, key)
      services.experimentChanged(experimentId)
      return null
    },
    getResult: ({ experimentId }) => ({ ...experiments.result(experimentId) }),
  } satisfies Partial<Handlers>
}

/** @throws BidualError `bad-input` when none of the runs was stopped */
async function stoppedRuns(specs: readonly RunSpec[], folderOf: (key: string) => string): Promise<RunSpec[]> {
  const found = await Promise.all(specs.map((spec) => resumed(spec, folderOf(spec.key))))
  const stopped = found.filter((spec) => spec !== null)
  if (stopped.length > 0) return stopped
  throw new BidualError('bad-input', 'No run of this document was stopped that could go on.')
}

/** @param methods indices into `document.methods`; all of them when absent */
function specsOf(document: Document, methods: number[] | undefined): RunSpec[] {
  const specs = expandDocument(document)
  const chosen = methods ? specs.filter(({ methodIndex }) => methods.includes(methodIndex)) : specs
  const missing = methods?.find((index) => !specs.some(({ methodIndex }) => methodIndex === index))
  if (missing !== undefined) {
    throw new BidualError('bad-input', `The document has no method ${missing} (counted from 0).`, {
      path: 'methods',
    })
  }
  if (chosen.length > 0) return chosen
  throw new BidualError('bad-input', 'No method is chosen. Choose at least one.', { path: 'methods' })
}
