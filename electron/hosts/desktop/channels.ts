/** Names of the messages between the preload script and the main process; the window never sees them. */
import type { EventName } from '../../../core/protocol.ts'

export const REQUEST_CHANNEL = 'bidual:request'
export const eventChannel = (name: EventName) => `bidual:event:${name}`
