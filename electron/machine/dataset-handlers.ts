/** Data sets: list, import, preview, delete and restore. */
import { BidualError } from '../../core/errors.ts'
import type { Handlers } from './handlers.ts'
import type { Services } from './services.ts'

export const datasetHandlers = (services: Services) => {
  const { datasets, experiments } = services.stores
  return {
    listDatasets: () => datasets.list(),
    importDataset: async ({ fileName, bytes }) => {
      const entry = await datasets.import(fileName, bytes)
      services.datasetsChanged()
      return entry
    },
    previewDataset: ({ id, ...options }) => datasets.preview(id, options),
    deleteDataset: async ({ id }) => {
      refuseWhileUsed(datasets.get(id).fileName, experiments.usersOf(id))
      await datasets.remove(id)
      services.datasetsChanged()
      return null
    },
    restoreDataset: async ({ id }) => {
      const entry = await datasets.restore(id)
      services.datasetsChanged()
      return entry
    },
  } satisfies Partial<Handlers>
}

function refuseWhileUsed(fileName: string, users: string[]): void {
  if (users.length === 0) return
  const names = users.slice(0, 3).map((name) => `"${name}"`)
  const more = users.length > names.length ? ` and ${users.length - names.length} more` : ''
  throw new BidualError(
    'conflict',
    `${fileName} is used by ${names.join(', ')}${more}. Choose other data there, or delete the experiment first.`,
  )
}
