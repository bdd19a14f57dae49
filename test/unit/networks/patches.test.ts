import { describe, expect, it } from 'vitest'
import { NETWORK_SCHEMAS, type FamilySettings } from '../../../core/experiments/document.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { frobeniusNorm, multiply } from '../../../core/linalg/products.ts'
import { rowRange } from '../../../core/networks/blocks.ts'
import { columnMeans, patchRows } from '../../../core/networks/row-source.ts'
import {
  extractPatches,
  geometryArray,
  geometryOf,
  patchCount,
  patchGeometry,
  patchGrid,
  patchSize,
  type PatchGeometry,
} from '../../../core/networks/patches.ts'
import { stream } from '../../../core/random/index.ts'
import { randomMatrix } from '../linalg/matrices.ts'
import { maxDifference } from './fixtures.ts'

const conv = (changes: object = {}): FamilySettings<'conv-bn'> =>
  NETWORK_SCHEMAS['conv-bn'].parse({ family: 'conv-bn', ...changes })

const image = (height: number, width: number, channels = 1) => ({
  d: height * width * channels,
  image: { height, width, channels },
})

/** Row r of the patches, entry by entry from the definition. */
function entry(X: Matrix, g: PatchGeometry, sample: number, place: number, at: number): number {
  const channel = at % g.channels
  const column = Math.floor(at / g.channels) % g.filterWidth
  const row = Math.floor(at / (g.channels * g.filterWidth))
  const { across } = patchGrid(g)
  const pad = (side: number): number => (side === 1 ? 0 : g.padding)
  const y = Math.floor(place / across) * g.stride + row - pad(g.height)
  const x = (place % across) * g.stride + column - pad(g.width)
  const inside = y >= 0 && y < g.height && x >= 0 && x < g.width
  return inside ? X.get(sample, (y * g.width + x) * g.channels + channel) : 0
}

const GEOMETRIES: [string, PatchGeometry][] = [
  ['a signal', patchGeometry(conv(), { d: 7, image: null })],
  ['a padded signal, stride 2', patchGeometry(conv({ padding: 2, stride: 2 }), { d: 7, image: null })],
  ['an image', patchGeometry(conv({ filter: [2, 3] }), image(4, 5))],
  ['a padded image in colour', patchGeometry(conv({ padding: 1, stride: 2 }), image(4, 5, 3))],
  ['padding wider than the filter', patchGeometry(conv({ filter: 2, padding: 3 }), image(3, 2))],
]

describe.each(GEOMETRIES)('patches of %s', (_, g) => {
  const X = new Matrix(
    3,
    g.height * g.width * g.channels,
    stream(4).normals(3 * g.height * g.width * g.channels),
  )

  it('are the definition, grouped by sample', () => {
    const patches = extractPatches(X, g)
    expect([patches.rows, patches.cols]).toEqual([3 * patchCount(g), patchSize(g)])
    for (let r = 0; r < patches.rows; r++) {
      const [sample, place] = [Math.floor(r / patchCount(g)), r % patchCount(g)]
      for (let at = 0; at < patches.cols; at++) {
        expect(patches.get(r, at)).toBe(entry(X, g, sample, place, at))
      }
    }
  })

  it('are multiplied, and summed, where they are', () => {
    const [whole, source] = [extractPatches(X, g), patchRows(X, g)]
    const [W, D] = [randomMatrix(whole.cols, 5, 'W'), randomMatrix(3, 5, 'D')]
    const some = rowRange(whole, 2, 3)
    expect(maxDifference(source.times(W, 2, 3).data, multiply(some, W).data)).toBeLessThan(1e-13)
    const sum = Matrix.zeros(whole.cols, 5)
    source.addTransposeTimes(D, 2, 3, sum)
    expect(maxDifference(sum.data, multiply(some, D, { transposeA: true }).data)).toBeLessThan(1e-13)
    expect(maxDifference(source.means().data, columnMeans(whole).data)).toBeLessThan(1e-15)
    expect(source.size()).toBeCloseTo(frobeniusNorm(whole), 12)
  })

  it('have a geometry that a network can store', () => {
    expect(geometryOf(geometryArray(g))).toEqual(g)
  })
})

describe('patchGeometry', () => {
  it('takes one number as the length along a signal and the side of a square in an image', () => {
    const signal = patchGeometry(conv({ filter: 4, padding: 1 }), { d: 9, image: null })
    expect(signal).toMatchObject({ height: 1, width: 9, filterHeight: 1, filterWidth: 4 })
    expect(patchGrid(signal)).toEqual({ down: 1, across: 8 })
    expect(patchGeometry(conv({ filter: 4 }), image(8, 9, 3))).toMatchObject({
      filterHeight: 4,
      filterWidth: 4,
    })
  })

  it('counts positions as every framework does', () => {
    expect(patchCount(patchGeometry(conv({ padding: 1 }), image(28, 28)))).toBe(28 * 28)
    expect(patchCount(patchGeometry(conv({ filter: 5, stride: 2 }), image(28, 28)))).toBe(12 * 12)
  })

  it.each([
    [{ filter: 8 }, { d: 7, image: null }, /1×8 does not fit into 1×7/],
    [{ filter: [2, 3] }, { d: 7, image: null }, /2×3 does not fit into 1×7/],
    [{ filter: 5, stride: 4 }, image(4, 4), /5×5 does not fit into 4×4/],
  ])('refuses %j', (changes, summary, message) => {
    expect(() => patchGeometry(conv(changes), summary)).toThrow(message)
  })
})
