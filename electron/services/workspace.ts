/**
 * Where everything is kept. Plain files are the truth:
 *
 * ```
 * datasets/<id>/<file>                  as imported, beside .dataset.json and .preview.json
 * experiments/<id>/document.json
 * experiments/<id>/runs/<key>/          document.json log.txt metrics.json preprocessing.json weights.npz result.json
 * trash/{datasets,experiments,runs}/    for undo
 * settings.json  index.sqlite           the index can be rebuilt from the files
 * ```
 */
import { mkdir, realpath, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { BidualError } from '../../core/errors.ts'
import { cleanTemporaries, errorCode, exists, list, modifiedAt } from './disk.ts'

/** What was deleted longer ago than this is gone at the next start. */
const TRASH_DAYS = 30
const DAY_MS = 86_400_000

/** Where the browser host and the command line keep their workspace: BIDUAL_WORKSPACE, or `Bidual` in the home folder. */
export function defaultWorkspace(env: NodeJS.ProcessEnv = process.env): string {
  return env.BIDUAL_WORKSPACE ? resolve(env.BIDUAL_WORKSPACE) : join(homedir(), 'Bidual')
}

export class Workspace {
  readonly root: string
  /** Nobody has used it yet: there was no folder of experiments. */
  readonly isNew: boolean

  private constructor(root: string, isNew: boolean) {
    this.root = root
    this.isNew = isNew
  }

  /**
   * Creates what is missing, cleans up after a crash and empties old trash.
   *
   * @throws BidualError `forbidden` when the folder cannot be written to
   */
  static async open(path: string): Promise<Workspace> {
    try {
      await mkdir(path, { recursive: true })
      // Checks of where a path leads compare real paths.
      const root = await realpath(path)
      const workspace = new Workspace(root, !(await exists(join(root, 'experiments'))))
      await workspace.#prepare()
      return workspace
    } catch (error) {
      if (!['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'].includes(errorCode(error) ?? '')) throw error
      const what = `The workspace folder cannot be written to (${errorCode(error)}). Choose another one.`
      throw new BidualError('forbidden', what, { file: path })
    }
  }

  async #prepare(): Promise<void> {
    await mkdir(this.datasets, { recursive: true })
    await mkdir(this.experiments, { recursive: true })
    await cleanTemporaries(this.root)
    await cleanTemporaries(this.datasets)
    await cleanTemporaries(this.experiments)
    for (const id of await list(this.experiments)) {
      await cleanTemporaries(this.experiment(id))
      await cleanTemporaries(this.runs(id))
    }
    await this.#emptyOldTrash()
  }

  async #emptyOldTrash(): Promise<void> {
    for (const kind of ['datasets', 'experiments', 'runs'] as const) {
      for (const name of await list(this.trash(kind))) {
        const at = await modifiedAt(this.trash(kind, name))
        if (at !== null && Date.now() - at > TRASH_DAYS * DAY_MS) {
          await rm(this.trash(kind, name), { recursive: true, force: true })
        }
      }
    }
  }

  get datasets(): string {
    return join(this.root, 'datasets')
  }
  dataset(id: string): string {
    return join(this.datasets, id)
  }
  get experiments(): string {
    return join(this.root, 'experiments')
  }
  experiment(id: string): string {
    return join(this.experiments, id)
  }
  document(id: string): string {
    return join(this.experiments, id, 'document.json')
  }
  runs(experimentId: string): string {
    return join(this.experiments, experimentId, 'runs')
  }
  run(experimentId: string, key: string): string {
    return join(this.runs(experimentId), key)
  }
  trash(kind: 'datasets' | 'experiments' | 'runs', ...names: string[]): string {
    return join(this.root, 'trash', kind, ...names)
  }
  get settings(): string {
    return join(this.root, 'settings.json')
  }
  get index(): string {
    return join(this.root, 'index.sqlite')
  }

  /**
   * The real path of a document's data file. Documents of the window may name files of this workspace's `datasets`
   * folder only, whatever links lie there.
   *
   * @param file `dataset.file` or `dataset.labels`, relative to the folder of the document
   * @param path of the document's key, for the error
   * @throws BidualError `forbidden` or `not-found`
   */
  async resolveDataFile(file: string, path = 'dataset.file'): Promise<string> {
    const named = resolve(this.experiment('any'), file)
    if (!isInside(this.datasets, named)) throw outside(file, path)
    let real: string
    try {
      real = await realpath(named)
    } catch (error) {
      if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') throw error
      const what = `The data file "${file}" is not in the workspace (any more). Import it, or restore it from the trash.`
      throw new BidualError('not-found', what, { file, path })
    }
    if (!isInside(this.datasets, real)) throw outside(file, path)
    return real
  }
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

function outside(file: string, path: string): BidualError {
  const what = `"${file}" lies outside the workspace. Import the file, then choose it as the data set.`
  return new BidualError('forbidden', what, { file, path })
}
