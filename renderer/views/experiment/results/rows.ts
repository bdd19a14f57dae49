/** The rows of the results table: one per group of trials, one per trial beneath it. Figures as numbers, not text. */
import type { CertificateLevel, RunRecord, RunStatus } from '../../../../core/experiments/result.ts'
import type { ShownStatus } from '../../../components/words.ts'
import type { Identity } from '../../../charts/identity.ts'
import type { RunGroup, TracedRun } from '../../../charts/run-groups.ts'

/** A mean with its spread; one value has none. Null: no run has the figure. */
export interface Figure {
  mean: number
  /** Standard deviation (n − 1); null for a single value. */
  sd: number | null
  count: number
}

export interface ResultRow {
  id: string
  label: string
  identity: Identity
  /** The single run, or the trial; null for a group of several. */
  run: TracedRun | null
  /** The run whose certificate the row shows: the trial with the smallest objective. */
  best: TracedRun
  group: RunGroup
  status: ShownStatus
  /** How many trials stand at `status`, of how many; equal unless trials differ. */
  agreeing: number
  fraction: number | null
  secondsLeft: number | null
  phase: string | null
  objective: Figure | null
  level: CertificateLevel | null
  lowerBound: number | null
  /** Absolute, of `best`. */
  gap: number | null
  /** gap / lowerBound, of `best`; null where the bound is not positive. */
  relativeGap: number | null
  train: Figure | null
  test: Figure | null
  neurons: Figure | null
  ranks: string | null
  seconds: Figure | null
  iterations: Figure | null
  stale: boolean
}

/** @returns null for an empty list; nulls and NaN among the values are passed over. */
export function figureOf(values: readonly (number | null | undefined)[]): Figure | null {
  const known = values.filter((value): value is number => typeof value === 'number' && !Number.isNaN(value))
  if (known.length === 0) return null
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length
  if (known.length === 1) return { mean, sd: null, count: 1 }
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, sd: Math.sqrt(squares / (known.length - 1)), count: known.length }
}

const objectiveOf = ({ record, latest, history }: TracedRun): number | null =>
  record?.objective ??
  latest?.objective ??
  history.findLast(({ objective }) => objective !== undefined)?.objective ??
  null

/** Accuracy where the task has one, else the loss. */
export type Score = 'accuracy' | 'loss'

/** Which of the two a table shows: one for all rows. */
export function scoreOf(groups: readonly RunGroup[]): Score {
  const records = groups.flatMap(({ runs }) => runs.flatMap(({ record }) => record ?? []))
  return records.some(({ train }) => train.accuracy !== null) ? 'accuracy' : 'loss'
}

/** Worst news first: what a person must see of a group before anything else. */
const URGENCY: ShownStatus[] = [
  'running',
  'queued',
  'failed',
  'numericalError',
  'diverged',
  'cancelled',
  'stalled',
  'maxTime',
  'maxIterations',
  'almostSolved',
  'solved',
]

export const shownStatus = ({ state, status }: Pick<TracedRun, 'state' | 'status'>): ShownStatus =>
  state === 'finished' ? (status ?? 'failed') : state

function groupStatus(runs: readonly TracedRun[]): { status: ShownStatus; agreeing: number } {
  const shown = runs.map(shownStatus)
  const status = URGENCY.find((candidate) => shown.includes(candidate)) ?? 'queued'
  return { status, agreeing: shown.filter((other) => other === status).length }
}

function bestRun(runs: readonly TracedRun[]): TracedRun {
  return runs.reduce((best, run) =>
    (objectiveOf(run) ?? Infinity) < (objectiveOf(best) ?? Infinity) ? run : best,
  )
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

function progress(runs: readonly TracedRun[]): Pick<ResultRow, 'fraction' | 'secondsLeft' | 'phase'> {
  const going = runs.filter(({ state }) => state === 'running')
  const left = going.flatMap(({ secondsLeft }) => secondsLeft ?? [])
  const shares = runs.map(({ state, fraction }) =>
    state === 'finished' ? 1 : (fraction ?? (state === 'queued' ? 0 : null)),
  )
  return {
    fraction: shares.includes(null) ? null : mean(shares as number[]),
    secondsLeft: left.length > 0 ? Math.max(...left) : null,
    phase: going.find(({ phase }) => phase !== null)?.phase ?? null,
  }
}

/** "At most so much above the optimum": relative to the bound, because the optimum is at least that. */
function relative(gap: number | null, lowerBound: number | null): number | null {
  if (gap === null || lowerBound === null || lowerBound <= 0) return null
  return gap / lowerBound
}

function rowOf(
  id: string,
  label: string,
  group: RunGroup,
  runs: readonly TracedRun[],
  score: Score,
): ResultRow {
  const best = bestRun(runs)
  const records = runs.flatMap(({ record }) => record ?? [])
  const figure = (read: (record: RunRecord) => number | null | undefined) => figureOf(records.map(read))
  const certificate = best.record?.certificate ?? null
  return {
    id,
    label,
    identity: group.identity,
    run: runs.length === 1 ? runs[0] : null,
    best,
    group,
    ...groupStatus(runs),
    ...progress(runs),
    objective: figureOf(runs.map(objectiveOf)),
    level: certificate?.level ?? null,
    lowerBound: certificate?.lowerBound ?? null,
    gap: certificate?.gap ?? null,
    relativeGap: relative(certificate?.gap ?? null, certificate?.lowerBound ?? null),
    train: figure(({ train }) => train[score]),
    test: figure(({ test }) => test?.[score]),
    neurons: figure(({ neurons }) => neurons),
    ranks: best.record && best.record.ranks.length > 0 ? best.record.ranks.join(', ') : null,
    seconds: figureOf(runs.map(({ record, seconds }) => record?.seconds ?? seconds)),
    iterations: figureOf(runs.map(({ record, latest }) => record?.iterations ?? latest?.iteration)),
    stale: runs.some(({ stale }) => stale),
  }
}

export const groupRow = (group: RunGroup, score: Score): ResultRow =>
  rowOf(group.id, group.label, group, group.runs, score)

/** One row a trial, to stand under the group's. */
export const trialRows = (group: RunGroup, score: Score): ResultRow[] =>
  group.runs.map((run) => rowOf(`${group.id}/${run.key}`, `Trial ${run.trial + 1}`, group, [run], score))

/** Finished statuses, for filters. */
export const isFinal = (status: ShownStatus): status is RunStatus =>
  status !== 'queued' && status !== 'running'
