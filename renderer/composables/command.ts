import { onBeforeUnmount, onMounted } from 'vue'
import { useCommandsStore } from '../stores/commands.ts'
import type { WindowCommand } from '../stores/commands.ts'

/** Answers a command of menu or keyboard for as long as the component is there; the newest component wins. */
export function useCommand(name: WindowCommand, handler: () => void): void {
  const commands = useCommandsStore()
  let release: (() => void) | undefined
  onMounted(() => (release = commands.register(name, handler)))
  onBeforeUnmount(() => release?.())
}
