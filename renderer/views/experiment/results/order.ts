/** Groups in the order of the method table, so that a method's row stands where its card does. */
import { METHOD_IDS } from '../../../../core/experiments/document.ts'
import { groupRuns } from '../../../charts/run-groups.ts'
import type { RunGroup, TracedRun } from '../../../charts/run-groups.ts'

const words = new Intl.Collator('en', { numeric: true })

export function orderedGroups(runs: readonly TracedRun[]): RunGroup[] {
  return groupRuns(runs).sort(
    (a, b) => METHOD_IDS.indexOf(a.method) - METHOD_IDS.indexOf(b.method) || words.compare(a.id, b.id),
  )
}
