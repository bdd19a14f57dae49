import { gunzip, isGzip } from '../gzip.ts'
import { peek, type ByteSource } from '../source.ts'
import type { OpenedFile } from './reader.ts'

/** Enough lines to settle the dialect of a text table. */
const HEAD = 64 * 1024
/** Text takes up to about four times the memory of its table ("0.5," against 8 bytes is the other way round). */
const TEXT_PER_TABLE_BYTE = 4

/**
 * Opens a source and looks through gzip.
 *
 * @param memoryLimit of the table; decompression stops at four times as much
 * @throws BidualError when the file is empty or its gzip is damaged.
 */
export async function openFile(source: ByteSource, memoryLimit: number): Promise<OpenedFile> {
  const stored = await peek(source.chunks(), 2, source.name)
  if (!isGzip(stored.head)) {
    const { head, complete, stream } = await peek(stored.stream, HEAD, source.name)
    const size = complete ? head.length : source.size
    return { name: source.name, gzip: false, head, complete, size, storedSize: source.size, stream }
  }
  const bytes = gunzip(stored.stream, source.name, memoryLimit * TEXT_PER_TABLE_BYTE)
  const { head, complete, stream } = await peek(bytes, HEAD, source.name)
  const size = complete ? head.length : null
  return { name: source.name, gzip: true, head, complete, size, storedSize: source.size, stream }
}
