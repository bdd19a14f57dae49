/** Finished runs: one folder each, in the index, and in memory while the disk is full. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BidualError } from '../../core/errors.ts'
import type { ErrorPayload } from '../../core/errors.ts'
import { readNpz } from '../../core/export/npz.ts'
import { problemKey } from '../../core/experiments/expand.ts'
import type { HistoryPoint, ProblemSummary, RunRecord } from '../../core/experiments/result.ts'
import type { RunWeights } from '../../core/protocol.ts'
import { exists, list, modifiedAt, readJson, replaceFolder } from './disk.ts'
import type { Disk } from './disk.ts'
import type { IndexDatabase, RunRow } from './index-database.ts'
import { parseRunResult, runFiles } from './run-files.ts'
import type { FinishedRun, RunMetrics } from './run-files.ts'
import type { Workspace } from './workspace.ts'

/** How long to wait before a full disk is tried again. */
const RETRY_MS = 5000

/** A finished run as lists need it. */
export interface RunEntry {
  key: string
  finishedAt: string
  problem: string
  data: ProblemSummary
  record: RunRecord
}

interface Unsaved {
  experimentId: string
  run: FinishedRun
  finishedAt: string
  onSaved: () => void
}

export interface RunStoreOptions {
  workspace: Workspace
  disk: Disk
  index: IndexDatabase
  /** Told about damaged folders that are skipped. */
  warn: (message: string) => void
  retryMs?: number
}

const idOf = (experimentId: string, key: string) => `${experimentId}/${key}`

export class RunStore {
  readonly #options: RunStoreOptions
  readonly #unsaved = new Map<string, Unsaved>()
  #retry: NodeJS.Timeout | null = null

  constructor(options: RunStoreOptions) {
    this.#options = options
  }

  /**
   * Writes a run's folder; a run without a network never replaces one that has weights. On a full disk the run stays in memory, where every reading method finds it, and is written
   * when there is space again.
   *
   * @param onSaved called when it is on the disk after all
   * @returns `disk-full` while it is in memory alone; null when it is on the disk
   */
  async save(experimentId: string, run: FinishedRun, onSaved: () => void): Promise<ErrorPayload | null> {
    if (!run.output.network && this.#hasWeights(experimentId, run.spec.key)) return null
    const entry: Unsaved = { experimentId, run, finishedAt: new Date().toISOString(), onSaved }
    try {
      await this.#write(entry)
      return null
    } catch (error) {
      if (!(error instanceof BidualError && error.code === 'disk-full')) throw error
      this.#unsaved.set(idOf(experimentId, run.spec.key), entry)
      this.#retryLater()
      return error.toPayload()
    }
  }

  #hasWeights(experimentId: string, key: string): boolean {
    return this.list(experimentId).some((entry) => entry.key === key && entry.record.objective !== null)
  }

  async #write({ experimentId, run }: Unsaved): Promise<void> {
    const { disk, workspace } = this.#options
    await disk.writeFolder(workspace.run(experimentId, run.spec.key), runFiles(run))
    this.#unsaved.delete(idOf(experimentId, run.spec.key))
    await this.indexRun(experimentId, run.spec.key)
  }

  #retryLater(): void {
    this.#retry ??= setTimeout(() => {
      this.#retry = null
      this.saveRest().catch((error: unknown) =>
        this.#options.warn(`A finished run could not be saved: ${String(error)}`),
      )
    }, this.#options.retryMs ?? RETRY_MS).unref()
  }

  /** Tries again to write what the full disk refused; what is refused again is tried again later. */
  async saveRest(): Promise<void> {
    for (const entry of [...this.#unsaved.values()]) {
      try {
        await this.#write(entry)
        entry.onSaved()
      } catch (error) {
        if (!(error instanceof BidualError && error.code === 'disk-full')) throw error
        this.#retryLater()
        return
      }
    }
  }

  /** Ends the timer after a last attempt. @returns how many runs are lost */
  async close(): Promise<number> {
    await this.saveRest()
    if (this.#retry) clearTimeout(this.#retry)
    return this.#unsaved.size
  }

  /** Brings the index up to date with one folder; a damaged one is left where it is and not listed. */
  async indexRun(experimentId: string, key: string): Promise<void> {
    const { index, workspace, warn } = this.#options
    const path = join(workspace.run(experimentId, key), 'result.json')
    const mtime = await modifiedAt(path)
    const known = index.run(experimentId, key)
    if (mtime !== null && known?.mtime === mtime) return
    const stored = mtime === null ? null : await readResult(path)
    if (mtime === null || stored?.record.key !== key) {
      warn(`${path} is missing or damaged; the run is not listed.`)
      index.removeRun(experimentId, key)
      return
    }
    index.putRun({
      experiment: experimentId,
      key,
      mtime,
      finished: new Date(mtime).toISOString(),
      problem: stored.problem,
      data: JSON.stringify(stored.data),
      record: JSON.stringify(stored.record),
    })
  }

  /** Brings the index up to date with all runs of an experiment. */
  async reconcile(experimentId: string): Promise<void> {
    const { index, workspace } = this.#options
    const folders = (await list(workspace.runs(experimentId))).filter((name) => !name.startsWith('.'))
    for (const { key } of index.runs(experimentId)) {
      if (!folders.includes(key)) index.removeRun(experimentId, key)
    }
    for (const key of folders) await this.indexRun(experimentId, key)
  }

  /** Finished runs of an experiment, the last one first. */
  list(experimentId: string): RunEntry[] {
    const unsaved = [...this.#unsaved.values()].filter((entry) => entry.experimentId === experimentId)
    const keys = new Set(unsaved.map(({ run }) => run.spec.key))
    const saved = this.#options.index.runs(experimentId).filter(({ key }) => !keys.has(key))
    return [...unsaved.map(fromMemory), ...saved.map(fromRow)]
  }

  /** @throws BidualError `not-found` */
  async history(experimentId: string, key: string): Promise<HistoryPoint[]> {
    const unsaved = this.#unsaved.get(idOf(experimentId, key))
    return unsaved ? unsaved.run.output.history : (await this.#metrics(experimentId, key)).history
  }

  /** @throws BidualError `not-found`, also for a run that produced no network */
  async weights(experimentId: string, key: string): Promise<RunWeights> {
    const unsaved = this.#unsaved.get(idOf(experimentId, key))
    const network = unsaved ? unsaved.run.output.network : await this.#readWeights(experimentId, key)
    if (network) return network
    throw new BidualError('not-found', `The run "${key}" ended without a network: it has no weights.`)
  }

  async #readWeights(experimentId: string, key: string): Promise<RunWeights | null> {
    const { family } = await this.#metrics(experimentId, key)
    if (family === null) return null
    const bytes = await readFile(join(this.#options.workspace.run(experimentId, key), 'weights.npz'))
    return { family, arrays: readNpz(bytes) }
  }

  async #metrics(experimentId: string, key: string): Promise<RunMetrics> {
    const path = join(this.#options.workspace.run(experimentId, key), 'metrics.json')
    const metrics = (await readJson(path)) as RunMetrics | null
    if (metrics?.version === 1) return metrics
    throw new BidualError('not-found', `The run "${key}" is not in the workspace (any more).`)
  }

  /** Moves a run to the trash. @throws BidualError `not-found` */
  async remove(experimentId: string, key: string): Promise<void> {
    const { workspace, index } = this.#options
    const folder = workspace.run(experimentId, key)
    const wasUnsaved = this.#unsaved.delete(idOf(experimentId, key))
    if (await exists(folder)) await replaceFolder(folder, this.#trashOf(experimentId, key))
    else if (!wasUnsaved)
      throw new BidualError('not-found', `The run "${key}" is not in the workspace (any more).`)
    index.removeRun(experimentId, key)
  }

  /** @throws BidualError `not-found`; `conflict` when there is a newer run of that name */
  async restore(experimentId: string, key: string): Promise<void> {
    const { workspace } = this.#options
    const trashed = this.#trashOf(experimentId, key)
    if (!(await exists(trashed)))
      throw new BidualError('not-found', `The run "${key}" is not in the trash (any more).`)
    if (await exists(workspace.run(experimentId, key))) {
      throw new BidualError('conflict', `There is a newer run "${key}". Delete it first.`)
    }
    await replaceFolder(trashed, workspace.run(experimentId, key))
    await this.indexRun(experimentId, key)
  }

  /** Forgets what is in memory of an experiment that was deleted. */
  forget(experimentId: string): void {
    for (const [id, entry] of this.#unsaved) if (entry.experimentId === experimentId) this.#unsaved.delete(id)
  }

  #trashOf(experimentId: string, key: string): string {
    return this.#options.workspace.trash('runs', experimentId, key)
  }
}

async function readResult(path: string): Promise<ReturnType<typeof parseRunResult>> {
  try {
    return parseRunResult(await readJson(path))
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function fromRow({ key, finished, problem, data, record }: RunRow): RunEntry {
  return {
    key,
    finishedAt: finished,
    problem,
    data: JSON.parse(data) as ProblemSummary,
    record: JSON.parse(record) as RunRecord,
  }
}

function fromMemory({ run, finishedAt }: Unsaved): RunEntry {
  const { spec, data, output } = run
  return { key: spec.key, finishedAt, problem: problemKey(spec.document), data, record: output.record }
}
