import { describe, expect, it } from 'vitest'
import { enumerateArrangement } from '../../../core/arrangements/arrangement.ts'
import { packBits } from '../../../core/arrangements/patterns.ts'
import { enumerateTwoLevel } from '../../../core/arrangements/two-level-enumeration.ts'
import { sampleTwoLevel } from '../../../core/arrangements/two-level-sampling.ts'
import { cellOf, TwoLevelCells, type TwoLevelCell } from '../../../core/arrangements/two-level.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { conicLeastSquares } from '../../../core/linalg/nnls.ts'
import { norm2 } from '../../../core/linalg/products.ts'
import { stream } from '../../../core/random/index.ts'

const gaussian = (n: number, d: number, seed: number) => new Matrix(n, d, stream(seed).normals(n * d))

describe('cells of two layers', () => {
  /** Every cell by brute force: Gordan's theorem on each of the 2ⁿ patterns of every multiset. */
  function bruteForce(A: Matrix, m1: number): TwoLevelCells {
    const cells = new TwoLevelCells(A.rows, m1)
    const { patterns } = enumerateArrangement(A, 1000)
    const kinds = Array.from({ length: 2 * patterns.count }, (_, k) => ({
      active: Array.from({ length: A.rows }, (_row, i) => patterns.isActive(k >> 1, i)),
      sign: k % 2 === 0 ? (1 as const) : (-1 as const),
    }))
    const visit = (chosen: typeof kinds, from: number): void => {
      if (chosen.length < m1) {
        for (let k = from; k < kinds.length; k++) visit([...chosen, kinds[k]], k)
        return
      }
      for (let code = 1; code < 2 ** A.rows; code++) {
        const output = Array.from({ length: A.rows }, (_, i) => (code >> i) & 1)
        if (isOpen(A, chosen, output) && !hasIdle(chosen, output)) {
          const units = chosen.map(({ active, sign }) => ({ pattern: packBits(active.map(Number)), sign }))
          cells.join({ units, output: packBits(output) }, new Float64Array(m1 * A.cols))
        }
      }
    }
    visit([], 0)
    return cells
  }

  type Unit = { active: boolean[]; sign: 1 | -1 }

  /** A unit is idle when it changes no sign of the second layer and no response. */
  function hasIdle(units: Unit[], output: number[]): boolean {
    return units.some((unit, j) => {
      const others = units.filter((_, k) => k !== j)
      return output.every((on, i) => {
        if (!unit.active[i]) return true
        return on === 0 && (unit.sign > 0 || others.every(({ active, sign }) => !active[i] || sign < 0))
      })
    })
  }

  function isOpen(A: Matrix, units: Unit[], output: number[]): boolean {
    const rows: number[][] = []
    for (let i = 0; i < A.rows; i++) {
      const x = [...A.row(i)]
      if (x.every((value) => value === 0)) {
        if (output[i] === 1) return false
        continue
      }
      units.forEach(({ active, sign }, j) => {
        const side = sign * (active[i] ? 1 : -1)
        rows.push(units.flatMap((_, k) => x.map((value) => (k === j ? side * value : 0))))
      })
      if (units.some(({ active }) => active[i])) {
        const side = output[i] === 1 ? 1 : -1
        rows.push(units.flatMap(({ active }) => x.map((value) => (active[i] ? side * value : 0))))
      } else if (output[i] === 1) return false
    }
    // Open unless some λ ≥ 0, Σλ = 1, has Gᵀλ = 0.
    const target = new Float64Array(units.length * A.cols + 1)
    target[target.length - 1] = 1
    const unit = rows.map((row) => [...row.map((value) => value / Math.hypot(...row)), 1])
    return norm2(conicLeastSquares(Matrix.fromRows(unit), target).residual) > 1e-7
  }

  it.each([
    ['five points of the plane, two units', gaussian(5, 2, 1), 2],
    ['points in a half-plane', gaussian(5, 2, 2), 2],
    ['four points, three units', gaussian(4, 2, 3), 3],
    ['three features', gaussian(4, 3, 4), 2],
    ['one unit', gaussian(5, 3, 5), 1],
    [
      'duplicate, parallel, opposite and zero rows',
      Matrix.fromRows([
        [1, 2],
        [1, 2],
        [2, 4],
        [-1, -2],
        [0, 0],
      ]),
      2,
    ],
    [
      'parallel rows in general directions',
      Matrix.fromRows([
        [1, 0],
        [0, 1],
        [3, 0],
        [-1, 1],
      ]),
      3,
    ],
  ])('are those of brute force: %s', (_, A, m1) => {
    const found = enumerateTwoLevel(A, m1, 1e5)!
    const expected = bruteForce(A, m1)
    expect(found.cells.count).toBe(expected.count)
    for (let cell = 0; cell < found.cells.count; cell++) {
      expected.join(describeCell(found.cells, cell), new Float64Array(m1 * A.cols))
    }
    expect(expected.count).toBe(found.cells.count)
    expect(found.cells.count).toBeLessThanOrEqual(found.bound)
  })

  it('contain their points', () => {
    const A = gaussian(5, 3, 7)
    const { cells } = enumerateTwoLevel(A, 2, 1e5)!
    for (let cell = 0; cell < cells.count; cell++) {
      const signs = [cells.sign(cell, 0), cells.sign(cell, 1)]
      expect(cells.join(cellOf(A, cells.point(cell), signs)!, cells.point(cell))).toBe(cell)
    }
  })

  it('are the same when hidden units are exchanged', () => {
    const A = gaussian(6, 2, 8)
    const cells = new TwoLevelCells(6, 2)
    const z = stream(9).normals(4)
    const swapped = Float64Array.of(z[2], z[3], z[0], z[1])
    expect(cells.join(cellOf(A, z, [1, -1])!, z)).toBe(cells.join(cellOf(A, swapped, [-1, 1])!, swapped))
    expect(cells.count).toBe(1)
  })

  it('are drawn again with the same seed, and are among all cells or have an idle unit', () => {
    const A = gaussian(5, 2, 1)
    const sample = sampleTwoLevel(A, 2, 4000, 3)
    expect(sampleTwoLevel(A, 2, 4000, 3).cells.count).toBe(sample.cells.count)
    const all = enumerateTwoLevel(A, 2, 1e5)!.cells
    const count = all.count
    const seen = new Set<number>()
    for (let cell = 0; cell < sample.cells.count; cell++) {
      const found = all.join(describeCell(sample.cells, cell), sample.cells.point(cell))
      if (found < count) seen.add(found)
      else {
        const { units, output } = flagsOf(sample.cells, cell)
        expect(hasIdle(units, output)).toBe(true)
      }
    }
    expect(seen.size).toBeGreaterThan(0.7 * count)
  })

  function flagsOf(cells: TwoLevelCells, cell: number): { units: Unit[]; output: number[] } {
    const rows = Array.from({ length: cells.rows }, (_, i) => i)
    return {
      units: Array.from({ length: cells.units }, (_, j) => ({
        active: rows.map((i) => cells.unitActive(cell, j, i)),
        sign: cells.sign(cell, j),
      })),
      output: rows.map((i) => Number(cells.outputActive(cell, i))),
    }
  }

  function describeCell(cells: TwoLevelCells, cell: number): TwoLevelCell {
    const { units, output } = flagsOf(cells, cell)
    return {
      units: units.map(({ active, sign }) => ({ pattern: packBits(active.map(Number)), sign })),
      output: packBits(output),
    }
  }
})
