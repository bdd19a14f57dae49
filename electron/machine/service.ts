/** What a host needs of the machine: the protocol with untrusted requests, and its life cycle. */
import type { EventName, Events } from '../../core/protocol.ts'

export interface MachineService {
  /**
   * @param name one of the protocol's requests, untrusted
   * @param params checked against the request's schema here
   * @returns the response
   * @throws BidualError, always
   */
  request(name: string, params: unknown): Promise<unknown>
  /** @returns a function that ends the subscription. */
  on<Name extends EventName>(name: Name, listener: (payload: Events[Name]) => void): () => void
  /** For hosts: menu entries and files opened from outside become commands. */
  emit<Name extends EventName>(name: Name, payload: Events[Name]): void
  /** Runs that are queued or running. */
  activeRuns(): number
  /** Cancels what runs, stores what is finished, closes the index. */
  close(): Promise<void>
}
