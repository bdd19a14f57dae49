/** Short messages at the edge of the window; what was destroyed can be undone from here. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { formatPlace, toErrorPayload } from '../../core/errors.ts'
import type { Tone } from '../components/words.ts'

export interface Notice {
  id: number
  message: string
  /** A second, muted line. */
  detail?: string
  tone: Tone
  action?: { label: string; run: () => void }
  /** Milliseconds until it leaves on its own; Infinity: when it is closed. */
  duration: number
}

const BRIEF = 5000
/** Long enough to read, look back and change one's mind. */
const UNDO = 12_000

export const useNoticesStore = defineStore('notices', () => {
  const notices = ref<Notice[]>([])
  let next = 1

  function show(
    notice: Omit<Notice, 'id' | 'duration' | 'tone'> & Partial<Pick<Notice, 'duration' | 'tone'>>,
  ): number {
    const id = next++
    notices.value.push({ tone: 'neutral', duration: BRIEF, ...notice, id })
    return id
  }

  const dismiss = (id: number) => {
    notices.value = notices.value.filter((notice) => notice.id !== id)
  }

  /** Says what was removed, with a way back. */
  function undoable(message: string, undo: () => Promise<unknown>): number {
    const run = () => void undo().catch(error)
    return show({ message, duration: UNDO, action: { label: 'Undo', run } })
  }

  /** For errors that arose nowhere on the screen; others are shown by an ErrorNote at their place. */
  function error(thrown: unknown): number {
    const payload = toErrorPayload(thrown)
    return show({
      message: payload.message,
      detail: formatPlace(payload.place),
      tone: 'danger',
      duration: UNDO,
    })
  }

  return { notices, show, dismiss, undoable, error }
})
