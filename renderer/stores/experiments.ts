/** The list of experiments: the machine owns it, this is its picture. */
import { defineStore } from 'pinia'
import { BidualError } from '../../core/errors.ts'
import type { ExperimentDetail, ExperimentEntry, RequestParams } from '../../core/protocol.ts'
import { useRemoteList } from '../composables/remote-list.ts'
import { useDraftStore } from './draft.ts'
import { useLayoutStore } from './layout.ts'
import { useMachineStore } from './machine.ts'
import { useNoticesStore } from './notices.ts'

type JsonObject = RequestParams<'createExperiment'>['document']

export const useExperimentsStore = defineStore('experiments', () => {
  const machine = useMachineStore()
  const layout = useLayoutStore()
  const notices = useNoticesStore()
  const draft = useDraftStore()
  const { entries, loaded, error, refresh, load, find } = useRemoteList<ExperimentEntry>({
    fetch: () => machine.request('listExperiments', {}),
    subscribe: (listener) => machine.on('experimentsChanged', listener),
    onReconnect: (listener) => machine.onReconnect(listener),
  })

  function opened(detail: ExperimentDetail): ExperimentDetail {
    layout.openExperiment(detail.id)
    return detail
  }

  /** Creates and opens. @throws BidualError with the document's path */
  async function create(document: object): Promise<ExperimentDetail> {
    return opened(await machine.request('createExperiment', { document: document as JsonObject }))
  }

  /** Creates from the text of a `.bidual` or JSON file. @throws BidualError naming the file */
  async function createFromText(text: string, file: string): Promise<ExperimentDetail> {
    const document = parseObject(text, file)
    try {
      return await create(document)
    } catch (thrown) {
      if (!(thrown instanceof BidualError)) throw thrown
      throw new BidualError(thrown.code, thrown.message, { file, ...thrown.place })
    }
  }

  async function duplicate(id: string): Promise<ExperimentDetail> {
    return opened(await machine.request('duplicateExperiment', { id }))
  }

  async function rename(id: string, name: string): Promise<void> {
    if (draft.experimentId === id) await draft.flush()
    const { document } = await machine.request('getExperiment', { id })
    const renamed = { ...document, name } as JsonObject
    const entry = await machine.request('saveExperiment', { id, document: renamed })
    entries.value = entries.value.map((other) => (other.id === id ? entry : other))
  }

  /** Taken from the list at once; the notice brings it back. */
  async function remove(id: string): Promise<void> {
    const name = find(id)?.name ?? id
    if (draft.experimentId === id) await draft.flush()
    await machine.request('deleteExperiment', { id })
    entries.value = entries.value.filter((entry) => entry.id !== id)
    if (layout.experimentId === id) layout.openExperiment(null)
    notices.undoable(`Deleted “${name}”.`, async () => {
      await machine.request('restoreExperiment', { id })
      await refresh()
      layout.openExperiment(id)
    })
  }

  return { entries, loaded, error, load, refresh, find, create, createFromText, duplicate, rename, remove }
})

function parseObject(text: string, file: string): object {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : ''
    throw new BidualError('bad-input', `An experiment is a JSON document; this file is not JSON: ${why}`, {
      file,
    })
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new BidualError(
    'bad-input',
    'An experiment is a JSON object; this file holds another kind of value.',
    { file },
  )
}
