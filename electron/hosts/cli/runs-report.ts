/** What the command line says about runs: one line as they end, a table when all have. */
import { formatGap, formatObjective, formatPercent, formatSeconds } from '../../../core/export/format.ts'
import { CERTIFICATE_WORDS, STATUS_WORDS } from '../../../core/export/words.ts'
import type { RunRecord } from '../../../core/experiments/result.ts'
import type { RunState } from '../../../core/protocol.ts'
import { textTable } from './text-table.ts'
import type { TextColumn } from './text-table.ts'

const gapWithLevel = ({ certificate: { level, gap } }: RunRecord) =>
  gap === null ? CERTIFICATE_WORDS[level].word : `${formatGap(gap)} ${CERTIFICATE_WORDS[level].word}`

const COLUMNS: TextColumn<RunRecord>[] = [
  { title: 'method', cell: ({ label }) => label },
  { title: 'status', cell: ({ status }) => STATUS_WORDS[status].word },
  { title: 'objective', cell: ({ objective }) => formatObjective(objective), align: 'right' },
  {
    title: 'lower bound',
    cell: ({ certificate }) => formatObjective(certificate.lowerBound),
    align: 'right',
  },
  { title: 'gap', cell: gapWithLevel },
  { title: 'train', cell: ({ train }) => formatPercent(train.accuracy), align: 'right' },
  { title: 'test', cell: ({ test }) => formatPercent(test?.accuracy), align: 'right' },
  { title: 'time', cell: ({ seconds }) => formatSeconds(seconds), align: 'right' },
]

/** The table of methods, and under it the errors in full. */
export function runsTable(records: readonly RunRecord[]): string {
  const errors = records.filter(({ error }) => error).map(({ label, error }) => `${label}: ${error!.message}`)
  return [textTable(COLUMNS, records), ...errors].join('\n')
}

/** `SGD, momentum · trial 2: iteration limit, objective 69.8123, 4.1 s`. */
export function runLine(record: RunRecord): string {
  const { label, status, objective, seconds, error } = record
  if (error) return `${label}: ${STATUS_WORDS[status].word}: ${error.message}`
  return `${label}: ${STATUS_WORDS[status].word}, objective ${formatObjective(objective)}, ${formatSeconds(seconds)}`
}

const BAR_WIDTH = 24

/** `[=======>      ]  3/7 runs · Convex · objective 68.9741 · 12 s left`. */
export function progressLine(states: readonly RunState[]): string {
  const finished = states.filter(({ state }) => state === 'finished').length
  const share = states.reduce(
    (sum, { state, fraction }) => sum + (state === 'finished' ? 1 : (fraction ?? 0)),
    0,
  )
  const filled = Math.round((BAR_WIDTH * share) / states.length)
  const bar = `${'='.repeat(filled)}${filled < BAR_WIDTH ? '>' : ''}`.padEnd(BAR_WIDTH).slice(0, BAR_WIDTH)
  const running = states.find(({ state }) => state === 'running')
  return [`[${bar}] ${finished}/${states.length} runs`, ...(running ? describeRunning(running) : [])].join(
    ' · ',
  )
}

function describeRunning({ label, phase, latest, secondsLeft }: RunState): string[] {
  return [
    label,
    ...(latest?.objective === undefined ? [] : [`objective ${formatObjective(latest.objective)}`]),
    ...(phase === null ? [] : [phase]),
    ...(secondsLeft === null ? [] : [`${formatSeconds(secondsLeft)} left`]),
  ]
}
