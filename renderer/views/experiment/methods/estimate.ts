/** How long the runs of a document may take, judged by what the same runs took last. */
import type { RunSpec } from '../../../../core/experiments/problem.ts'
import type { TracedRun } from '../../../charts/run-groups.ts'
import { groupKey } from '../../../charts/run-groups.ts'

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/**
 * Seconds until all runs are done on `slots` cores.
 *
 * @returns null when a method has not finished before under this name: no guess then
 */
export function estimateSeconds(
  specs: readonly Pick<RunSpec, 'key'>[],
  runs: readonly TracedRun[],
  slots: number,
): number | null {
  if (specs.length === 0) return null
  const known = new Map<string, number[]>()
  for (const { key, state, status, seconds } of runs) {
    if (state !== 'finished' || status === 'failed' || status === 'cancelled') continue
    known.set(groupKey(key), [...(known.get(groupKey(key)) ?? []), seconds])
  }
  const expected = specs
    .map(({ key }) => known.get(groupKey(key)))
    .map((seconds) => (seconds ? mean(seconds) : null))
  if (expected.some((seconds) => seconds === null)) return null
  const times = expected as number[]
  return Math.max(...times, times.reduce((sum, seconds) => sum + seconds, 0) / Math.max(1, slots))
}
