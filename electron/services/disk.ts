/** Writing to the disk so that a crash or a full disk never leaves half a file under a final name. */
import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { BidualError } from '../../core/errors.ts'

const TEMPORARY = /^\.tmp-(\d+)-[0-9a-f]+$/
const FULL = ['ENOSPC', 'EDQUOT']

export const errorCode = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code

/** A full disk as `disk-full`; everything else unchanged. */
export function describeDiskError(error: unknown, path: string): unknown {
  if (!FULL.includes(errorCode(error) ?? '')) return error
  const what = `There is no space left to write ${basename(path)} in ${dirname(path)}. Free some space.`
  return new BidualError('disk-full', what, { file: path })
}

/** A name in `folder` that tells which process made it, so that another one can clean up after a crash. */
const temporaryIn = (folder: string) => join(folder, `.tmp-${process.pid}-${randomBytes(6).toString('hex')}`)

/** All writes of the services go through one of these; tests put a full disk in its place. */
export class Disk {
  /** Writes and syncs one file. */
  protected async write(path: string, contents: Uint8Array | string): Promise<void> {
    const file = await open(path, 'w')
    try {
      await file.writeFile(contents)
      await file.sync()
    } finally {
      await file.close()
    }
  }

  /**
   * Replaces a file at once; its folder is created.
   *
   * @throws BidualError `disk-full`; other errors as they are. The old file is then untouched.
   */
  async writeFile(path: string, contents: Uint8Array | string): Promise<void> {
    const folder = dirname(path)
    const temporary = temporaryIn(folder)
    try {
      await mkdir(folder, { recursive: true })
      await this.write(temporary, contents)
      await rename(temporary, path)
    } catch (error) {
      await rm(temporary, { force: true })
      throw describeDiskError(error, path)
    }
    await syncFolder(folder)
  }

  /**
   * Replaces a folder by one with these files. A crash leaves the old one or the new one, the old one perhaps under its
   * temporary name, from which {@link cleanTemporaries} takes it back.
   *
   * @throws as {@link writeFile}
   */
  async writeFolder(path: string, files: Record<string, Uint8Array | string>): Promise<void> {
    const parent = dirname(path)
    const temporary = temporaryIn(parent)
    try {
      await mkdir(temporary, { recursive: true })
      for (const [name, contents] of Object.entries(files)) await this.write(join(temporary, name), contents)
      await syncFolder(temporary)
      await replaceFolder(temporary, path)
    } catch (error) {
      await rm(temporary, { recursive: true, force: true })
      throw describeDiskError(error, path)
    }
    await syncFolder(parent)
  }
}

/** Moves a folder to where another one may be; the other one goes only once this one is there, or else stays. */
export async function replaceFolder(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  const old = `${to}.old`
  await rm(old, { recursive: true, force: true })
  const existed = await renameIfThere(to, old)
  try {
    await rename(from, to)
  } catch (error) {
    if (existed) await rename(old, to)
    throw error
  }
  if (existed) await rm(old, { recursive: true, force: true })
}

async function renameIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false
    throw error
  }
}

/** Makes renames in a folder durable; Windows does not let folders be opened. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Called before the first write: removes what writers that no longer live left in a folder, and takes back folders that were being replaced.
 *
 * @returns names of what was removed or taken back
 */
export async function cleanTemporaries(folder: string): Promise<string[]> {
  const names = await list(folder)
  const orphans = names.filter((name) => isOrphan(name))
  const halfReplaced = names.filter((name) => name.endsWith('.old'))
  for (const name of orphans) await rm(join(folder, name), { recursive: true, force: true })
  for (const name of halfReplaced) {
    const final = join(folder, name.slice(0, -'.old'.length))
    if (await exists(final)) await rm(join(folder, name), { recursive: true, force: true })
    else await rename(join(folder, name), final)
  }
  return [...orphans, ...halfReplaced]
}

function isOrphan(name: string): boolean {
  const pid = TEMPORARY.exec(name)?.[1]
  // Our own number: of an earlier process that had it too (the rule in containers), as this one has written nothing yet.
  return pid !== undefined && (Number(pid) === process.pid || !isAlive(Number(pid)))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

export async function exists(path: string): Promise<boolean> {
  return (await modifiedAt(path)) !== null
}

/** Milliseconds since 1970; null where there is nothing. */
export async function modifiedAt(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mtimeMs
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null
    throw error
  }
}

/** Names in a folder, sorted; none where there is no folder, or a file in its place. */
export async function list(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return []
    throw error
  }
}

/** Parsed JSON; null where there is no file. @throws SyntaxError for a damaged one. */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null
    throw error
  }
}
