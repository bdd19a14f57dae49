/** One finished run as files in memory, and back. Every run folder is a result that can be read without Bidual. */
import type { FittedStep } from '../../core/data/preprocess/step.ts'
import { problemKey } from '../../core/experiments/expand.ts'
import type { NamedArrays, NetworkId, RunSpec } from '../../core/experiments/problem.ts'
import { resultDocumentSchema } from '../../core/experiments/result.ts'
import type {
  HistoryPoint,
  ProblemSummary,
  ResultDocument,
  RunRecord,
} from '../../core/experiments/result.ts'
import type { ConcreteDocument } from '../../core/experiments/document.ts'
import type { RunOutput } from '../../core/experiments/runner.ts'
import { writeNpz } from '../../core/export/npz.ts'
import { environment } from '../version.ts'

/** What a stopped run needs to go on. */
export const STATE_FILE = 'state.npz'

/** preprocessing.json: what X is made of, and what the steps found on the training rows. */
export interface Preprocessing {
  features: string[]
  steps: FittedStep[]
}

/** A run that ended, with everything it produced. */
export interface FinishedRun {
  spec: RunSpec
  /** Of the prepared data. */
  data: ProblemSummary
  preprocessing: Preprocessing
  output: RunOutput
  /** Lines with their seconds. */
  log: string[]
}

/** metrics.json */
export interface RunMetrics {
  version: 1
  /** Of the network whose weights lie beside it; null when there are none. */
  family: NetworkId | null
  history: HistoryPoint[]
}

/** JSON knows neither NaN nor infinity; in a history such a quantity was not computed. */
const dropNonFinite = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? undefined : value

const json = (value: unknown) => `${JSON.stringify(value, dropNonFinite, 2)}\n`

/** Names and contents of a run's folder. */
export function runFiles({
  spec,
  data,
  preprocessing,
  output,
  log,
}: FinishedRun): Record<string, Uint8Array | string> {
  const metrics: RunMetrics = { version: 1, family: output.network?.family ?? null, history: output.history }
  return {
    'document.json': json(spec.document),
    'preprocessing.json': json(preprocessing),
    'log.txt': `${log.join('\n')}\n`,
    'metrics.json': `${JSON.stringify(metrics, dropNonFinite)}\n`,
    ...(output.network && {
      'weights.npz': writeNpz(output.network.arrays, { family: output.network.family }),
    }),
    ...(hasAny(output.arrays) && { 'arrays.npz': writeNpz(output.arrays) }),
    ...(hasAny(output.state) && { [STATE_FILE]: writeNpz(output.state, undefined, 0) }),
    'result.json': json(resultDocument(spec.document, data, [output.record])),
  }
}

const hasAny = (arrays: NamedArrays) => Object.keys(arrays).length > 0

/** @param experiment the document as written, or the concrete one of a single run */
export function resultDocument(experiment: unknown, data: ProblemSummary, runs: RunRecord[]): ResultDocument {
  return { version: 1, experiment, data, environment: environment(), runs }
}

export interface StoredResult {
  data: ProblemSummary
  record: RunRecord
  /** {@link problemKey} of the document that was run. */
  problem: string
}

/**
 * @param contents parsed result.json
 * @returns null when it is not the result of one run
 */
export function parseRunResult(contents: unknown): StoredResult | null {
  const parsed = resultDocumentSchema.safeParse(contents)
  if (!parsed.success || parsed.data.runs.length !== 1) return null
  const { data, runs, experiment } = parsed.data
  // Written by us from a validated document; its key is compared with those of others, nothing of it is run.
  return { data, record: runs[0], problem: problemKey(experiment as ConcreteDocument) }
}
