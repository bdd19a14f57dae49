/** Data files as the readers take them. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { ByteSource } from '../../core/data/source.ts'
import { BidualError } from '../../core/errors.ts'
import { errorCode } from '../services/disk.ts'

const CHUNK_BYTES = 1 << 20

/** Why a file cannot be read, by the system's code. */
const REASONS: Record<string, string> = {
  ENOENT: 'There is no such file. Check its path, relative to the document.',
  EACCES: 'The file may not be read. Check its permissions.',
  EISDIR: 'Expected a file; this is a folder.',
}

/**
 * @param path absolute
 * @throws BidualError `not-found` or `bad-input` when it is no file that can be read
 */
export async function openDataFile(path: string): Promise<ByteSource> {
  const name = basename(path)
  try {
    const stats = await stat(path)
    if (stats.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' })
    return { name, size: stats.size, chunks: () => readChunks(path, name) }
  } catch (error) {
    throw describe(error, path)
  }
}

async function* readChunks(path: string, name: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES }))
      yield chunk as Uint8Array
  } catch (error) {
    throw describe(error, name)
  }
}

function describe(error: unknown, file: string): unknown {
  const code = errorCode(error) ?? ''
  if (!Object.hasOwn(REASONS, code)) return error
  return new BidualError(code === 'ENOENT' ? 'not-found' : 'bad-input', REASONS[code], { file })
}

/** SHA-256 of a file's bytes, in hexadecimal. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES }))
    hash.update(chunk as Uint8Array)
  return hash.digest('hex')
}
