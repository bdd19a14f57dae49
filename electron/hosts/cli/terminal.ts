/** Where the command line writes. Results go to standard output, everything else to standard error. */

export interface Terminal {
  /** A result: one line or several. */
  print: (text: string) => void
  /** A message. */
  complain: (line: string) => void
  /** Replaces the progress line; null takes it away. Absent where nobody watches. */
  progress: ((line: string | null) => void) | null
  /** Characters a line. */
  width: number
}

const DEFAULT_WIDTH = 100
/** Back to the first column, and clear the line (ECMA-48). */
const CLEAR_LINE = '\r\u001b[K'

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdout, stderr } = process
  let shown = false
  const clear = () => {
    if (shown) stderr.write(CLEAR_LINE)
    shown = false
  }
  return {
    print: (text) => {
      clear()
      stdout.write(`${text}\n`)
    },
    complain: (line) => {
      clear()
      stderr.write(`${line}\n`)
    },
    progress: stderr.isTTY
      ? (line) => {
          clear()
          if (line === null) return
          stderr.write(line.slice(0, stderr.columns - 1))
          shown = true
        }
      : null,
    width: stdout.columns ?? DEFAULT_WIDTH,
  }
}
