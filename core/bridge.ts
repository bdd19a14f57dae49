/** What the desktop's preload script gives the window as `window.bidual`; both ends derive from the protocol. */
import type { ErrorPayload } from './errors.ts'
import type { EventName, Events, RequestName, RequestParams, Responses } from './protocol.ts'

/** Errors cross the isolated worlds as values: a thrown error would lose everything but its message. */
export type Reply<T> = { ok: true; value: T } | { ok: false; error: ErrorPayload }

/** One method a request, one subscription an event. */
export type DesktopBridge = {
  [Name in RequestName]: (params: RequestParams<Name>) => Promise<Reply<Responses[Name]>>
} & {
  [Name in EventName as `on${Capitalize<Name>}`]: (listener: (payload: Events[Name]) => void) => () => void
}
