/** Runs `action` once, `wait` milliseconds after the last call. */
export function debounce(action: () => void, wait: number): (() => void) & { cancel: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  const cancel = () => clearTimeout(timer)
  const call = () => {
    cancel()
    timer = setTimeout(action, wait)
  }
  return Object.assign(call, { cancel })
}
