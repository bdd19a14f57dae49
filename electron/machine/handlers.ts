/** What a handler is: a feature file exports a table of them, keyed by request. */
import type { RequestName, RequestParams, Responses } from '../../core/protocol.ts'

/** Given validated parameters; throws BidualError. */
export type Handler<Name extends RequestName> = (
  params: RequestParams<Name>,
) => Responses[Name] | Promise<Responses[Name]>

export type Handlers<Names extends RequestName = RequestName> = { [Name in Names]: Handler<Name> }
