/** Imported data files: kept as they came, named by content, with a preview beside each. */
import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { DatasetPreview } from '../../core/data/preview-types.ts'
import { BidualError } from '../../core/errors.ts'
import type { DatasetEntry } from '../../core/protocol.ts'
import type { PreviewOptions } from '../worker/messages.ts'
import { describeDiskError, exists, list, readJson, replaceFolder } from './disk.ts'
import type { Disk } from './disk.ts'
import { slug } from './slugs.ts'
import type { Threads } from './threads.ts'
import type { Workspace } from './workspace.ts'

/** File names cannot begin with a dot (see the protocol), so these are free. */
const ENTRY_FILE = '.dataset.json'
const PREVIEW_FILE = '.preview.json'
/** Previews with options of their own that are kept in memory. */
const CACHED_PREVIEWS = 32

export interface DatasetStoreOptions {
  workspace: Workspace
  disk: Disk
  threads: Threads
  /** Bytes that reading a file may take. */
  memoryLimit: () => number
  warn: (message: string) => void
}

export class DatasetStore {
  readonly #options: DatasetStoreOptions
  readonly #entries = new Map<string, DatasetEntry>()
  readonly #previews = new Map<string, DatasetPreview>()

  private constructor(options: DatasetStoreOptions) {
    this.#options = options
  }

  static async open(options: DatasetStoreOptions): Promise<DatasetStore> {
    const store = new DatasetStore(options)
    for (const id of await list(options.workspace.datasets)) if (!id.startsWith('.')) await store.#load(id)
    return store
  }

  async #load(id: string): Promise<void> {
    const { workspace, warn } = this.#options
    const path = join(workspace.dataset(id), ENTRY_FILE)
    try {
      const entry = (await readJson(path)) as DatasetEntry | null
      if (entry?.id === id && (await exists(join(workspace.dataset(id), entry.fileName)))) {
        this.#entries.set(id, entry)
        return
      }
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
    }
    warn(`${path} is missing or damaged; the data set is not listed.`)
  }

  /** The last imported first. */
  list(): DatasetEntry[] {
    return [...this.#entries.values()].sort((a, b) => b.importedAt.localeCompare(a.importedAt))
  }

  /** @throws BidualError `not-found` */
  get(id: string): DatasetEntry {
    const entry = this.#entries.get(id)
    if (entry) return entry
    throw new BidualError('not-found', `The data set "${id}" is not in the workspace (any more).`)
  }

  /**
   * Keeps a file, once it is known that it can be read. The same file under the same name is kept once.
   *
   * @throws BidualError as the reader says, with the place in the file; `disk-full`. Nothing is then kept.
   */
  async import(fileName: string, bytes: Uint8Array): Promise<DatasetEntry> {
    const { workspace, disk } = this.#options
    const folder = join(workspace.datasets, `.tmp-${process.pid}-${randomBytes(6).toString('hex')}`)
    try {
      await mkdir(folder)
      await disk.writeFile(join(folder, fileName), bytes)
      const preview = await this.#read(join(folder, fileName), fileName, {})
      const entry = entryOf(fileName, bytes.length, preview)
      const known = this.#entries.get(entry.id)
      if (known) return known
      await disk.writeFile(join(folder, ENTRY_FILE), `${JSON.stringify(entry, null, 2)}\n`)
      await disk.writeFile(join(folder, PREVIEW_FILE), JSON.stringify(preview))
      await replaceFolder(folder, workspace.dataset(entry.id))
      this.#entries.set(entry.id, entry)
      return entry
    } catch (error) {
      throw describeDiskError(error, join(workspace.datasets, fileName))
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  #read(path: string, name: string, options: PreviewOptions): Promise<DatasetPreview> {
    const memoryLimit = this.#options.memoryLimit()
    return this.#options.threads.start('preview', { path, name, options, memoryLimit }).done
  }

  /** @throws BidualError `not-found`; as the reader says, for options that do not fit the file */
  async preview(id: string, options: PreviewOptions): Promise<DatasetPreview> {
    const { fileName } = this.get(id)
    const folder = this.#options.workspace.dataset(id)
    const key = JSON.stringify([id, options.format, options.header, options.delimiter])
    const isDefault = Object.values(options).every((value) => value === undefined)
    const cached =
      this.#previews.get(key) ?? (isDefault ? await readPreview(join(folder, PREVIEW_FILE)) : null)
    const preview = cached ?? (await this.#read(join(folder, fileName), fileName, options))
    this.#remember(key, preview)
    return preview
  }

  #remember(key: string, preview: DatasetPreview): void {
    this.#previews.delete(key)
    this.#previews.set(key, preview)
    if (this.#previews.size > CACHED_PREVIEWS) this.#previews.delete(this.#previews.keys().next().value!)
  }

  /** To the trash. @throws BidualError `not-found` */
  async remove(id: string): Promise<void> {
    const { workspace } = this.#options
    this.get(id)
    await replaceFolder(workspace.dataset(id), workspace.trash('datasets', id))
    this.#entries.delete(id)
  }

  /** @throws BidualError `not-found` */
  async restore(id: string): Promise<DatasetEntry> {
    const { workspace } = this.#options
    // Equal names mean equal files: whichever is there now is as good.
    if (this.#entries.has(id)) return this.get(id)
    const trashed = workspace.trash('datasets', id)
    if (!(await exists(trashed))) {
      throw new BidualError('not-found', `The data set "${id}" is not in the trash (any more).`)
    }
    await replaceFolder(trashed, workspace.dataset(id))
    await this.#load(id)
    return this.get(id)
  }
}

function entryOf(fileName: string, bytes: number, preview: DatasetPreview): DatasetEntry {
  const id = `${slug(fileName.slice(0, fileName.length - extname(fileName).length))}-${preview.sha256.slice(0, 8)}`
  return {
    id,
    fileName,
    bytes,
    sha256: preview.sha256,
    importedAt: new Date().toISOString(),
    rows: preview.rows,
    columns: preview.columns.length,
    // Relative to a document's folder, so that the command line can run it where it lies.
    file: `../../datasets/${id}/${fileName}`,
  }
}

/** Null where there is none, or a damaged one: it is then made anew. */
async function readPreview(path: string): Promise<DatasetPreview | null> {
  try {
    return (await readJson(path)) as DatasetPreview | null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
