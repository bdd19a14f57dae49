import { describe, expect, it } from 'vitest'
import { estimateTable, readTable } from '../../../core/data/read-table.ts'
import { labelsNameFor } from '../../../core/data/readers/idx.ts'
import { bytesSource, errorOf, gzip, idxBytes, LIMIT } from './fixtures.ts'

const images = idxBytes([3, 2, 2], [0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23])
const labels = idxBytes([3], [7, 10, 7])
const read = (bytes: Uint8Array, labelBytes?: Uint8Array, piece?: number) =>
  readTable(bytesSource(bytes, 'images-idx3-ubyte', piece), {
    memoryLimit: LIMIT,
    ...(labelBytes && { labels: bytesSource(labelBytes, 'labels-idx1-ubyte') }),
  })

describe('IDX', () => {
  it.each([1, 5, 1000])(
    'gives pixels as byte columns and labels as classes, in pieces of %i bytes',
    async (piece) => {
      const table = await read(images, labels, piece)
      expect(table).toMatchObject({
        format: 'idx',
        rows: 3,
        target: 4,
        image: { height: 2, width: 2, channels: 1 },
      })
      expect(table.columns[1]).toMatchObject({ name: 'pixel 1,2', values: new Uint8Array([1, 11, 21]) })
      expect(table.columns[4]).toMatchObject({ categories: ['7', '10'], codes: new Int32Array([0, 1, 0]) })
    },
  )

  it('reads wider elements, big endian, split anywhere', async () => {
    const table = await read(idxBytes([2, 1], [0x40, 0x49, 0x0f, 0xdb, 0xbf, 0x80, 0, 0], 0x0d), undefined, 3)
    expect(table.columns[0]).toMatchObject({ values: new Float32Array([Math.PI, -1]) })
  })

  it('is looked through gzip, images and labels', async () => {
    expect((await read(gzip(images), gzip(labels))).rows).toBe(3)
  })

  it('says its size before it is read', async () => {
    const estimate = await estimateTable(bytesSource(images, 'x'), { memoryLimit: LIMIT })
    expect(estimate).toEqual({ rows: 3, columns: 4, bytes: 12, exact: true })
  })

  it('knows the name of the labels', () => {
    expect(labelsNameFor('t10k-images-idx3-ubyte.gz')).toBe('t10k-labels-idx1-ubyte.gz')
    expect(labelsNameFor('data.bin')).toBeNull()
  })

  it.each([
    ['cut off', images.slice(0, -1), 'cut off'],
    ['cut off in its header', images.slice(0, 9), 'cut off'],
    ['too long', new Uint8Array([...images, 0]), 'longer'],
    ['cut off inside gzip', gzip(images.slice(0, -1)), 'cut off'],
    ['a claim that no file of this size can hold', gzip(idxBytes([4_000_000_000, 28, 28], [1])), 'cut off'],
    ['without items', idxBytes([0, 2, 2], []), 'no items'],
    ['labels alone', labels, 'labels'],
  ])('%s is an error', async (_what, bytes, message) => {
    const error = await errorOf(read(bytes))
    expect(error.code).toBe('bad-input')
    expect(error.message).toContain(message)
  })

  it('asserted for another file names the magic number that it found', async () => {
    const error = await errorOf(
      readTable(bytesSource(new Uint8Array([0, 0, 8, 9, 1]), 'x'), { memoryLimit: LIMIT, format: 'idx' }),
    )
    expect(error.message).toContain('00 00 08 09')
  })

  it('refuses labels of another number or shape', async () => {
    expect((await errorOf(read(images, idxBytes([2], [1, 2])))).message).toContain('Expected 3 labels')
    expect((await errorOf(read(images, images))).message).toContain('one label an item')
  })

  it('over the memory limit is refused before it is allocated', async () => {
    const source = bytesSource(images, 'images')
    expect((await errorOf(readTable(source, { memoryLimit: 11 }))).code).toBe('too-large')
  })
})
