/** Arrow keys in a list of buttons: one is in the tab order, arrows move among them. */

const ROW = '[data-row]'

/** @param event on the element that holds the rows */
export function moveInList(event: KeyboardEvent): void {
  const target = event.target as HTMLElement
  const list = event.currentTarget as HTMLElement
  if (!target.matches(ROW)) return
  const rows = [...list.querySelectorAll<HTMLElement>(ROW)]
  const at = rows.indexOf(target)
  const next: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }
  if (!(event.key in next)) return
  event.preventDefault()
  rows.at(Math.min(rows.length - 1, Math.max(0, next[event.key])))?.focus()
}
