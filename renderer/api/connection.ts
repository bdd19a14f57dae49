/** Whether the machine can be reached, for the status bar. The desktop's machine always can. */
export type ConnectionState = 'connected' | 'reconnecting'

let state: ConnectionState = 'connected'
const listeners = new Set<(state: ConnectionState) => void>()

/**
 * @param listener told the state at once and at every change; after `connected` snapshots have to be fetched anew
 * @returns a function that ends the subscription
 */
export function onConnection(listener: (state: ConnectionState) => void): () => void {
  listeners.add(listener)
  listener(state)
  return () => void listeners.delete(listener)
}

/** For the transports alone. */
export function setConnection(next: ConnectionState): void {
  if (next === state) return
  state = next
  for (const listener of listeners) listener(state)
}
