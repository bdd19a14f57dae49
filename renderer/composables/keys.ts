/** Keyboard shortcuts: one table for the handler, the tooltips and the `?` dialog. */

const isMac = () => /Mac|iPhone|iPad/.test(navigator.userAgent)

const CAPS: Record<string, [mac: string, other: string]> = {
  Mod: ['⌘', 'Ctrl'],
  Shift: ['⇧', 'Shift'],
  Alt: ['⌥', 'Alt'],
  Enter: ['⏎', 'Enter'],
  Escape: ['esc', 'Esc'],
  Delete: ['⌦', 'Del'],
  ArrowUp: ['↑', '↑'],
  ArrowDown: ['↓', '↓'],
}

/** `Mod+Enter` → `['⌘', '⏎']` or `['Ctrl', 'Enter']`. */
export function keyCaps(keys: string, mac = isMac()): string[] {
  return keys
    .split('+')
    .map((key) => CAPS[key]?.[mac ? 0 : 1] ?? (key.length === 1 ? key.toUpperCase() : key))
}

/** Whether a key event is the shortcut, with exactly its modifiers. `?` needs whatever Shift the layout asks for. */
export function matchesKeys(event: KeyboardEvent, keys: string, mac = isMac()): boolean {
  const parts = keys.split('+')
  const key = parts.at(-1) ?? ''
  const wanted = (name: string) => parts.slice(0, -1).includes(name)
  const mod = mac ? event.metaKey : event.ctrlKey
  const otherMod = mac ? event.ctrlKey : event.metaKey
  if (mod !== wanted('Mod') || otherMod || event.altKey !== wanted('Alt')) return false
  if (key.length > 1 && event.shiftKey !== wanted('Shift')) return false
  // Alt changes what letters and digits give on a Mac; their place on the keyboard stays.
  if (wanted('Alt') && /^[a-z0-9]$/i.test(key))
    return /^(Key|Digit)(.)$/.exec(event.code)?.[2] === key.toUpperCase()
  return event.key.toLowerCase() === key.toLowerCase()
}
