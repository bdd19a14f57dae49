/** The table of runs, one row a run, as a spreadsheet or a script wants it. */
import type { RunRecord } from '../experiments/result.ts'
import { writeCsv, type CsvValue } from './csv.ts'

const COLUMNS: readonly [string, (run: RunRecord) => CsvValue][] = [
  ['key', (run) => run.key],
  ['method', (run) => run.method],
  ['label', (run) => run.label],
  ['trial', (run) => run.trial],
  ['status', (run) => run.status],
  ['objective', (run) => run.objective],
  ['program_objective', (run) => run.programObjective],
  ['dual', (run) => run.dual],
  ['solver_gap', (run) => run.solverGap],
  ['certificate', (run) => run.certificate.level],
  ['lower_bound', (run) => run.certificate.lowerBound],
  ['gap', (run) => run.certificate.gap],
  ['how', (run) => run.certificate.how],
  ['train_loss', (run) => run.train.loss],
  ['train_accuracy', (run) => run.train.accuracy],
  ['test_loss', (run) => run.test?.loss],
  ['test_accuracy', (run) => run.test?.accuracy],
  ['seconds', (run) => run.seconds],
  ['iterations', (run) => run.iterations],
  ['neurons', (run) => run.neurons],
  ['ranks', (run) => run.ranks.join(' ')],
  ['error', (run) => run.error?.message],
]

/** Swept values follow in columns named by their path. */
export function runsCsv(runs: readonly RunRecord[]): string {
  const swept = [...new Set(runs.flatMap((run) => Object.keys(run.point)))]
  const header = [...COLUMNS.map(([name]) => name), ...swept]
  const rows = runs.map((run) => [
    ...COLUMNS.map(([, value]) => value(run)),
    ...swept.map((path) => run.point[path]),
  ])
  return writeCsv(header, rows)
}
