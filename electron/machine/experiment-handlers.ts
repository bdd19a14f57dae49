/** Experiments: list, open, create, save, duplicate, delete, restore and inspect. */
import { BidualError } from '../../core/errors.ts'
import type { Handlers } from './handlers.ts'
import { inspectProblem } from './inspect-problem.ts'
import type { Services } from './services.ts'

export const experimentHandlers = (services: Services) => {
  const { session } = services
  const { experiments } = services.stores
  return {
    listExperiments: () => experiments.list(),
    getExperiment: ({ id }) => experiments.detail(id),
    createExperiment: async ({ document }) => {
      const detail = await experiments.create(document)
      services.experimentChanged(detail.id)
      return detail
    },
    saveExperiment: async ({ id, document }) => {
      const entry = await experiments.save(id, document)
      services.experimentChanged(id)
      return entry
    },
    duplicateExperiment: async ({ id }) => {
      const detail = await experiments.duplicate(id)
      services.experimentChanged(detail.id)
      return detail
    },
    deleteExperiment: async ({ id }) => {
      if (session.active(id).length > 0) {
        throw new BidualError('conflict', 'Runs of this experiment are queued or running. Cancel them first.')
      }
      await experiments.remove(id)
      session.forgetExperiment(id)
      services.experimentChanged(id)
      return null
    },
    restoreExperiment: async ({ id }) => {
      const entry = await experiments.restore(id)
      services.experimentChanged(id)
      return entry
    },
    inspectProblem: ({ document }) => inspectProblem(services, document),
  } satisfies Partial<Handlers>
}
