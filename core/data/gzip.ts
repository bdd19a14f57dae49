/**
 * Streaming gzip. The decompressor does not check what it wrote, so the trailer (CRC-32 and length, RFC 1952) is
 * checked here: a damaged download must not become a quietly wrong data set.
 */
import { Gunzip } from 'fflate'
import { BidualError } from '../errors.ts'
import { crc32 } from './crc32.ts'
import { concatenate } from './source.ts'

/** Deflate grows at most 1032 times: compressed pieces of this size keep one step under 70 MB. */
const PIECE = 64 * 1024
const TRAILER = 8

/** Whether the bytes begin like gzip. */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b
}

/** CRC and length of the member being written. */
interface Member {
  crc: number
  length: number
}

/**
 * The decompressed bytes, member after member.
 *
 * @param limit most bytes to write before giving up
 * @throws BidualError when the file is damaged, cut off, followed by something else, or larger than `limit`.
 */
export async function* gunzip(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  limit: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let pending: Uint8Array[] = []
  let total = 0
  const member: Member = { crc: 0, length: 0 }
  const stream = new Gunzip((bytes) => {
    pending.push(bytes)
    total += bytes.length
    member.crc = crc32(bytes, member.crc)
    member.length += bytes.length
  })
  stream.onmember = () => Object.assign(member, { crc: 0, length: 0 })
  let tail: Uint8Array = new Uint8Array(0)
  for await (const piece of pieces(chunks)) {
    tail = concatenate([tail, piece.subarray(-TRAILER)]).slice(-TRAILER)
    push(stream, piece, false, file)
    if (total > limit) throw tooLarge(file, limit)
    yield* pending
    pending = []
  }
  push(stream, new Uint8Array(0), true, file)
  checkTrailer(tail, member, file)
  yield* pending
}

async function* pieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PIECE) yield chunk.subarray(at, at + PIECE)
  }
}

function push(stream: Gunzip, bytes: Uint8Array, final: boolean, file: string): void {
  try {
    stream.push(bytes, final)
  } catch (error) {
    throw damaged(file, error instanceof Error ? error.message : String(error))
  }
}

function checkTrailer(tail: Uint8Array, member: Member, file: string): void {
  if (tail.length < TRAILER) throw damaged(file, 'it ends before its checksum')
  const view = new DataView(tail.buffer, tail.byteOffset, TRAILER)
  if (view.getUint32(0, true) !== member.crc || view.getUint32(4, true) !== member.length % 2 ** 32) {
    throw damaged(file, 'its checksum does not match, so it is cut off or was changed')
  }
}

function damaged(file: string, why: string): BidualError {
  return new BidualError(
    'bad-input',
    `The gzip file is damaged (${why}). Get it again, or decompress it with another program.`,
    { file },
  )
}

function tooLarge(file: string, limit: number): BidualError {
  const megabytes = Math.round(limit / 1e6)
  return new BidualError(
    'too-large',
    `The gzip file decompresses to more than the ${megabytes} MB allowed. Use a part of it, or raise the memory limit.`,
    { file },
  )
}
