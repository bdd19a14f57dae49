/** Experiment documents from files. */
import { readFile } from 'node:fs/promises'
import { BidualError } from '../../../core/errors.ts'
import { errorCode } from '../../services/disk.ts'

/**
 * @returns parsed JSON, not validated
 * @throws BidualError `not-found` without a file; `bad-input` when it is not JSON, with the place
 */
export async function readDocument(path: string): Promise<unknown> {
  const text = await readText(path)
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new BidualError('bad-input', `The document is not JSON: ${why}.`, { file: path })
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT') throw new BidualError('not-found', 'There is no such file.', { file: path })
    if (code === 'EISDIR')
      throw new BidualError('bad-input', 'Expected a file; this is a folder.', { file: path })
    if (code === 'EACCES') throw new BidualError('bad-input', 'The file may not be read.', { file: path })
    throw error
  }
}
