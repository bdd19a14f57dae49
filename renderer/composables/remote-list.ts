import { shallowRef } from 'vue'

/** How a list of the machine is had. */
export interface RemoteSource<Entry> {
  fetch: () => Promise<Entry[]>
  /** Called with every push. */
  subscribe: (listener: (entries: Entry[]) => void) => void
  /** Called whenever a lost connection is back. */
  onReconnect: (listener: () => void) => void
}

/** A list that the machine owns: fetched once and after a lost connection, replaced whole by each push. */
export function useRemoteList<Entry extends { id: string }>(source: RemoteSource<Entry>) {
  const entries = shallowRef<Entry[]>([])
  const loaded = shallowRef(false)
  const error = shallowRef<unknown>(null)

  async function refresh(): Promise<void> {
    try {
      entries.value = await source.fetch()
      error.value = null
    } catch (thrown) {
      error.value = thrown
    } finally {
      loaded.value = true
    }
  }

  async function load(): Promise<void> {
    source.subscribe((changed) => (entries.value = changed))
    source.onReconnect(() => void refresh())
    await refresh()
  }

  const find = (id: string) => entries.value.find((entry) => entry.id === id)
  return { entries, loaded, error, refresh, load, find }
}
