/** The workspace's data sets, and what is known about each before it is used. */
import { defineStore } from 'pinia'
import { ref, shallowReactive } from 'vue'
import type { DatasetPreview } from '../../core/data/preview-types.ts'
import type { DatasetEntry, RequestParams } from '../../core/protocol.ts'
import { useRemoteList } from '../composables/remote-list.ts'
import { useLayoutStore } from './layout.ts'
import { useMachineStore } from './machine.ts'
import { useNoticesStore } from './notices.ts'

/** How a person wants the file read; absent parts are detected. */
export type Reading = Omit<RequestParams<'previewDataset'>, 'id'>

export interface PreviewState {
  reading: Reading
  preview: DatasetPreview | null
  loading: boolean
  error: unknown
}

export const useDatasetsStore = defineStore('datasets', () => {
  const machine = useMachineStore()
  const layout = useLayoutStore()
  const notices = useNoticesStore()
  const { entries, loaded, error, refresh, load, find } = useRemoteList<DatasetEntry>({
    fetch: () => machine.request('listDatasets', {}),
    subscribe: (listener) => machine.on('datasetsChanged', listener),
    onReconnect: (listener) => machine.onReconnect(listener),
  })
  /** Name of the file on its way in. */
  const importing = ref<string | null>(null)
  /** Why the last import failed, until it is dismissed or another one works. */
  const importError = ref<unknown>(null)
  const previews = shallowReactive(new Map<string, PreviewState>())

  /** Brings a file in and shows it, or shows why not. */
  async function importFile(file: File): Promise<void> {
    importing.value = file.name
    importError.value = null
    const asked = layout.place
    try {
      const bytes = new Uint8Array(await file.arrayBuffer())
      const entry = await machine.request('importDataset', { fileName: file.name, bytes })
      entries.value = [entry, ...entries.value.filter(({ id }) => id !== entry.id)]
      // Who has gone elsewhere meanwhile is not called back.
      if (layout.place === asked) layout.openDataset(entry.id)
      else {
        const run = () => layout.openDataset(entry.id)
        notices.show({ message: `Imported “${entry.fileName}”.`, action: { label: 'Show', run } })
      }
    } catch (thrown) {
      importError.value = thrown
      if (layout.place === asked) layout.go('data')
      else notices.error(thrown)
    } finally {
      importing.value = null
    }
  }

  /** Reads the file as asked; the last question asked is the one whose answer stays. */
  async function preview(id: string, reading: Reading = {}): Promise<void> {
    const asked: PreviewState = {
      reading,
      preview: previews.get(id)?.preview ?? null,
      loading: true,
      error: null,
    }
    previews.set(id, asked)
    const settled = await machine.request('previewDataset', { id, ...reading }).then(
      (found): PreviewState => ({ reading, preview: found, loading: false, error: null }),
      (thrown: unknown): PreviewState => ({ reading, preview: null, loading: false, error: thrown }),
    )
    if (previews.get(id) === asked) previews.set(id, settled)
  }

  /** Taken from the list at once; the notice brings it back. */
  async function remove(id: string): Promise<void> {
    const name = find(id)?.fileName ?? id
    await machine.request('deleteDataset', { id })
    entries.value = entries.value.filter((entry) => entry.id !== id)
    if (layout.datasetId === id) layout.openDataset(null)
    notices.undoable(`Deleted “${name}”.`, async () => {
      const entry = await machine.request('restoreDataset', { id })
      await refresh()
      layout.openDataset(entry.id)
    })
  }

  return { entries, loaded, error, importing, importError, previews, load, find, importFile, preview, remove }
})
