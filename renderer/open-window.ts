/** From a machine to a window on the screen. */
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import type { Machine } from '../core/protocol.ts'
import App from './App.vue'
import ConnectionFailed from './components/frame/ConnectionFailed.vue'
import type { ConnectionState } from './api/machine.ts'
import { useDatasetsStore } from './stores/datasets.ts'
import { useDraftStore } from './stores/draft.ts'
import { useExperimentsStore } from './stores/experiments.ts'
import { useLayoutStore } from './stores/layout.ts'
import { useMachineStore } from './stores/machine.ts'
import { useRunsStore } from './stores/runs.ts'
import { useSettingsStore } from './stores/settings.ts'

type WatchConnection = (listener: (state: ConnectionState) => void) => unknown

/**
 * Connects, loads what the frame needs, and mounts; where that fails, the page says why and offers another try.
 *
 * @param place selector of the element to mount in
 */
export async function openWindow(
  place: string,
  connect: () => Promise<Machine>,
  watchConnection: WatchConnection,
): Promise<void> {
  const pinia = createPinia()
  try {
    await useMachineStore(pinia).attach(await connect(), watchConnection)
    await useSettingsStore(pinia).load()
    useLayoutStore(pinia).restore()
  } catch (error) {
    createApp(ConnectionFailed, { error }).mount(place)
    return
  }
  useDraftStore(pinia).start()
  createApp(App).use(pinia).mount(place)
  await Promise.all([
    useExperimentsStore(pinia).load(),
    useDatasetsStore(pinia).load(),
    useRunsStore(pinia).start(),
  ])
}
