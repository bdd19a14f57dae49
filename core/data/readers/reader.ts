/** What a reader is given and what it must offer; the table of readers is in registry.ts. */
import { BidualError } from '../../errors.ts'
import type { FormatId } from '../preview-types.ts'
import type { ByteSource } from '../source.ts'
import type { Table } from '../table.ts'

export interface ReadOptions {
  /** Asserted by the document; detected from content, then name, when absent. */
  format?: FormatId
  /** Text tables: whether the first line names the columns; detected when absent. */
  header?: boolean
  delimiter?: string
  /** IDX: the file of labels. */
  labels?: ByteSource
  /** Most bytes that the table may take in memory. */
  memoryLimit: number
}

/** A file that was opened and, where it was compressed, is being decompressed. */
export interface OpenedFile {
  name: string
  gzip: boolean
  /** Decompressed beginning, at least 64 KiB where there is as much. */
  head: Uint8Array
  /** `head` is the whole content. */
  complete: boolean
  /** Decompressed size; of gzip only known for small files. */
  size: number | null
  /** Size on the disk. */
  storedSize: number | null
  stream: AsyncIterable<Uint8Array>
}

export interface SizeEstimate {
  rows: number
  columns: number
  /** Memory of the table. */
  bytes: number
  /** Stated by the file, or extrapolated from its beginning. */
  exact: boolean
}

export interface Reader {
  title: string
  /** Whether the beginning of the content is of this format. */
  detect: (file: OpenedFile) => boolean
  /** Size of the table, before anything is allocated; null when the size of the file is unknown. */
  estimate: (file: OpenedFile, options: ReadOptions) => SizeEstimate | null
  read: (file: OpenedFile, options: ReadOptions) => Promise<Table>
}

/** Counts the bytes of a table while it grows. */
export class MemoryBudget {
  private used = 0
  private readonly limit: number
  private readonly file: string

  constructor(limit: number, file: string) {
    this.limit = limit
    this.file = file
  }

  /** @throws BidualError (too-large) before the bytes are allocated. */
  take(bytes: number): void {
    this.used += bytes
    if (this.used > this.limit) throw tooLarge(this.used, this.limit, this.file)
  }
}

/** The error for a table that would not fit. */
export function tooLarge(needed: number, limit: number, file: string): BidualError {
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`
  return new BidualError(
    'too-large',
    `The table needs at least ${megabytes(needed)} of memory; ${megabytes(limit)} are allowed. ` +
      'Use fewer rows or columns, or raise the memory limit in the settings.',
    { file },
  )
}
