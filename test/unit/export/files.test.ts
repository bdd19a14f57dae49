import { zipSync } from 'fflate'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { writeCsv } from '../../../core/export/csv.ts'
import { readNpy, writeNpy } from '../../../core/export/npy.ts'
import { readNpz, writeNpz } from '../../../core/export/npz.ts'
import { runsCsv } from '../../../core/export/runs-table.ts'
import { runRecord } from './fixtures.ts'

/** A file as NumPy itself writes it. */
function npy(header: string, data: Uint8Array, version = 1): Uint8Array {
  const lengthBytes = version === 1 ? 2 : 4
  const bytes = new Uint8Array(8 + lengthBytes + header.length + data.length)
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0, header.length])
  bytes.set(new TextEncoder().encode(header), 8 + lengthBytes)
  bytes.set(data, 8 + lengthBytes + header.length)
  return bytes
}

describe('NPY', () => {
  it('is read back exactly, for any shape and value', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
        fc.infiniteStream(fc.double()),
        (shape, values) => {
          const count = shape.reduce((product, size) => product * size, 1)
          const data = Float64Array.from([...values.take(count)])
          expect(readNpy(writeNpy({ shape, data }))).toEqual({ shape, data })
        },
      ),
      { numRuns: 50 },
    )
  })

  it('has the header of NEP 1: magic, version 1.0, aligned to 64, ending in a newline', () => {
    const bytes = writeNpy({ shape: [3], data: Float64Array.of(1, 2, 3) })
    expect([...bytes.subarray(0, 8)]).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0])
    expect((bytes.length - 24) % 64).toBe(0)
    const header = new TextDecoder().decode(bytes.subarray(10, bytes.length - 24))
    expect(header).toMatch(/^\{'descr': '<f8', 'fortran_order': False, 'shape': \(3,\), \} *\n$/)
  })

  it('turns Fortran order around and reads versions and other element types', () => {
    const data = new Uint8Array(Int32Array.of(1, 2, 3, 4, 5, 6).buffer)
    const file = npy("{'descr': '<i4', 'fortran_order': True, 'shape': (2, 3), }\n", data, 2)
    expect(readNpy(file)).toEqual({ shape: [2, 3], data: Float64Array.of(1, 3, 5, 2, 4, 6) })
  })

  it.each([
    ['no array', new Uint8Array([1, 2, 3]), 'Expected a NumPy array'],
    [
      'complex numbers',
      npy("{'descr': '<c16', 'fortran_order': False, 'shape': (1,), }\n", new Uint8Array(16)),
      '<c16',
    ],
    [
      'a cut off array',
      npy("{'descr': '<f8', 'fortran_order': False, 'shape': (9,), }\n", new Uint8Array(16)),
      'cut off',
    ],
    ['a cut off header', npy("{'descr': '<f8'", new Uint8Array(0)).subarray(0, 14), 'cut off'],
    ['a later version', npy('{}', new Uint8Array(0), 7), 'version 7'],
  ])('refuses %s', (_what, bytes, message) => {
    expect(() => readNpy(bytes)).toThrow(message)
  })

  it('refuses a shape that does not fit', () => {
    expect(() => writeNpy({ shape: [2, 2], data: new Float64Array(3) })).toThrow('needs 4 entries')
  })
})

describe('NPZ', () => {
  const arrays = {
    W1: { shape: [2, 2], data: Float64Array.of(1, -0, Infinity, 1e-300) },
    a: { shape: [0], data: new Float64Array(0) },
  }

  it('is read back exactly; equal arrays give equal bytes; notes are left out', () => {
    const bytes = writeNpz(arrays, { family: 'relu' })
    expect(readNpz(bytes)).toEqual(arrays)
    expect(writeNpz(arrays, { family: 'relu' })).toEqual(bytes)
  })

  it('refuses names with a folder in them and archives that are damaged', () => {
    expect(() => writeNpz({ '../x': arrays.W1 })).toThrow('cannot name')
    expect(() => readNpz(new Uint8Array(100))).toThrow('damaged')
    expect(() => readNpz(zipSync({ 'W1.npy': new Uint8Array(3) }))).toThrow('Expected a NumPy array')
  })
})

describe('CSV', () => {
  it('quotes what RFC 4180 wants quoted, in full precision', () => {
    expect(
      writeCsv(
        ['a', 'b "c"'],
        [
          [0.1 + 0.2, 'x,y'],
          [null, 'two\nlines'],
        ],
      ),
    ).toBe('a,"b ""c"""\r\n0.30000000000000004,"x,y"\r\n,"two\nlines"\r\n')
  })

  it.each(['=1+1', '+SUM(A1)', '-2', '@x', '\t=1'])('disarms the formula %j but not numbers', (text) => {
    expect(writeCsv(['h'], [[text]])).toContain(`'${text}`)
    expect(writeCsv(['h'], [[-2]])).toBe('h\r\n-2\r\n')
  })

  it('has a row a run, with its swept values', () => {
    const lines = runsCsv([
      runRecord(),
      runRecord({ key: 'convex@beta=1', point: { beta: 1 }, objective: null }),
    ]).split('\r\n')
    const header = lines[0].split(',')
    const cell = (line: string, name: string) => line.split(',')[header.indexOf(name)]
    expect(header.at(-1)).toBe('beta')
    expect(cell(lines[1], 'objective')).toBe('68.9741234567891')
    expect(cell(lines[1], 'certificate')).toBe('global')
    expect([cell(lines[2], 'objective'), cell(lines[2], 'beta')]).toEqual(['', '1'])
  })
})
