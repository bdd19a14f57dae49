/** One WebSocket of one window: requests in, responses and events out. */
import type { WebSocket } from 'ws'
import { BidualError, toErrorPayload } from '../../../core/errors.ts'
import { EVENT_NAMES } from '../../../core/protocol.ts'
import { decodeFrame, encodeFrame } from '../../../core/wire.ts'
import type { MachineMessage, RequestMessage } from '../../../core/wire.ts'
import type { MachineService } from '../../machine/service.ts'

/** Going away: the frame could not be understood, so that no request can be answered (RFC 6455, 7.4.1). */
const UNSUPPORTED_DATA = 1003

/** Serves the machine on an accepted socket until it closes. */
export function serveSession(socket: WebSocket, machine: MachineService): void {
  const send = (message: MachineMessage) => {
    if (socket.readyState === socket.OPEN) socket.send(encodeFrame(message))
  }
  const subscriptions = EVENT_NAMES.map((name) =>
    machine.on(name, (payload) => send({ type: 'event', name, payload })),
  )
  socket.on('close', () => subscriptions.forEach((end) => end()))
  // `ws` closes the socket itself after a protocol error such as an oversized frame.
  socket.on('error', () => socket.terminate())
  socket.on('message', (data: Buffer, isBinary) => {
    const request = isBinary ? readRequest(data) : null
    if (request) void answer(request, machine).then(send)
    else socket.close(UNSUPPORTED_DATA, 'not a request')
  })
}

function readRequest(data: Buffer): RequestMessage | null {
  try {
    const message = decodeFrame(data)
    return message.type === 'request' ? message : null
  } catch (error) {
    if (error instanceof BidualError) return null
    throw error
  }
}

async function answer(
  { id, name, params }: RequestMessage,
  machine: MachineService,
): Promise<MachineMessage> {
  try {
    return { type: 'response', id, result: await machine.request(name, params) }
  } catch (error) {
    return { type: 'error', id, error: toErrorPayload(error) }
  }
}
