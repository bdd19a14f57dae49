/** Experiments: documents as saved, with what their finished runs prove. */
import { shareBounds } from '../../core/experiments/certify.ts'
import { documentIssues, expandDocument } from '../../core/experiments/expand.ts'
import { CERTIFICATE_LEVELS } from '../../core/experiments/result.ts'
import type { ResultDocument, RunRecord } from '../../core/experiments/result.ts'
import { BidualError } from '../../core/errors.ts'
import type { ExperimentDetail, ExperimentEntry, StoredRun } from '../../core/protocol.ts'
import { exists, list, modifiedAt, readJson, replaceFolder } from './disk.ts'
import type { Disk } from './disk.ts'
import { dataFilesOf, problemKeysOf, summarizeDocument } from './documents.ts'
import type { Document } from './documents.ts'
import type { IndexDatabase } from './index-database.ts'
import { resultDocument } from './run-files.ts'
import type { RunStore } from './run-store.ts'
import { freeSlug } from './slugs.ts'
import type { Workspace } from './workspace.ts'

export interface ExperimentStoreOptions {
  workspace: Workspace
  disk: Disk
  index: IndexDatabase
  runs: RunStore
  /** Told about damaged documents that are skipped. */
  warn: (message: string) => void
}

interface Known {
  id: string
  mtime: number
  document: Document
  /** Objective functions of the document as it stands. */
  problems: Set<string>
}

export class ExperimentStore {
  readonly #options: ExperimentStoreOptions
  readonly #known = new Map<string, Known>()
  /** Rows of the list, until something in them changes. */
  readonly #entries = new Map<string, ExperimentEntry>()

  private constructor(options: ExperimentStoreOptions) {
    this.#options = options
  }

  /** Brings the index up to date with the files: all of them when it is new. */
  static async open(options: ExperimentStoreOptions): Promise<ExperimentStore> {
    const store = new ExperimentStore(options)
    const { workspace, index, runs } = options
    const folders = (await list(workspace.experiments)).filter((name) => !name.startsWith('.'))
    const rows = new Map(index.experiments().map((row) => [row.id, row]))
    for (const id of rows.keys()) if (!folders.includes(id)) index.removeExperiment(id)
    for (const id of folders) {
      const mtime = await modifiedAt(workspace.document(id))
      const row = rows.get(id)
      if (row && row.mtime === mtime) store.#remember(id, mtime, JSON.parse(row.document) as Document)
      else await store.#load(id)
      if (store.has(id)) await runs.reconcile(id)
    }
    return store
  }

  async #load(id: string): Promise<void> {
    const { workspace, index, warn } = this.#options
    const mtime = await modifiedAt(workspace.document(id))
    const document = mtime === null ? null : await readDocument(workspace.document(id))
    if (mtime === null || document === null) {
      warn(`${workspace.document(id)} is missing or damaged; the experiment is not listed.`)
      index.removeExperiment(id)
      return
    }
    index.putExperiment({ id, mtime, document: JSON.stringify(document) })
    this.#remember(id, mtime, document)
  }

  #remember(id: string, mtime: number, document: Document): void {
    this.#known.set(id, { id, mtime, document, problems: problemKeysOf(document) })
    this.#entries.delete(id)
  }

  /** The row of the list is computed anew: a run was added or removed. */
  touch(id: string): void {
    this.#entries.delete(id)
  }

  has(id: string): boolean {
    return this.#known.has(id)
  }

  /** @throws BidualError `not-found` */
  document(id: string): Document {
    return this.#get(id).document
  }

  #get(id: string): Known {
    const known = this.#known.get(id)
    if (known) return known
    throw new BidualError('not-found', `The experiment "${id}" is not in the workspace (any more).`)
  }

  /** The last changed first. */
  list(): ExperimentEntry[] {
    return [...this.#known.values()].sort((a, b) => b.mtime - a.mtime).map(({ id }) => this.entry(id))
  }

  /** @throws BidualError `not-found` */
  entry(id: string): ExperimentEntry {
    const { mtime, document } = this.#get(id)
    const cached = this.#entries.get(id)
    if (cached) return cached
    const runs = this.runs(id)
    const entry: ExperimentEntry = {
      id,
      ...summarizeDocument(document),
      modifiedAt: new Date(mtime).toISOString(),
      runs: runs.length,
      best: bestOf(runs.filter(({ stale }) => !stale).map(({ record }) => record)),
    }
    this.#entries.set(id, entry)
    return entry
  }

  /** @throws BidualError `not-found` */
  detail(id: string): ExperimentDetail {
    return { id, document: this.document(id), runs: this.runs(id) }
  }

  /** Finished runs, those of the document as it stands first; each with the best bound proved for its problem. */
  runs(id: string): StoredRun[] {
    const { problems } = this.#get(id)
    const entries = this.#options.runs.list(id)
    const records = shareBounds(
      entries.map(({ record, problem, data }) => ({ record, problem: problem + data.sha256 })),
    )
    const stored = entries.map(({ finishedAt, problem }, i): StoredRun => {
      return { experimentId: id, record: records[i], finishedAt, stale: !problems.has(problem) }
    })
    return stored.sort((a, b) => Number(a.stale) - Number(b.stale))
  }

  /** @throws BidualError `not-found`, also when nothing of the document as it stands has been run */
  result(id: string): ResultDocument {
    const order = runOrder(this.document(id))
    const rank = ({ record }: StoredRun) => order.get(record.key) ?? order.size
    const current = this.runs(id)
      .filter(({ stale }) => !stale)
      .sort((a, b) => rank(a) - rank(b))
    const data = this.#options.runs.list(id).find(({ key }) => key === current[0]?.record.key)?.data
    if (!data)
      throw new BidualError('not-found', 'Nothing of this experiment has been run yet. Run it first.')
    return resultDocument(
      this.document(id),
      data,
      current.map(({ record }) => record),
    )
  }

  async create(document: Document): Promise<ExperimentDetail> {
    const { workspace } = this.#options
    const trashed = await list(workspace.trash('experiments'))
    const { name } = summarizeDocument(document)
    const id = freeSlug(name, (slug) => this.has(slug) || trashed.includes(slug))
    await this.#write(id, document)
    return this.detail(id)
  }

  /** @throws BidualError `not-found` or `disk-full`; the document then stays as it was */
  async save(id: string, document: Document): Promise<ExperimentEntry> {
    this.#get(id)
    await this.#write(id, document)
    return this.entry(id)
  }

  async #write(id: string, document: Document): Promise<void> {
    const { disk, workspace } = this.#options
    await disk.writeFile(workspace.document(id), `${JSON.stringify(document, null, 2)}\n`)
    await this.#load(id)
  }

  /** The document under a new name, without runs. @throws BidualError `not-found` */
  duplicate(id: string): Promise<ExperimentDetail> {
    const document = this.document(id)
    return this.create({ ...document, name: `${summarizeDocument(document).name} (copy)` })
  }

  /** To the trash, with its runs. @throws BidualError `not-found` */
  async remove(id: string): Promise<void> {
    const { workspace, index, runs } = this.#options
    this.#get(id)
    await replaceFolder(workspace.experiment(id), workspace.trash('experiments', id))
    index.removeExperiment(id)
    runs.forget(id)
    this.#known.delete(id)
    this.#entries.delete(id)
  }

  /** @throws BidualError `not-found`; `conflict` when there is a newer one of that name */
  async restore(id: string): Promise<ExperimentEntry> {
    const { workspace, runs } = this.#options
    const trashed = workspace.trash('experiments', id)
    if (!(await exists(trashed))) {
      throw new BidualError('not-found', `The experiment "${id}" is not in the trash (any more).`)
    }
    if (this.has(id)) throw new BidualError('conflict', `There is a newer experiment "${id}".`)
    await replaceFolder(trashed, workspace.experiment(id))
    await this.#load(id)
    await runs.reconcile(id)
    this.touch(id)
    return this.entry(id)
  }

  /** Names of the experiments whose documents name a file of this data set. */
  usersOf(datasetId: string): string[] {
    const folder = `../../datasets/${datasetId}/`
    return [...this.#known.values()]
      .filter(({ document }) => dataFilesOf(document).some((file) => file.startsWith(folder)))
      .map(({ document }) => summarizeDocument(document).name)
  }
}

async function readDocument(path: string): Promise<Document | null> {
  try {
    const document = await readJson(path)
    return typeof document === 'object' && !Array.isArray(document) ? (document as Document | null) : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** Place of each run in the order of the document; empty while the document cannot be run. */
function runOrder(document: Document): Map<string, number> {
  if (documentIssues(document).length > 0) return new Map()
  return new Map(expandDocument(document).map(({ key }, i) => [key, i]))
}

/** The strongest certificate, among equals the smallest gap, then the smallest objective. */
function bestOf(records: RunRecord[]): ExperimentEntry['best'] {
  // The linear baseline trains another network: its certificate says nothing about this one.
  const ofNetwork = records.filter(
    ({ method, objective }) => method !== 'least-squares' && objective !== null,
  )
  const rank = ({ certificate }: RunRecord) => CERTIFICATE_LEVELS.indexOf(certificate.level)
  const gap = ({ certificate }: RunRecord) => certificate.gap ?? Infinity
  const best = ofNetwork.sort(
    (a, b) => rank(a) - rank(b) || gap(a) - gap(b) || a.objective! - b.objective!,
  )[0]
  return best
    ? { objective: best.objective!, level: best.certificate.level, gap: best.certificate.gap }
    : null
}
