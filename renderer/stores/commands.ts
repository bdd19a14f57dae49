/** Commands of menu and keyboard, and which part of the window answers them at the moment. */
import { defineStore } from 'pinia'
import { reactive } from 'vue'
import type { CommandName } from '../../core/protocol.ts'

export type WindowCommand = CommandName | 'shortcuts'
type Handler = () => void

export const useCommandsStore = defineStore('commands', () => {
  const handlers = reactive(new Map<WindowCommand, Handler[]>())

  /**
   * The newest handler of a command answers it: a view's own search box takes `find` from the list's.
   * @returns a function that takes the handler back
   */
  function register(name: WindowCommand, handler: Handler): () => void {
    handlers.set(name, [...(handlers.get(name) ?? []), handler])
    return () => void handlers.set(name, handlers.get(name)?.filter((other) => other !== handler) ?? [])
  }

  /** @returns whether anyone answered */
  function run(name: WindowCommand): boolean {
    const handler = handlers.get(name)?.at(-1)
    handler?.()
    return handler !== undefined
  }

  return { register, run }
})
