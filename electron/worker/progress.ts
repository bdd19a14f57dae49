/** Thinning of a run's updates before they leave the thread: short runs lose nothing, long ones flood nobody. */
import type { RunUpdate } from '../../core/experiments/runner.ts'

/** Milliseconds between two kept updates, by how many were kept before. */
const INTERVALS = [
  { upTo: 500, interval: 0 },
  { upTo: 2000, interval: 20 },
  { upTo: Infinity, interval: 200 },
]
/** Milliseconds between two messages. */
const MESSAGE_INTERVAL = 40

export interface ProgressPost {
  add(update: RunUpdate): void
  /** Sends what is waiting, the very last update included. */
  end(): void
}

/**
 * @param send posts one message
 * @param now milliseconds from any origin
 */
export function postProgress(send: (updates: RunUpdate[]) => void, now: () => number): ProgressPost {
  let waiting: RunUpdate[] = []
  let skipped: RunUpdate | null = null
  let kept = 0
  let lastKept = -Infinity
  let lastSent = -Infinity
  const flush = () => {
    if (waiting.length > 0) send(waiting)
    waiting = []
    lastSent = now()
  }
  return {
    add(update) {
      const { interval } = INTERVALS.find(({ upTo }) => kept < upTo)!
      if (now() - lastKept < interval) {
        skipped = update
        return
      }
      skipped = null
      waiting.push(update)
      kept++
      lastKept = now()
      if (now() - lastSent >= MESSAGE_INTERVAL) flush()
    },
    end() {
      if (skipped) waiting.push(skipped)
      flush()
    },
  }
}
