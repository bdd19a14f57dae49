import { describe, expect, it } from 'vitest'
import * as columns from '../../../core/kernels/columns.ts'
import * as elementwise from '../../../core/kernels/elementwise.ts'
import { engine } from '../../../core/kernels/engine.ts'
import * as pooling from '../../../core/kernels/pooling.ts'
import { copyPatches } from '../../../core/kernels/patches.ts'
import { stream } from '../../../core/random/index.ts'

type Real = Float64Array | Float32Array
type Make = (values: ArrayLike<number>) => Real

/** Runs `body` with arrays of plain memory and with arrays of the kernel memory: what it returns must agree. */
function agree(single: boolean, body: (make: Make) => Real[]): void {
  const plain = body((values) => (single ? Float32Array.from(values) : Float64Array.from(values)))
  engine().scratch((arena) => {
    const inside = body((values) => {
      const array = single ? arena.float32(values.length) : arena.float64(values.length)
      array.set(Array.from(values))
      return array
    })
    inside.forEach((array, i) => {
      const tolerance = single ? 2e-6 : 1e-14
      array.forEach((value, at) => {
        if (Number.isNaN(plain[i][at])) expect(value).toBeNaN()
        else expect(Math.abs(value - plain[i][at])).toBeLessThan(tolerance * (1 + Math.abs(plain[i][at])))
      })
    })
  })
}

const normals = (length: number, key: string): Float64Array => stream(3).split(key).normals(length)

describe.each([
  ['double', false],
  ['single', true],
])('in %s precision', (_, single) => {
  describe.each([1, 2, 5, 16, 23])('%i entries', (n) => {
    const [x, y, z] = ['x', 'y', 'z'].map((key) => normals(n, key))

    it('rectify keeps NaN', () => {
      agree(single, (make) => {
        const a = make([...x, NaN])
        elementwise.rectifyInPlace(a)
        return [a]
      })
    })

    it('mask, combine, clear', () => {
      agree(single, (make) => {
        const [a, b, c] = [make([...x, 1, 1]), make([...y, 0, NaN]), make(z)]
        elementwise.maskInactive(a, b)
        elementwise.combineInto(0.5, c, -3, make(y))
        const zeros = make(x)
        elementwise.clear(zeros)
        return [a, c, zeros]
      })
    })

    it('momentum and Adam', () => {
      agree(single, (make) => {
        const [g, v, h, w] = [make(x), make(y), make(x), make(y)]
        elementwise.momentumStep(g, v, 0.9, false)
        elementwise.momentumStep(h, w, 0.9, true)
        const [slope, mean, square] = [make(x), make(y), make(z.map((t) => t * t))]
        elementwise.adamStep(slope, mean, square, { first: 0.9, second: 0.999, epsilon: 1e-8 }, 3)
        return [g, v, h, w, slope, mean, square]
      })
    })

    it('rows gathered, sums and steps by columns, groups of rows', () => {
      const [rows, group] = [6, 3]
      const [A, D] = ['A', 'D'].map((key) => normals(rows * n, key))
      agree(single, (make) => {
        const matrix = (values: ArrayLike<number>, count = rows) => ({
          rows: count,
          cols: n,
          data: make(values),
        })
        const gathered = make(new Float64Array(5 * n))
        elementwise.gatherRows(make(A), n, Int32Array.of(4, 1, 0, 5, 4), gathered)
        const [sums, squares, plain, products] = [1, 2, 3, 4].map(() => new Float64Array(n).fill(0.25))
        columns.addColumnSums(matrix(A), sums)
        columns.addCenteredSquares(matrix(A), x, squares)
        columns.addColumnProducts(matrix(D), matrix(A), plain, products)
        const moved = [false, true].map((rectified) => {
          const out = matrix(A)
          columns.affineColumns(out, { center: x, factor: y, shift: z }, rectified, out)
          return out.data
        })
        const less = matrix(D)
        columns.subtractColumns(less, matrix(A), x, y)
        const activation = { center: x, factor: y, gamma: z, shift: x }
        const grouped = [1, 2, 3].map(() => matrix(new Float64Array(2 * n).fill(9), 2))
        const [counts, actives, activated] = grouped
        pooling.poolActive(matrix(A), group, activation, { counts, actives, sums: activated })
        const spread = matrix(D)
        const slopes = matrix(D.subarray(0, 2 * n), 2)
        pooling.spreadSlopes(matrix(A), group, activation, { share: y, mean: z }, slopes, spread)
        const results = grouped.map(({ data }) => data)
        return [gathered, sums, squares, plain, products, ...moved, less.data, ...results, spread.data]
      })
    })
  })

  it('pooling counts NaN as active, so that divergence is seen', () => {
    const activation = {
      center: Float64Array.of(0),
      factor: Float64Array.of(1),
      gamma: Float64Array.of(1),
      shift: Float64Array.of(0),
    }
    agree(single, (make) => {
      const [counts, actives, sums] = [1, 2, 3].map(() => ({ rows: 2, cols: 1, data: make([9, 9]) }))
      const H = { rows: 4, cols: 1, data: make([1, NaN, -1, 2]) }
      pooling.poolActive(H, 2, activation, { counts, actives, sums })
      expect([...counts.data]).toEqual([2, 1])
      expect([...sums.data]).toEqual([NaN, 2])
      return [counts.data, actives.data, sums.data]
    })
  })

  it.each([
    { above: 0, before: 0, down: 3, across: 2, stride: 1 },
    { above: 2, before: 1, down: 3, across: 3, stride: 2 },
  ])('patches %o', (place) => {
    const geometry = { height: 4, width: 4, channels: 5, filterHeight: 2, filterWidth: 3, ...place }
    const X = normals(3 * 80, 'images')
    agree(single, (make) => {
      const out = { rows: 7, cols: 30, data: make(new Float64Array(210).fill(9)) }
      copyPatches({ rows: 3, cols: 80, data: make(X) }, geometry, 4, out)
      return [out.data]
    })
  })
})

it('refuses arrays of different lengths and of different precision', () => {
  engine().scratch((arena) => {
    expect(() => elementwise.combineInto(1, arena.float64(3), 1, arena.float64(4))).toThrow('3 and 4')
    expect(() => elementwise.combineInto(1, arena.float64(3), 1, arena.float32(3))).toThrow('one precision')
    const [A, B] = [1, 2].map((rows) => ({ rows, cols: 3, data: arena.float64(3 * rows) }))
    const none = { share: new Float64Array(3), mean: new Float64Array(3) }
    const activation = { center: none.mean, factor: none.mean, gamma: none.mean, shift: none.mean }
    expect(() => pooling.spreadSlopes(A, 2, activation, none, B, A)).toThrow('groups of 2')
  })
})
