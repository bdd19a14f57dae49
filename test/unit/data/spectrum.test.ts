import { describe, expect, it } from 'vitest'
import { previewTable } from '../../../core/data/preview.ts'
import { sha256, Sha256 } from '../../../core/data/sha256.ts'
import { rowSpace, spectrumOf, whitenedError } from '../../../core/data/spectrum.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { identity, multiply } from '../../../core/linalg/products.ts'
import { stream } from '../../../core/random/index.ts'
import { errorOf, readText } from './fixtures.ts'

const gaussian = (n: number, d: number) => new Matrix(n, d, stream(5).normals(n * d))
/** Rank k. */
const product = (n: number, k: number, d: number) => multiply(gaussian(n, k), gaussian(k, d))

describe('spectrumOf', () => {
  it.each([
    [9, 4, 3],
    [4, 9, 3],
    [6, 6, 6],
    [8, 3, 3],
  ])('finds the ranks of %i×%i of rank %i', (n, d, k) => {
    const { rank, rankCentered } = spectrumOf(k === Math.min(n, d) ? gaussian(n, d) : product(n, k, d))
    expect(rank).toBe(k)
    expect(rankCentered).toBe(Math.min(k, n - 1))
  })

  it('sees through a large mean', () => {
    const X = gaussian(30, 3)
    for (let i = 0; i < 30; i++) X.row(i).set(X.row(i).map((value) => 1e6 + value))
    expect(spectrumOf(X)).toMatchObject({ rank: 3, rankCentered: 3 })
  })

  it('loses one by centring when the ones are in the range', () => {
    expect(spectrumOf(identity(5))).toMatchObject({ rank: 5, rankCentered: 4, sigmaMax: 1, sigmaMin: 1 })
    expect(spectrumOf(Matrix.zeros(4, 2))).toMatchObject({ rank: 0, rankCentered: 0, sigmaMin: 0 })
  })

  it.each([
    [90, 34],
    [34, 90],
  ])('agrees with itself through the Gram matrix, %i×%i', (n, d) => {
    const X = product(n, 12, d)
    const { rank, rankCentered, sigmaMax } = spectrumOf(X, 0)
    expect([rank, rankCentered]).toEqual([12, 12])
    expect(sigmaMax).toBeCloseTo(spectrumOf(X).sigmaMax, 9)
    const { V, s } = rowSpace(X, 0)
    expect([V.rows, V.cols]).toEqual([d, 12])
    expect(s[0]).toBeCloseTo(sigmaMax, 6)
    const QtQ = multiply(V, V, { transposeA: true })
    identity(12).data.forEach((value, i) => expect(Math.abs(QtQ.data[i] - value)).toBeLessThan(1e-8))
  })

  it('measures whiteness', () => {
    expect(whitenedError(identity(4))).toBe(0)
    expect(whitenedError(gaussian(5, 3))).toBeNull()
    expect(whitenedError(gaussian(3, 5))).toBeGreaterThan(0.1)
  })
})

describe('SHA-256', () => {
  const bytes = (text: string) => new TextEncoder().encode(text)
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('of %j is the published one', (text, digest) => {
    expect(sha256(bytes(text))).toBe(digest)
  })

  it('does not depend on the pieces', async () => {
    const data = Uint8Array.from({ length: 1000 }, (_, i) => i)
    const hash = new Sha256()
    for (let at = 0; at < 1000; at += 37) hash.update(data.subarray(at, at + 37))
    const native = new Uint8Array(await crypto.subtle.digest('SHA-256', data))
    expect(hash.hex()).toBe(Array.from(native, (byte) => byte.toString(16).padStart(2, '0')).join(''))
  })
})

describe('preview', () => {
  const text = `id,size,kind,score,label\n${Array.from(
    { length: 20 },
    (_, i) =>
      `${i + 1},${i === 3 ? '?' : i},${i % 2 ? 'a' : 'b'},${i === 5 ? 'oops' : i / 4},${i % 4 ? 'no' : 'yes'}`,
  ).join('\n')}\n`

  it('shows columns, sample, class balance and what needs attention', async () => {
    const preview = previewTable(await readText(text), { sha256: 'hash', bytes: 100 })
    expect(preview).toMatchObject({
      rows: 20,
      rank: null,
      source: { kind: 'file', format: 'csv', gzip: false },
    })
    expect(preview.target).toMatchObject({ names: ['label'], guessed: true, task: 'classes' })
    expect(preview.target?.classes).toEqual([
      { name: 'no', count: 15 },
      { name: 'yes', count: 5 },
    ])
    expect(preview.columns[1]).toMatchObject({ missing: 1, min: 0, max: 19, distinct: 19 })
    expect(preview.columns[1].histogram?.counts.reduce((sum, count) => sum + count)).toBe(19)
    expect(preview.columns[3]).toMatchObject({ strayCount: 1, firstStray: { line: 7, text: 'oops' } })
    expect(preview.columns[2].categories).toEqual([
      { name: 'a', count: 10 },
      { name: 'b', count: 10 },
    ])
    expect(preview.sample[3]).toEqual({ line: 5, cells: ['4', '', 'a', '0.75', 'no'] })
    expect(preview.warnings.join(' ')).toMatch(/missing in "size".*not numbers in "score".*identifier/)
    expect(structuredClone(preview)).toEqual(JSON.parse(JSON.stringify(preview)))
  })

  it('computes mean and deviation, and the rank where every cell is known', async () => {
    const preview = previewTable(await readText('a,b,y\n1,2,0.5\n2,4,0.25\n6,12,1\n'), {
      sha256: '',
      bytes: 1,
    })
    expect(preview.columns[0].mean).toBeCloseTo(3, 14)
    expect(preview.columns[0].sd).toBeCloseTo(Math.sqrt(7), 14)
    expect(preview).toMatchObject({ rank: 1, numericFeatures: 2, memoryBytes: 72 })
    expect(preview.target?.task).toBe('regression')
  })

  it('takes the target that it is told, and refuses one that is not there', async () => {
    const table = await readText(text)
    expect(previewTable(table, { sha256: '', bytes: 1, target: 'kind' }).target).toMatchObject({
      guessed: false,
      columns: [2],
    })
    const failing = Promise.resolve().then(() =>
      previewTable(table, { sha256: '', bytes: 1, target: 'none' }),
    )
    expect((await errorOf(failing)).place?.path).toBe('dataset.target')
  })
})
