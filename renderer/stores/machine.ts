/** The window's machine: requests, pushes, and whether it can be reached. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { BidualError } from '../../core/errors.ts'
import type {
  AppInfo,
  EventName,
  Events,
  Machine,
  QueueStatus,
  RequestName,
  RequestParams,
  Responses,
} from '../../core/protocol.ts'
import type { ConnectionState } from '../api/machine.ts'

type Watcher = (state: ConnectionState) => void

export const useMachineStore = defineStore('machine', () => {
  const machine = shallowRef<Machine | null>(null)
  const connection = ref<ConnectionState>('connected')
  const info = ref<AppInfo | null>(null)
  const queue = ref<QueueStatus | null>(null)
  const resync: (() => void)[] = []

  /**
   * Connects the stores to a machine. Called once, before the window is mounted.
   * @param watchConnection tells the state at once and at every change
   */
  async function attach(given: Machine, watchConnection: (listener: Watcher) => unknown): Promise<void> {
    machine.value = given
    watchConnection((state) => {
      const back = connection.value === 'reconnecting' && state === 'connected'
      connection.value = state
      if (back) for (const refresh of resync) refresh()
    })
    given.on('queueChanged', (status) => (queue.value = status))
    info.value = await given.request('getAppInfo', {})
  }

  /** @throws BidualError as the machine says; `disconnected` without one */
  async function request<Name extends RequestName>(
    name: Name,
    params: RequestParams<Name>,
  ): Promise<Responses[Name]> {
    if (!machine.value) throw new BidualError('internal', `${name} was asked before there was a machine.`)
    return machine.value.request(name, params)
  }

  /** @returns a function that ends the subscription. */
  function on<Name extends EventName>(name: Name, listener: (payload: Events[Name]) => void): () => void {
    return machine.value ? machine.value.on(name, listener) : () => undefined
  }

  /** Runs whenever a lost machine is back: pushes were missed, so fetch a snapshot. */
  const onReconnect = (refresh: () => void) => void resync.push(refresh)

  return {
    connection,
    connected: computed(() => connection.value === 'connected'),
    info,
    queue,
    attach,
    request,
    on,
    onReconnect,
  }
})
