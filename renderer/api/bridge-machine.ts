/** The machine behind the preload script's named methods. */
import type { DesktopBridge, Reply } from '../../core/bridge.ts'
import { fromErrorPayload } from '../../core/errors.ts'
import type {
  EventName,
  Events,
  Machine,
  RequestName,
  RequestParams,
  Responses,
} from '../../core/protocol.ts'

type AnyRequest = (params: unknown) => Promise<Reply<unknown>>
type AnySubscribe = (listener: (payload: never) => void) => () => void

/** @param bridge what the preload script exposed */
export function machineOfBridge(bridge: DesktopBridge): Machine {
  return {
    async request<Name extends RequestName>(
      name: Name,
      params: RequestParams<Name>,
    ): Promise<Responses[Name]> {
      // The bridge clones its arguments and cannot clone Vue's proxies.
      const reply = await (bridge[name] as AnyRequest)(plain(params))
      if (!reply.ok) throw fromErrorPayload(reply.error)
      return reply.value as Responses[Name]
    },
    on<Name extends EventName>(name: Name, listener: (payload: Events[Name]) => void): () => void {
      const method = `on${name[0].toUpperCase()}${name.slice(1)}` as keyof DesktopBridge
      return (bridge[method] as AnySubscribe)(listener)
    },
  }
}

/** A copy without proxies; typed arrays are passed as they are. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  if (Array.isArray(value)) return value.map(plain)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}
