/** At most one push per interval, and always the last one. */

export interface Throttled {
  /** Something has changed: pushes now, or at the end of the running interval. */
  touch(): void
  /** Pushes at once what is waiting, and ends the timer. */
  flush(): void
}

export const PUSH_INTERVAL_MS = 100

/** @param push reads the state at the time it is called, so that the last change is never lost */
export function throttle(push: () => void, interval = PUSH_INTERVAL_MS): Throttled {
  let timer: NodeJS.Timeout | null = null
  let waiting = false
  const start = () => {
    timer = setTimeout(() => {
      timer = null
      if (waiting) fire()
    }, interval)
  }
  const fire = () => {
    waiting = false
    start()
    push()
  }
  return {
    touch() {
      if (timer) waiting = true
      else fire()
    },
    flush() {
      if (timer) clearTimeout(timer)
      timer = null
      if (waiting) push()
      waiting = false
    },
  }
}
