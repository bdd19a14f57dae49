/** The table of commands, and the help made from it. */
import { VERSION } from '../../version.ts'
import { exportCommand } from './export-command.ts'
import { inspectCommand } from './inspect-command.ts'
import { runCommand } from './run-command.ts'
import { serveCommand } from './serve-command.ts'
import type { Terminal } from './terminal.ts'

export interface Command {
  /** How it is called, without the program's name. */
  usage: string
  summary: string
  /** Flag and meaning. */
  flags: readonly (readonly [string, string])[]
  /** @returns the exit code */
  run: (args: string[], terminal: Terminal) => Promise<number>
}

export const COMMANDS: Record<string, Command> = {
  run: runCommand,
  data: inspectCommand,
  serve: serveCommand,
  export: exportCommand,
}

const FLAG_WIDTH = 18

/** How a command is called and what its flags mean. */
export function describe({ usage, summary, flags }: Command): string {
  const rows = flags.map(([flag, meaning]) => `      ${flag.padEnd(FLAG_WIDTH)} ${meaning}`)
  return [`  bidual ${usage}`, `      ${summary}`, ...rows].join('\n')
}

export const HELP = `Bidual ${VERSION}: convex training of ReLU networks, with certificates.

${Object.values(COMMANDS).map(describe).join('\n\n')}

  bidual --help
  bidual --version

Exit codes: 0 solved, 1 failed, 2 bad input, 130 cancelled.`
