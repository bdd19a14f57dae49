/**
 * The one contract between window and machine. Every request has a schema for what comes in (the window is
 * untrusted: hosts validate each message) and a type for what goes back; every event has a payload type.
 *
 * A feature's rows stand together, as its table of contents. Requests fail with an ErrorPayload.
 */
import { z } from 'zod'
import type { DatasetPreview } from './data/preview-types.ts'
import type { Applicability } from './experiments/catalog.ts'
import type { MethodId } from './experiments/document.ts'
import type { HistoryPoint, ProblemSummary, RunRecord, RunStatus } from './experiments/result.ts'
import type { NamedArrays, NetworkId } from './experiments/problem.ts'

/** Folder-safe names that the machine gives out; nothing with a separator or a leading dot gets in. */
const idSchema = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,80}$/)
const runKeySchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.@=,+-]{0,180}$/)
const fileNameSchema = z
  .string()
  .min(1)
  .max(200)
  .refine((name) => !/[\\/:*?"<>|]/.test(name) && !name.startsWith('.'), 'a plain file name')
/** Documents are checked in full by parseDocument, which reports paths; here only that it is a JSON object. */
const documentSchema = z.record(z.string(), z.json())
const none = z.strictObject({})

const SETTINGS = {
  theme: z.enum(['system', 'light', 'dark', 'high-contrast']),
  /** Runs at the same time; null: one a core. */
  parallelRuns: z.number().int().min(1).max(64).nullable(),
  /** Share of the machine's memory that loaded data may take. */
  memoryShare: z.number().min(0.05).max(0.95),
  /** Iteration axis or seconds, on new charts. */
  timeAxis: z.enum(['seconds', 'iterations']),
  /** Panel sizes, last view, open experiment: what the window remembers about itself. */
  layout: z.record(z.string(), z.json()),
}
export const settingsSchema = z.strictObject({
  theme: SETTINGS.theme.default('system'),
  parallelRuns: SETTINGS.parallelRuns.default(null),
  memoryShare: SETTINGS.memoryShare.default(0.5),
  timeAxis: SETTINGS.timeAxis.default('seconds'),
  layout: SETTINGS.layout.default({}),
})
/** Without defaults: what a change leaves out stays as it is. */
const settingsChangeSchema = z.strictObject(SETTINGS).partial()
export type Settings = z.infer<typeof settingsSchema>

export interface AppInfo {
  name: string
  version: string
  host: 'desktop' | 'browser'
  platform: string
  node: string
  cores: number
  memoryBytes: number
  /** For showing to the person; requests never carry paths. */
  workspacePath: string
}

export interface DatasetEntry {
  id: string
  fileName: string
  bytes: number
  sha256: string
  /** ISO 8601. */
  importedAt: string
  rows: number | null
  columns: number | null
  /** The value for `dataset.file` in documents of this workspace. */
  file: string
}

export interface ExperimentEntry {
  id: string
  name: string
  modifiedAt: string
  family: string
  loss: string
  dataset: string
  /** Finished runs kept in the workspace. */
  runs: number
  /** The best certificate among them, for the list. */
  best: { objective: number; level: string; gap: number | null } | null
}

export interface ExperimentDetail {
  id: string
  /** As saved, possibly with sweeps; may be incomplete while it is edited. */
  document: Record<string, unknown>
  /** Finished runs of this experiment, newest document first. A run of an older document is `stale`. */
  runs: StoredRun[]
}

export interface StoredRun {
  experimentId: string
  record: RunRecord
  finishedAt: string
  /** The document has changed since in a way that changes the problem. */
  stale: boolean
}

export interface ProblemInspection {
  summary: ProblemSummary
  /** Preprocessing as fitted, in words. */
  steps: string[]
  warnings: string[]
  memoryBytes: number
  /** By index into `document.methods`, and one row for every method not in the document. */
  methods: { id: MethodId; index: number | null; applicability: Applicability }[]
  /** How many runs the document expands into. */
  runs: number
}

/** A queued, running or just finished run. Pushes replace the row of the same experiment and key. */
export interface RunState {
  experimentId: string
  key: string
  label: string
  method: MethodId
  trial: number
  state: 'queued' | 'running' | 'finished'
  status: RunStatus | null
  /** Share done in [0, 1] and seconds left, where known. */
  fraction: number | null
  secondsLeft: number | null
  seconds: number
  phase: string | null
  latest: HistoryPoint | null
  /** Points recorded since the last push; append them. A snapshot carries all. */
  points: HistoryPoint[]
  /** Index of points[0] in the whole history: makes pushes idempotent. */
  from: number
  record: RunRecord | null
}

export interface RunWeights {
  family: NetworkId
  arrays: NamedArrays
}

export interface QueueStatus {
  queued: number
  running: number
  slots: number
  memoryUsedBytes: number
  memoryLimitBytes: number
}

const row = <Params extends z.ZodType>(params: Params) => ({ params })

/** What may be asked of the machine. */
export const REQUESTS = {
  getAppInfo: row(none),
  getSettings: row(none),
  setSettings: row(settingsChangeSchema),

  listDatasets: row(none),
  /** Bytes of a file dropped on the window or chosen in its dialog. */
  importDataset: row(z.strictObject({ fileName: fileNameSchema, bytes: z.instanceof(Uint8Array) })),
  previewDataset: row(
    z.strictObject({
      id: idSchema,
      format: z.enum(['csv', 'tsv', 'idx', 'uci']).optional(),
      header: z.boolean().optional(),
      delimiter: z.string().length(1).optional(),
    }),
  ),
  deleteDataset: row(z.strictObject({ id: idSchema })),
  restoreDataset: row(z.strictObject({ id: idSchema })),

  listExperiments: row(none),
  getExperiment: row(z.strictObject({ id: idSchema })),
  createExperiment: row(z.strictObject({ document: documentSchema })),
  saveExperiment: row(z.strictObject({ id: idSchema, document: documentSchema })),
  duplicateExperiment: row(z.strictObject({ id: idSchema })),
  deleteExperiment: row(z.strictObject({ id: idSchema })),
  restoreExperiment: row(z.strictObject({ id: idSchema })),
  /** Load the data, fit the steps, evaluate every hypothesis; nothing is run. */
  inspectProblem: row(z.strictObject({ experimentId: idSchema, document: documentSchema })),

  /**
   * Runs the saved document; all of its methods, or those at the given indices. With `resume` only the runs that were
   * stopped and left their state, each from there.
   */
  startRuns: row(
    z.strictObject({
      experimentId: idSchema,
      methods: z.array(z.number().int().min(0)).optional(),
      resume: z.boolean().optional(),
    }),
  ),
  cancelRun: row(z.strictObject({ experimentId: idSchema, key: runKeySchema })),
  cancelAll: row(z.strictObject({ experimentId: idSchema.optional() })),
  /** Everything queued, running or finished in this session, with whole histories. */
  getRunSnapshot: row(none),
  /** All stored runs of the workspace, for the compare view. */
  listRuns: row(none),
  getRunHistory: row(z.strictObject({ experimentId: idSchema, key: runKeySchema })),
  getRunWeights: row(z.strictObject({ experimentId: idSchema, key: runKeySchema })),
  deleteRun: row(z.strictObject({ experimentId: idSchema, key: runKeySchema })),
  restoreRun: row(z.strictObject({ experimentId: idSchema, key: runKeySchema })),
  /** result.json of an experiment, as `bidual run --out` writes it. */
  getResult: row(z.strictObject({ experimentId: idSchema })),

  /** Desktop: asks where with a save dialog. Browser: refused, the window downloads it itself. */
  saveFile: row(z.strictObject({ fileName: fileNameSchema, bytes: z.instanceof(Uint8Array) })),
} as const

export interface Responses {
  getAppInfo: AppInfo
  getSettings: Settings
  setSettings: Settings

  listDatasets: DatasetEntry[]
  importDataset: DatasetEntry
  previewDataset: DatasetPreview
  deleteDataset: null
  restoreDataset: DatasetEntry

  listExperiments: ExperimentEntry[]
  getExperiment: ExperimentDetail
  createExperiment: ExperimentDetail
  saveExperiment: ExperimentEntry
  duplicateExperiment: ExperimentDetail
  deleteExperiment: null
  restoreExperiment: ExperimentEntry
  inspectProblem: ProblemInspection

  startRuns: { keys: string[] }
  cancelRun: null
  cancelAll: null
  getRunSnapshot: RunState[]
  listRuns: StoredRun[]
  getRunHistory: HistoryPoint[]
  getRunWeights: RunWeights
  deleteRun: null
  restoreRun: null
  getResult: Record<string, unknown>

  saveFile: { savedAs: string } | null
}

export type RequestName = keyof typeof REQUESTS
export type RequestParams<Name extends RequestName> = z.infer<(typeof REQUESTS)[Name]['params']>

/** What the machine tells without being asked. At most one push per 100 ms and topic, and always the last one. */
export interface Events {
  runsChanged: RunState[]
  queueChanged: QueueStatus
  experimentsChanged: ExperimentEntry[]
  datasetsChanged: DatasetEntry[]
  settingsChanged: Settings
  /** A menu entry or a file opened from outside. */
  command: { name: CommandName; experimentId?: string }
}
export type EventName = keyof Events
export const EVENT_NAMES = [
  'runsChanged',
  'queueChanged',
  'experimentsChanged',
  'datasetsChanged',
  'settingsChanged',
  'command',
] as const satisfies readonly EventName[]

export const COMMAND_NAMES = [
  'new-experiment',
  'import-data',
  'run',
  'cancel',
  'settings',
  'find',
  'open',
] as const
export type CommandName = (typeof COMMAND_NAMES)[number]

/** What the window is given, whichever host it has. Errors are rejected as BidualError. */
export interface Machine {
  request<Name extends RequestName>(name: Name, params: RequestParams<Name>): Promise<Responses[Name]>
  /** @returns a function that ends the subscription. */
  on<Name extends EventName>(name: Name, listener: (payload: Events[Name]) => void): () => void
}
