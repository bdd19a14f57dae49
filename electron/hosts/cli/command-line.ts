/** The command line: the same engine without a window. */
import { BidualError, formatPlace } from '../../../core/errors.ts'
import type { ErrorCode } from '../../../core/errors.ts'
import { VERSION } from '../../version.ts'
import { COMMANDS, describe, HELP } from './commands.ts'
import { EXIT } from './exit-codes.ts'
import type { Terminal } from './terminal.ts'

/** Errors that the caller can mend. */
const BAD_INPUT: readonly ErrorCode[] = ['bad-input', 'not-found', 'unsupported', 'too-large']

/**
 * @param args after the program's name
 * @returns the exit code
 */
export async function runCommandLine(args: string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    terminal.print(HELP)
    return name === undefined ? EXIT.badInput : EXIT.solved
  }
  if (name === '--version' || name === '-v') {
    terminal.print(VERSION)
    return EXIT.solved
  }
  try {
    if (!Object.hasOwn(COMMANDS, name)) {
      throw new BidualError('bad-input', `There is no command "${name}". See --help.`)
    }
    if (rest.includes('--help')) {
      terminal.print(describe(COMMANDS[name]))
      return EXIT.solved
    }
    return await COMMANDS[name].run(rest, terminal)
  } catch (error) {
    return explain(error, terminal)
  }
}

/** One line that says what is wrong and where. A defect of ours keeps its stack. */
function explain(error: unknown, terminal: Terminal): number {
  if (!(error instanceof BidualError)) throw error
  const place = formatPlace(error.place)
  terminal.complain(place ? `bidual: ${place}: ${error.message}` : `bidual: ${error.message}`)
  if (error.code === 'cancelled') return EXIT.cancelled
  return BAD_INPUT.includes(error.code) ? EXIT.badInput : EXIT.failed
}
