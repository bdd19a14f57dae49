/** Runs that are trials of one thing, together: what a band, a table row and a legend entry stand for. */
import type { MethodId } from '../../core/experiments/document.ts'
import { OTHER_MODELS } from '../../core/experiments/other-models.ts'
import type { HistoryPoint, RunRecord, RunStatus } from '../../core/experiments/result.ts'
import { identityOf } from './identity.ts'
import type { Identity } from './identity.ts'

/** A run as charts and tables see it, whether it is still going or was read from the workspace. */
export interface TracedRun {
  experimentId: string
  key: string
  label: string
  method: MethodId
  trial: number
  state: 'queued' | 'running' | 'finished'
  status: RunStatus | null
  fraction: number | null
  secondsLeft: number | null
  seconds: number
  phase: string | null
  latest: HistoryPoint | null
  /** Grows in place while the run goes on; empty until loaded for stored runs. */
  history: readonly HistoryPoint[]
  record: RunRecord | null
  /** The document has changed since in a way that changes the problem. */
  stale: boolean
}

export interface RunGroup {
  id: string
  label: string
  method: MethodId
  identity: Identity
  /** Same for groups whose objectives are values of one function. */
  problem: string
  /** In order of their trials; never empty. */
  runs: TracedRun[]
}

/** A run's key without its trial: `sgd-3@beta=0.1` → `sgd@beta=0.1`. */
export function groupKey(key: string): string {
  const [method, ...point] = key.split('@')
  return [method.replace(/-\d+$/, ''), ...point].join('@')
}

/** Swept settings that change the objective function; seeds, limits, widths and method settings do not. */
const PROBLEM_PARAMETER = /^(beta|dataset-|preprocess-|split-)/

/** The part of a run's key that says which problem of a sweep it solves; empty without such a sweep. */
export function problemPart(key: string): string {
  const point = key.split('@')[1] ?? ''
  return point
    .split(',')
    .filter((entry) => PROBLEM_PARAMETER.test(entry))
    .join(',')
}

/** "SGD, momentum · trial 2 · beta 0.1" → "SGD, momentum · beta 0.1". */
export const groupLabel = (label: string): string =>
  label
    .split(' · ')
    .filter((part) => !/^trial \d+$/.test(part))
    .join(' · ')

/** Entries of one method with the same words are counted: "SGD, momentum (2)". */
function numberEqualLabels(groups: Iterable<RunGroup>): void {
  const seen = new Map<string, number>()
  for (const group of groups) {
    const count = (seen.get(group.label) ?? 0) + 1
    seen.set(group.label, count)
    if (count > 1) group.label = group.label.replace(/^[^·]*[^·\s]/, `$& (${count})`)
  }
}

/** Trials together, groups in order of first appearance. Runs of different experiments never share a group. */
export function groupRuns(runs: readonly TracedRun[]): RunGroup[] {
  const groups = new Map<string, RunGroup>()
  for (const run of runs) {
    const id = `${run.experimentId}/${groupKey(run.key)}`
    const group = groups.get(id)
    if (group) group.runs.push(run)
    else
      groups.set(id, {
        id,
        label: groupLabel(run.label),
        method: run.method,
        identity: identityOf(run.method, run.label),
        problem: `${run.experimentId}/${problemPart(run.key)}`,
        runs: [run],
      })
  }
  numberEqualLabels(groups.values())
  for (const group of groups.values()) group.runs.sort((a, b) => a.trial - b.trial)
  return [...groups.values()]
}

/** The largest lower bound proved for the network's problem, per problem. Sampled programs prove none. */
export function bestBounds(groups: readonly RunGroup[]): Map<string, number> {
  const bounds = new Map<string, number>()
  for (const { problem, runs } of groups) {
    for (const { record } of runs) {
      if (!record || record.certificate.lowerBound === null) continue
      if (record.certificate.level !== 'global' && record.certificate.level !== 'bound') continue
      bounds.set(problem, Math.max(bounds.get(problem) ?? -Infinity, record.certificate.lowerBound))
    }
  }
  return bounds
}

const objectivesOf = ({ record, history }: TracedRun): number[] => {
  const seen = history.flatMap(({ objective }) => (objective === undefined ? [] : [objective]))
  return record?.objective == null ? seen : [...seen, record.objective]
}

/** The smallest objective seen so far, per problem. */
export function bestObjectives(groups: readonly RunGroup[]): Map<string, number> {
  const best = new Map<string, number>()
  for (const { problem, method, runs } of groups) {
    // The gated relaxation and other models are not the network: their objectives may lie below.
    if (method === 'gated' || OTHER_MODELS.has(method)) continue
    for (const run of runs) {
      const least = objectivesOf(run).reduce((a, b) => Math.min(a, b), Infinity)
      if (Number.isFinite(least)) best.set(problem, Math.min(best.get(problem) ?? Infinity, least))
    }
  }
  return best
}
