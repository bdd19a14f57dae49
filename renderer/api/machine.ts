/** The window's one way to its machine: through the preload script on the desktop, else through a WebSocket. */
import type { DesktopBridge } from '../../core/bridge.ts'
import type { Machine } from '../../core/protocol.ts'
import { machineOfBridge } from './bridge-machine.ts'
import { takeToken } from './token.ts'
import { connectSocket } from './socket-machine.ts'

export { onConnection } from './connection.ts'
export type { ConnectionState } from './connection.ts'

declare global {
  interface Window {
    /** Given by the desktop's preload script; absent in a browser. */
    bidual?: DesktopBridge
  }
}

/**
 * @returns the machine, once it answers
 * @throws BidualError `forbidden` when the address has no token; `disconnected` when the machine cannot be reached
 */
export async function connectMachine(): Promise<Machine> {
  if (window.bidual) return machineOfBridge(window.bidual)
  const { protocol, host } = window.location
  return connectSocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/machine`, takeToken())
}
