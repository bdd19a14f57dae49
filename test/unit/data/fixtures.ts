import { gzipSync } from 'fflate'
import { prepareProblem, type PrepareOptions, type Prepared } from '../../../core/data/prepare.ts'
import { readTable } from '../../../core/data/read-table.ts'
import type { ReadOptions } from '../../../core/data/readers/reader.ts'
import type { ByteSource } from '../../../core/data/source.ts'
import type { Table } from '../../../core/data/table.ts'
import { BidualError } from '../../../core/errors.ts'
import { concreteDocumentSchema, type DocumentInput } from '../../../core/experiments/document.ts'

export const LIMIT = 1e8

/** Bytes of text, in pieces of `piece` bytes. */
export function textSource(text: string, name = 'table.csv', piece = 1 << 16): ByteSource {
  return bytesSource(new TextEncoder().encode(text), name, piece)
}

export function bytesSource(bytes: Uint8Array, name: string, piece = 1 << 16): ByteSource {
  return {
    name,
    size: bytes.length,
    *chunks() {
      for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece)
    },
  }
}

export function readText(text: string, options: Partial<ReadOptions> = {}, piece?: number): Promise<Table> {
  return readTable(textSource(text, 'table.csv', piece), { memoryLimit: LIMIT, ...options })
}

/** An IDX file of bytes. */
export function idxBytes(dimensions: readonly number[], values: readonly number[], type = 0x08): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * dimensions.length + values.length)
  bytes.set([0, 0, type, dimensions.length])
  dimensions.forEach((size, i) => new DataView(bytes.buffer).setUint32(4 + 4 * i, size))
  bytes.set(values, 4 + 4 * dimensions.length)
  return bytes
}

export const gzip = (bytes: Uint8Array) => gzipSync(bytes, { mtime: 0 })

/** A document on a file, with the parts that a test cares about. */
export function documentFor(parts: Partial<DocumentInput> = {}) {
  return concreteDocumentSchema.parse({
    version: 1,
    name: 'test',
    dataset: { file: 'table.csv' },
    network: { family: 'relu' },
    loss: 'squared',
    beta: 0.1,
    methods: [{ id: 'convex' }],
    ...parts,
  })
}

export async function prepareText(
  text: string,
  parts: Partial<DocumentInput> = {},
  options: Partial<PrepareOptions> = {},
): Promise<Prepared> {
  const table = await readText(text)
  return prepareProblem({
    table,
    sha256: 'hash',
    document: documentFor(parts),
    allocate: (length) => new Float64Array(length),
    ...options,
  })
}

/** The error that the promise ends in; fails when it does not. */
export async function errorOf(promise: Promise<unknown>): Promise<BidualError> {
  const outcome = await promise.then(
    () => null,
    (error: unknown) => error,
  )
  if (outcome instanceof BidualError) return outcome
  throw new Error(`Expected a BidualError, found ${String(outcome)}.`)
}
