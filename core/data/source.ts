/** Where bytes come from and how much of them is accepted; hosts implement {@link ByteSource}. */
import { BidualError } from '../errors.ts'

export interface ByteSource {
  /** File name, for detection by extension and for error messages. */
  name: string
  /** Bytes as they lie on the disk (compressed ones for .gz); null when it cannot be known. */
  size: number | null
  /** The bytes from the beginning, in pieces of any length; called once per reading. */
  chunks: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

/** A source of bytes that are in memory already. */
export function sourceOf(name: string, bytes: Uint8Array): ByteSource {
  return { name, size: bytes.length, chunks: () => [bytes] }
}

/** The first bytes of a stream, and the whole stream again: what detection looks at. */
export interface Peeked {
  head: Uint8Array
  /** True when `head` is everything. */
  complete: boolean
  stream: AsyncIterable<Uint8Array>
}

/**
 * Reads at least `length` bytes ahead (fewer at the end of the stream) without losing them.
 *
 * @throws BidualError when the stream holds no byte at all.
 */
export async function peek(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  length: number,
  file: string,
): Promise<Peeked> {
  const iterator = iterate(chunks)
  const seen: Uint8Array[] = []
  let count = 0
  let complete = false
  while (count < length && !complete) {
    const next = await iterator.next()
    if (next.done) complete = true
    else {
      seen.push(next.value)
      count += next.value.length
    }
  }
  if (count === 0) throw new BidualError('bad-input', 'The file is empty: it has no bytes.', { file })
  const head = concatenate(seen)
  return { head, complete, stream: resume(head, iterator) }
}

async function* iterate(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* chunks
}

async function* resume(
  head: Uint8Array,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield head
  yield* rest
}

/** The pieces one after another, as one array. */
export function concatenate(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]
  const result = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    result.set(piece, at)
    at += piece.length
  }
  return result
}
