/** Undo and redo of immutable values. Edits that follow each other with one tag (typing in a field) are one step. */

export interface EditHistory<T> {
  past: readonly T[]
  present: T
  future: readonly T[]
  /** The tag of the last edit; null after anything else. */
  tag: string | null
}

const MAX_STEPS = 200

export const startHistory = <T>(present: T): EditHistory<T> => ({ past: [], present, future: [], tag: null })

/** @param tag edits with the same tag in a row become one step; null: a step of its own */
export function record<T>(history: EditHistory<T>, present: T, tag: string | null): EditHistory<T> {
  if (tag !== null && tag === history.tag) return { ...history, present, future: [] }
  return { past: [...history.past, history.present].slice(-MAX_STEPS), present, future: [], tag }
}

export function undo<T>(history: EditHistory<T>): EditHistory<T> {
  if (history.past.length === 0) return history
  return {
    past: history.past.slice(0, -1),
    present: history.past.at(-1)!,
    future: [history.present, ...history.future],
    tag: null,
  }
}

export function redo<T>(history: EditHistory<T>): EditHistory<T> {
  if (history.future.length === 0) return history
  return {
    past: [...history.past, history.present],
    present: history.future[0],
    future: history.future.slice(1),
    tag: null,
  }
}
