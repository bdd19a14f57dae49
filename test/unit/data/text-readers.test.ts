import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readTable } from '../../../core/data/read-table.ts'
import { cellText, type Table } from '../../../core/data/table.ts'
import { writeCsv } from '../../../core/export/csv.ts'
import { bytesSource, errorOf, gzip, LIMIT, readText, textSource } from './fixtures.ts'

const rowsOf = (table: Table) =>
  Array.from({ length: table.rows }, (_, i) => table.columns.map((column) => cellText(column, i)))
const kinds = (table: Table) => table.columns.map((column) => `${column.name}:${column.kind}`)

describe('CSV', () => {
  it('reads header, CRLF, quotes with delimiters, doubled quotes and line breaks, and no newline at the end', async () => {
    const text = 'id,name,age\r\n1,"Braund, Mr. ""Owen""",22\r\n2,"two\nlines",\r\n3,plain,41'
    const table = await readText(text)
    expect(rowsOf(table)).toEqual([
      ['1', 'Braund, Mr. "Owen"', '22'],
      ['2', 'two\nlines', ''],
      ['3', 'plain', '41'],
    ])
    expect(kinds(table)).toEqual(['id:numeric', 'name:categorical', 'age:numeric'])
    expect([...table.lines!]).toEqual([2, 3, 5])
  })

  it.each([1, 2, 3, 7, 64])('reads the same in pieces of %i bytes', async (piece) => {
    const text = '\ufeffa;b\r\n1;"x;ÿ"\r\n2;"y""z"\r\n3;é\r\n'
    const table = await readText(text, {}, piece)
    expect(table.dialect).toEqual({ delimiter: ';', quote: '"', header: true })
    expect(rowsOf(table)).toEqual([
      ['1', 'x;ÿ'],
      ['2', 'y"z'],
      ['3', 'é'],
    ])
  })

  it.each([
    ['1\t2\n3\t4\n', '\t', false],
    ['a|b\n1|2\n', '|', true],
    ['1 2 3\n4 5 6\n', ' ', false],
    ['1,5\n2,6\n', ',', false],
    ["'a','b'\n'c','b'\n", ',', false],
  ])('detects the dialect of %j', async (text, delimiter, header) => {
    expect((await readText(text)).dialect).toMatchObject({ delimiter, header })
  })

  it('sees a header of text above text only when no cell comes back below it', async () => {
    expect((await readText('colour,size\nred,big\nblue,small\n')).dialect?.header).toBe(true)
    expect((await readText('red,big\nblue,big\nred,small\n')).dialect?.header).toBe(false)
  })

  it('takes cells in single quotes, as the UCI collection writes them', async () => {
    const table = await readText("'40-49','yes'\n'50-59','no'\n'40-49','no'\n")
    expect(table.columns[0]).toMatchObject({ kind: 'categorical', categories: ['40-49', '50-59'] })
  })

  it('counts "", ?, NA, NaN and null as missing, and other words not', async () => {
    const table = await readText('a,b\n1,?\nNA,x\nNaN,None\nnull,-\n,y\n')
    expect(Array.from((table.columns[0] as { values: Float64Array }).values)).toEqual([1, NaN, NaN, NaN, NaN])
    expect(table.columns[1]).toMatchObject({ categories: ['-', 'None', 'x', 'y'] })
  })

  it('keeps few texts among numbers as strays with their row, and many as categories', async () => {
    const few = await readText('a\n1\n2\nabc\n4\ninf\n')
    expect(few.columns[0]).toMatchObject({
      kind: 'numeric',
      strays: [
        { row: 2, text: 'abc' },
        { row: 4, text: 'inf' },
      ],
    })
    const many = await readText('a\n1\nx\n1.0\ny\n')
    expect(many.columns[0]).toMatchObject({ kind: 'categorical', categories: ['1', 'x', 'y'] })
  })

  it('tells repeated and empty header names apart and says so', async () => {
    const table = await readText('a,a,b\n1,2,3\n', { header: true })
    expect(table.columns.map(({ name }) => name)).toEqual(['a', 'a (2)', 'b'])
    expect(table.notes[0]).toContain('"a (2)"')
  })

  it('reads back any table of texts that it wrote', async () => {
    const word = fc.stringMatching(/^[a-z",;\n]{1,6}$/).filter((text) => text.trim() === text)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(word, word, word), { minLength: 1, maxLength: 8 }), async (rows) => {
        const table = await readText(writeCsv(['h1', 'h2', 'h3'], rows), { header: true, delimiter: ',' })
        expect(rowsOf(table)).toEqual(rows)
      }),
      { numRuns: 60 },
    )
  })

  it('reads UTF-16 with a byte order mark', async () => {
    const text = 'a,b\n1,é\n2,ü\n'
    const bytes = new Uint8Array(2 + 2 * text.length)
    bytes.set([0xff, 0xfe])
    for (let i = 0; i < text.length; i++)
      new DataView(bytes.buffer).setUint16(2 + 2 * i, text.charCodeAt(i), true)
    const table = await readTable(bytesSource(bytes, 'wide.csv', 5), { memoryLimit: LIMIT })
    expect(rowsOf(table)).toEqual([
      ['1', 'é'],
      ['2', 'ü'],
    ])
  })
})

describe('UCI tables', () => {
  it('drops the row number and names the classes', async () => {
    const text = '\tf1\tf2\tclase\n1\t0.5\t-1\t1\n2\t0.25\t2\t0\n3\t1\t3\t1\n'
    const table = await readText(text)
    expect(table).toMatchObject({ format: 'uci', rows: 3, target: 2 })
    expect(kinds(table)).toEqual(['f1:numeric', 'f2:numeric', 'clase:categorical'])
  })

  it('is refused when asserted for another table', async () => {
    expect((await errorOf(readText('a,b\n1,2\n', { format: 'uci' }))).message).toContain('clase')
  })
})

describe('bad text tables', () => {
  it.each([
    ['an empty file', '', 'empty', undefined],
    ['white space only', ' \n\n', 'no rows', undefined],
    ['a header without rows', 'a,b,c\n', 'no rows below', 1],
    ['a ragged row', 'a,b\n1,2\n3\n4,5\n', 'Expected 2 cells', 3],
    ['a row too long', 'a,b\n1,2\n3,4,5\n', 'found 3', 3],
    ['an open quote', 'a,b\n1,2\n3,"x\n4,5\n', 'does not end', 3],
    ['text after a quote', 'a,b\n1,"x"y\n', 'does not end', 2],
  ])('%s is an error with its line', async (_what, text, message, row) => {
    const error = await errorOf(readText(text))
    expect(error).toMatchObject({ code: 'bad-input', place: { file: 'table.csv' } })
    expect(error.message).toContain(message)
    expect(error.place?.row).toBe(row)
  })

  it('counts the lines of quoted cells before the bad row', async () => {
    expect((await errorOf(readText('a,b\n"x\ny",2\n3\n'))).place?.row).toBe(4)
  })

  it.each([
    ['PK\x03\x04rest', 'zip'],
    ['@relation iris\n@data\n1,2\n', 'ARFF'],
    ['+1 1:0.5 3:-1\n-1 2:1\n', 'LIBSVM'],
    ['<!doctype html><p>', 'web page'],
    ['\x00\x01\x02\x03', 'binary'],
  ])('names what %j is', async (text, what) => {
    expect((await errorOf(readText(text))).message).toContain(what)
  })

  it('refuses bytes that are not UTF-8', async () => {
    const bytes = new Uint8Array([...new TextEncoder().encode('a,b\n1,x\n2,'), 0xe9, 0x0a])
    const error = await errorOf(readTable(bytesSource(bytes, 'latin.csv'), { memoryLimit: LIMIT }))
    expect(error.message).toContain('UTF-8')
  })

  it('stops before it takes more memory than allowed', async () => {
    const text = 'a,b\n' + '1,2\n'.repeat(5000)
    expect((await errorOf(readText(text, { memoryLimit: 20_000 }))).code).toBe('too-large')
  })
})

describe('gzip', () => {
  const text = 'a,b\n' + Array.from({ length: 300 }, (_, i) => `${i},${i * 7919}\n`).join('')
  const packed = gzip(new TextEncoder().encode(text))

  it.each([3, 1000, 1 << 20])('is looked through in pieces of %i bytes', async (piece) => {
    const table = await readTable(bytesSource(packed, 'table.csv.gz', piece), { memoryLimit: LIMIT })
    expect(table).toMatchObject({ rows: 300, gzip: true, format: 'csv' })
  })

  it('of several members is read to the end', async () => {
    const more = gzip(new TextEncoder().encode('1,2\n'))
    const both = new Uint8Array([...packed, ...more])
    expect((await readTable(bytesSource(both, 'two.csv.gz', 999), { memoryLimit: LIMIT })).rows).toBe(301)
  })

  it('is refused when cut off anywhere, changed, or followed by something', async () => {
    const changed = packed.slice()
    changed[Math.floor(packed.length / 2)] ^= 0x10
    const broken = [
      packed.slice(0, 12),
      packed.slice(0, packed.length - 60),
      packed.slice(0, packed.length - 4),
      changed,
      new Uint8Array([...packed, ...new TextEncoder().encode('something else')]),
    ]
    for (const bytes of broken) {
      const error = await errorOf(readTable(bytesSource(bytes, 'bad.csv.gz', 500), { memoryLimit: LIMIT }))
      expect(error).toMatchObject({ code: 'bad-input', place: { file: 'bad.csv.gz' } })
    }
  })

  it('that would grow beyond the limit is refused', async () => {
    const bomb = gzip(new Uint8Array(1_000_000))
    expect((await errorOf(readTable(bytesSource(bomb, 'bomb.gz'), { memoryLimit: 1e5 }))).code).toBe(
      'too-large',
    )
  })

  it('of nothing is an empty file', async () => {
    const source = bytesSource(gzip(new Uint8Array(0)), 'empty.csv.gz')
    expect((await errorOf(readTable(source, { memoryLimit: LIMIT }))).message).toContain('empty')
  })
})

it('reads a source whose size is unknown', async () => {
  const table = await readTable({ ...textSource('a,b\n1,2\n'), size: null }, { memoryLimit: LIMIT })
  expect(table.rows).toBe(1)
})
