/** Command-line flags of the hosts. */
import { parseArgs } from 'node:util'
import type { ParseArgsConfig } from 'node:util'
import { BidualError } from '../../core/errors.ts'

/**
 * Node's parser with our errors.
 *
 * @throws BidualError `bad-input` for unknown flags and missing values
 */
export function parseFlags<Config extends ParseArgsConfig>(
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config)
  } catch (error) {
    // "Unknown option '--x'. To specify a positional argument …": the first sentence is for people.
    const message = error instanceof Error ? error.message.split('. ')[0] : String(error)
    throw new BidualError('bad-input', `${message}. See --help.`)
  }
}

/** @throws BidualError `bad-input` unless `text` is a whole number in [least, most] */
export function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw new BidualError(
    'bad-input',
    `${flag}: expected a whole number from ${least} to ${most}, found "${text}".`,
  )
}
