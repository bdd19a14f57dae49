/** The machine's side of the protocol's events. */
import type { EventName, Events } from '../../core/protocol.ts'

type Listener = (payload: never) => void

export class EventHub {
  readonly #listeners = new Map<EventName, Set<Listener>>()

  /** @returns a function that ends the subscription. */
  on<Name extends EventName>(name: Name, listener: (payload: Events[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners.add(listener))
    return () => void listeners.delete(listener)
  }

  emit<Name extends EventName>(name: Name, payload: Events[Name]): void {
    for (const listener of this.#listeners.get(name) ?? [])
      (listener as (payload: Events[Name]) => void)(payload)
  }
}
