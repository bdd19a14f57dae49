/** The machine behind the browser host's WebSocket, with reconnection. */
import { BidualError, fromErrorPayload } from '../../core/errors.ts'
import type {
  EventName,
  Events,
  Machine,
  RequestName,
  RequestParams,
  Responses,
} from '../../core/protocol.ts'
import { decodeFrame, encodeFrame } from '../../core/wire.ts'
import type { MachineMessage } from '../../core/wire.ts'
import { setConnection } from './connection.ts'

/** Milliseconds before the next attempt; the last one repeats. */
const RETRY_DELAYS = [200, 500, 1000, 2000, 5000]
interface Pending {
  resolve: (result: unknown) => void
  reject: (error: BidualError) => void
}
type Listener = (payload: never) => void

const lost = () =>
  new BidualError(
    'disconnected',
    'Bidual does not answer. Check that the process that printed the address still runs.',
  )
const refused = () =>
  new BidualError(
    'forbidden',
    'The token of this address is not valid (any more). Open the address printed last.',
  )

/** A failed WebSocket says nothing about why; the same check over HTTP does. */
async function whyNotOpened(address: string, token: string): Promise<BidualError> {
  try {
    const { status } = await fetch(address.replace(/^ws/, 'http'), {
      headers: { authorization: `Bearer ${token}` },
    })
    return status === 403 ? refused() : lost()
  } catch {
    return lost()
  }
}

/**
 * Opens the socket and keeps it open. Requests made or unanswered while it is down are rejected with `disconnected`.
 *
 * @param address of the socket, without the token
 * @param token sent as the WebSocket subprotocol, so that it appears in no address
 * @returns once the socket is open
 * @throws BidualError `forbidden` for a wrong token, `disconnected` when nothing answers
 */
export async function connectSocket(address: string, token: string): Promise<Machine> {
  const connection = new SocketConnection(address, token)
  await connection.open()
  return connection
}

class SocketConnection implements Machine {
  readonly #address: string
  readonly #token: string
  readonly #pending = new Map<number, Pending>()
  readonly #listeners = new Map<EventName, Set<Listener>>()
  #socket: WebSocket | null = null
  #nextId = 1
  #failures = 0

  constructor(address: string, token: string) {
    this.#address = address
    this.#token = token
  }

  request<Name extends RequestName>(name: Name, params: RequestParams<Name>): Promise<Responses[Name]> {
    const socket = this.#socket
    if (!socket) return Promise.reject(lost())
    const id = this.#nextId++
    return new Promise<Responses[Name]>((resolve, reject) => {
      socket.send(encodeFrame({ type: 'request', id, name, params }))
      this.#pending.set(id, { resolve: (result) => resolve(result as Responses[Name]), reject })
    })
  }

  on<Name extends EventName>(name: Name, listener: (payload: Events[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners.add(listener))
    return () => void listeners.delete(listener)
  }

  /** Resolves when open; rejects when closed before that. */
  open(): Promise<void> {
    const socket = new WebSocket(this.#address, ['bidual', this.#token])
    socket.binaryType = 'arraybuffer'
    socket.onmessage = ({ data }) =>
      this.#receive(decodeFrame(new Uint8Array(data as ArrayBuffer)) as MachineMessage)
    return new Promise((resolve, reject) => {
      socket.onopen = () => {
        this.#socket = socket
        this.#failures = 0
        setConnection('connected')
        resolve()
      }
      socket.onclose = () => {
        if (this.#socket === socket) this.#lose()
        else void whyNotOpened(this.#address, this.#token).then(reject)
      }
    })
  }

  #receive(message: MachineMessage): void {
    if (message.type === 'event') {
      for (const listener of this.#listeners.get(message.name) ?? []) listener(message.payload as never)
      return
    }
    const pending = this.#pending.get(message.id)
    this.#pending.delete(message.id)
    if (message.type === 'error') pending?.reject(fromErrorPayload(message.error))
    else pending?.resolve(message.result)
  }

  #lose(): void {
    this.#socket = null
    for (const { reject } of this.#pending.values()) reject(lost())
    this.#pending.clear()
    setConnection('reconnecting')
    this.#retry()
  }

  #retry(): void {
    const delay = RETRY_DELAYS[Math.min(this.#failures, RETRY_DELAYS.length - 1)]
    this.#failures++
    setTimeout(() => {
      this.open().catch((error: unknown) => {
        // A host that was started anew has another token: only its new address helps.
        if (!(error instanceof BidualError && error.code === 'forbidden')) this.#retry()
      })
    }, delay)
  }
}
