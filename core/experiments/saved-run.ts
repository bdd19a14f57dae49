import { BidualError } from '../errors.ts'
import type { NamedArrays, Problem, RunContext } from './problem.ts'

/**
 * What the run to go on from has left; null for a run that begins.
 *
 * @throws BidualError bad-input when it was of other data
 */
export function savedArrays({ summary }: Problem, { resume }: RunContext): NamedArrays | null {
  if (!resume) return null
  if (resume.sha256 === summary.sha256) return resume.arrays
  throw new BidualError('bad-input', 'The data have changed since this run was stopped: start it anew.')
}
