import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  arrangementOf,
  buildArrangement,
  enumerateArrangement,
  sampleArrangement,
  type Arrangement,
} from '../../../core/arrangements/arrangement.ts'
import { cellBound } from '../../../core/arrangements/count.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { dot, norm2 } from '../../../core/linalg/products.ts'
import { stream } from '../../../core/random/index.ts'
import { bruteForcePatterns } from './brute-force.ts'

const gaussian = (n: number, r: number, seed: number) => new Matrix(n, r, stream(seed).normals(n * r))

function expectSamePatterns(A: Matrix, arrangement: Arrangement) {
  const expected = bruteForcePatterns(A)
  expect(arrangement.patterns.count).toBe(expected.count)
  for (let i = 0; i < expected.count; i++) {
    expect(arrangement.patterns.find(expected.pattern(i))).toBeGreaterThanOrEqual(0)
  }
}

function expectInteriorGates(A: Matrix, { patterns, gates }: Arrangement) {
  for (let i = 0; i < patterns.count; i++) {
    for (let j = 0; j < A.rows; j++) {
      const side = dot(A.row(j), gates.row(i))
      if (norm2(A.row(j)) > 0) expect(side).not.toBe(0)
      expect(patterns.isActive(i, j)).toBe(side > 0)
    }
  }
}

describe('exact enumeration', () => {
  it.each([
    [6, 1],
    [9, 2],
    [10, 3],
    [9, 4],
    [7, 5],
    [8, 8],
  ])('finds every open cell of %i random hyperplanes in rank %i', (n, r) => {
    const A = gaussian(n, r, 10 * n + r)
    const arrangement = enumerateArrangement(A, 20_000)
    expect(arrangement.patterns.count).toBe(cellBound(n, r))
    expectSamePatterns(A, arrangement)
    expectInteriorGates(A, arrangement)
  })

  it('agrees with all sign vectors on degenerate rows: zero, duplicate, parallel, antiparallel, concurrent', () => {
    const entry = fc.integer({ min: -2, max: 2 })
    const problem = fc
      .integer({ min: 1, max: 4 })
      .chain((r) => fc.array(fc.array(entry, { minLength: r, maxLength: r }), { minLength: 1, maxLength: 8 }))
    fc.assert(
      fc.property(problem, (rows) => {
        const A = Matrix.fromRows(rows)
        const arrangement = enumerateArrangement(A, 20_000)
        expectSamePatterns(A, arrangement)
        expectInteriorGates(A, arrangement)
      }),
      { numRuns: 60, seed: 7 },
    )
  })

  it('puts 0 for zero rows and keeps parallel rows together', () => {
    const A = Matrix.fromRows([
      [0, 0],
      [1, 2],
      [2, 4],
      [-3, -6],
    ])
    const { patterns } = enumerateArrangement(A, 10)
    expect(patterns.count).toBe(2)
    expect([...patterns.activeRows(0)].sort()).toEqual(patterns.isActive(0, 1) ? [1, 2] : [3])
  })

  it('counts 2n cells for a thousand rows in the plane', () => {
    const A = gaussian(1000, 2, 3)
    const arrangement = enumerateArrangement(A, 20_000)
    expect(arrangement.patterns.count).toBe(2000)
    expect(arrangement.complete).toBe(true)
  })

  it('refuses more cells than the limit and says the bound', () => {
    expect(() => enumerateArrangement(gaussian(200, 4, 1), 20_000)).toThrow(/2.587.202|2.6\d\d.\d+/u)
    expect(() => enumerateArrangement(gaussian(200, 4, 1), 20_000)).toThrow(
      expect.objectContaining({ code: 'too-large' }),
    )
  })

  it('never exceeds the theoretical bound', () => {
    expect(cellBound(20, 2)).toBe(40)
    expect(cellBound(5, 7)).toBe(32)
    expect(cellBound(208, 60)).toBeGreaterThan(1e50)
  })
})

describe('sampling', () => {
  const A = gaussian(30, 5, 4)

  it('keeps distinct patterns with a generating vector each, and repeats itself exactly', () => {
    const first = sampleArrangement(A, 150, 11)
    const again = sampleArrangement(A, 150, 11)
    expectInteriorGates(A, first)
    expect(first.patterns.count).toBeLessThanOrEqual(150)
    expect(again.gates.data).toEqual(first.gates.data)
    expect(sampleArrangement(A, 150, 12).gates.data).not.toEqual(first.gates.data)
    expect(first.complete).toBe(false)
  })

  it('finds only enumerated cells', () => {
    const small = gaussian(9, 3, 5)
    const all = enumerateArrangement(small, 1000)
    const some = sampleArrangement(small, 400, 2)
    for (let i = 0; i < some.patterns.count; i++) {
      expect(all.patterns.find(some.patterns.pattern(i))).toBeGreaterThanOrEqual(0)
    }
  })

  it('is regenerated from its stored gates', () => {
    const sampled = sampleArrangement(A, 50, 1)
    expect(arrangementOf(A, sampled.gates, false).patterns.count).toBe(sampled.patterns.count)
  })
})

describe('the automatic choice', () => {
  it('enumerates up to rank 3 within the limit and samples beyond', () => {
    const settings = { mode: 'auto', count: 40, limit: 20_000 } as const
    expect(buildArrangement(gaussian(40, 3, 1), settings, 0).complete).toBe(true)
    expect(buildArrangement(gaussian(40, 4, 1), settings, 0).complete).toBe(false)
    expect(buildArrangement(gaussian(40, 3, 1), { ...settings, limit: 100 }, 0).draws).toBe(40)
  })
})
