import type { EventName, Events } from '../../../core/protocol.ts'

type Listeners = { [Name in EventName]?: Set<(payload: Events[Name]) => void> }

/** Typed subscriptions: what a machine pushes. */
export class FakeEvents {
  readonly #listeners: Listeners = {}

  on<Name extends EventName>(name: Name, listener: (payload: Events[Name]) => void): () => void {
    const listeners = this.#listeners[name] ?? new Set()
    ;(this.#listeners as Record<string, unknown>)[name] = listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  /** Clones as a wire would. */
  emit<Name extends EventName>(name: Name, payload: Events[Name]): void {
    for (const listener of this.#listeners[name] ?? []) listener(structuredClone(payload))
  }
}
