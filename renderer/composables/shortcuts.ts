/** The keyboard: one table for the handler and for the `?` dialog. */
import { onBeforeUnmount, onMounted } from 'vue'
import { useCommandsStore } from '../stores/commands.ts'
import type { WindowCommand } from '../stores/commands.ts'
import { VIEWS, useLayoutStore } from '../stores/layout.ts'
import type { View } from '../stores/layout.ts'
import { matchesKeys } from './keys.ts'

export interface Shortcut {
  /** Alternatives; browsers keep some combinations for themselves. */
  keys: readonly string[]
  words: string
  action: { command: WindowCommand } | { view: View }
}

const VIEW_WORDS: Record<View, string> = {
  experiments: 'Experiments',
  data: 'Data',
  compare: 'Compare',
  settings: 'Settings',
}

export const SHORTCUTS: readonly Shortcut[] = [
  { keys: ['Mod+Enter'], words: 'Run the experiment', action: { command: 'run' } },
  { keys: ['Mod+.'], words: 'Cancel its runs', action: { command: 'cancel' } },
  { keys: ['Mod+N', 'Alt+N'], words: 'New experiment', action: { command: 'new-experiment' } },
  { keys: ['Mod+I', 'Alt+I'], words: 'Import data', action: { command: 'import-data' } },
  { keys: ['Mod+F'], words: 'Find', action: { command: 'find' } },
  ...VIEWS.map((view, i) => ({
    keys: [`Alt+${i + 1}`, ...(view === 'settings' ? ['Mod+,'] : [])],
    words: VIEW_WORDS[view],
    action: { view },
  })),
  { keys: ['?'], words: 'This list', action: { command: 'shortcuts' } },
]

/** Keys that are the business of whatever has the focus; only for the `?` dialog. */
export const LOCAL_KEYS: readonly { keys: readonly string[]; words: string }[] = [
  { keys: ['ArrowUp', 'ArrowDown'], words: 'Move in lists; change a number by its leading digit' },
  { keys: ['Shift+ArrowUp', 'Shift+ArrowDown'], words: 'Change a number by a decade' },
  { keys: ['F2'], words: 'Rename the selected experiment' },
  { keys: ['Delete'], words: 'Delete the selected row (can be undone)' },
  { keys: ['F8'], words: 'Go to the notices' },
  { keys: ['Escape'], words: 'Close what is open' },
]

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))

/** Listens for as long as the component is there. */
export function useShortcuts(): void {
  const commands = useCommandsStore()
  const layout = useLayoutStore()

  function perform({ action }: Shortcut): boolean {
    if ('command' in action) return commands.run(action.command)
    layout.go(action.view)
    return true
  }

  function listen(event: KeyboardEvent): void {
    const shortcut = SHORTCUTS.find(({ keys }) => keys.some((key) => matchesKeys(event, key)))
    if (!shortcut || event.defaultPrevented) return
    const plainKey = !event.ctrlKey && !event.metaKey && !event.altKey
    if (plainKey && typing(event.target)) return
    if (perform(shortcut)) event.preventDefault()
  }

  onMounted(() => window.addEventListener('keydown', listen))
  onBeforeUnmount(() => window.removeEventListener('keydown', listen))
}
