import { describe, expect, it } from 'vitest'
import { enumerateArrangement } from '../../../core/arrangements/arrangement.ts'
import { enumerateTwoLevel } from '../../../core/arrangements/two-level-enumeration.ts'
import { sampleTwoLevel } from '../../../core/arrangements/two-level-sampling.ts'
import { cellOf, TwoLevelCells, type TwoLevelCell } from '../../../core/arrangements/two-level.ts'
import { packBits } from '../../../core/arrangements/patterns.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { conicLeastSquares } from '../../../core/linalg/nnls.ts'
import { dot, multiply, norm2 } from '../../../core/linalg/products.ts'
import { LOSSES } from '../../../core/losses/index.ts'
import { forward, parallelNetwork, regularizer, type Branch } from '../../../core/networks/index.ts'
import { ParallelDictionary } from '../../../core/programs/dictionaries/parallel.ts'
import { scalarProgram } from '../../../core/programs/program.ts'
import { stream } from '../../../core/random/index.ts'
import { SCALAR_LOSSES } from './fixtures.ts'
import {
  checkDegenerate,
  checkInterpolation,
  checkOptimum,
  expectSameObjective,
  overAllCells,
  overSample,
  problemOf,
  solvedTo,
} from './families.ts'

const gaussian = (n: number, d: number, seed: number) => new Matrix(n, d, stream(seed).normals(n * d))

describe.each(SCALAR_LOSSES)('parallel networks over all cells, %s loss', (loss) => {
  checkOptimum(overAllCells(problemOf({ family: 'parallel', m1: 2 }, loss, 0.1, { n: 3, d: 2 })))
})

describe('the equality loss over all cells of parallel networks', () => {
  checkInterpolation(overAllCells(problemOf({ family: 'parallel', m1: 2 }, 'equality', 1, { n: 4, d: 2 })))
})

describe('degenerate data of parallel', () => {
  checkDegenerate({ family: 'parallel', m1: 2 })
})

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

describe('the dictionary', () => {
  const A = gaussian(7, 3, 2)
  const dictionary = new ParallelDictionary(A, sampleTwoLevel(A, 3, 30, 1), 2)

  it('responds as the sub-network inside the cone, with the rows of the constraints unit length', () => {
    const projector = dictionary.projector()
    for (let cell = 0; cell < dictionary.count; cell++) {
      projector.load(cell)
      projector.project(stream(cell).normals(9))
      const v = projector.projection.slice()
      expect(dictionary.violation(cell, v)).toBeLessThan(1e-12)
      const response = new Float64Array(7)
      dictionary.respond(cell, v, 1, response)
      const { cells } = dictionary.arrangement
      for (let i = 0; i < 7; i++) {
        let sum = 0
        for (let j = 0; j < 3; j++) {
          const sign = cells.sign(cell, j)
          sum += sign * Math.max(0, sign * dot(A.row(i), v.subarray(3 * j, 3 * j + 3)))
        }
        expect(response[i]).toBeCloseTo(Math.SQRT2 * Math.max(0, sum), 11)
      }
      const G = dictionary.constraints(cell)
      expect(G.rows).toBe(28)
      for (let k = 0; k < G.rows; k++) expect([0, 1]).toContainEqual(Math.round(1e9 * norm2(G.row(k))) / 1e9)
    }
  })

  it('has adjoint pulls and images of directions', () => {
    const g = stream(5).normals(7)
    const all = new Float64Array(dictionary.count * 9)
    dictionary.pullAll(g, all)
    for (let cell = 0; cell < dictionary.count; cell++) {
      const v = stream(cell + 50).normals(9)
      const image = dictionary.images([{ cell, directions: v }])
      expect(dot(image.data, g)).toBeCloseTo(dot(v, all.subarray(9 * cell, 9 * cell + 9)), 11)
    }
  })
})

describe('parallel programs', () => {
  it('with one hidden unit are two-layer ReLU programs', () => {
    for (const seed of [1, 2, 3]) {
      const shape = { n: 8, d: 2, seed }
      const deep = overAllCells(problemOf({ family: 'parallel', m1: 1 }, 'squared', 0.2, shape))
      const shallow = overAllCells(problemOf({ family: 'relu' }, 'squared', 0.2, shape))
      const [a, b] = [solvedTo(deep.program, 1e-10), solvedTo(shallow.program, 1e-10)]
      expect(Math.abs(a.primal - b.primal)).toBeLessThanOrEqual(1e-9 * b.primal)
    }
  })

  it.each([2, 3])('with m₂ = %i cost 1/√m₂ of those with m₂ = 1', (m2) => {
    const shape = { n: 5, d: 2 }
    const wide = overAllCells(problemOf({ family: 'parallel', m1: 2, m2 }, 'squared', 0.2, shape))
    const thin = problemOf({ family: 'parallel', m1: 2 }, 'squared', 0.2 / Math.sqrt(m2), shape)
    const result = solvedTo(wide.program, 1e-10)
    expectSameObjective(wide, result)
    const { primal } = solvedTo(overAllCells(thin).program, 1e-10)
    expect(Math.abs(result.primal - primal)).toBeLessThanOrEqual(1e-9 * primal)
    const network = wide.family.recover(wide.dictionary, result.blocks)
    expect(network.arrays.W3.shape).toEqual([result.blocks.length, m2, 1])
    const size = result.blocks.reduce((sum, { vector }) => sum + norm2(vector), 0)
    expect(regularizer(network)).toBeCloseTo(size, 10)
  })

  it('lose nothing by cells without idle units: many samples do not go below', () => {
    const problem = problemOf({ family: 'parallel', m1: 2 }, 'squared', 0.05, { n: 4, d: 2, seed: 4 })
    const all = solvedTo(overAllCells(problem).program, 1e-10)
    const sampled = solvedTo(overSample(problem, 3000).program, 1e-10)
    expect(sampled.primal).toBeGreaterThanOrEqual(all.dual * (1 - 1e-12))
  })

  it('of sampled cells recover networks, are restored and admit their atoms', () => {
    const problem = problemOf({ family: 'parallel', m1: 4, m2: 2 }, 'hinge', 0.05, { n: 12, d: 3 })
    const one = overSample(problem, 60)
    expectSameObjective(one, solvedTo(one.program, 1e-8))
    const { family, dictionary, program } = one
    const restored = family.restore(family.arrays(dictionary), false)
    expect(restored.count).toBe(dictionary.count)
    const result = solvedTo(program, 1e-8)
    expect(solvedTo({ ...program, dictionary: restored }, 1e-8).primal).toBeCloseTo(result.primal, 7)
    const growing = family.growing()
    const cells = result.blocks.map((block) => family.admit(growing, family.atom(dictionary, block)))
    expect(growing.count).toBe(new Set(cells).size)
  })

  it('work in the row space of rank-deficient data', () => {
    const problem = problemOf({ family: 'parallel', m1: 2 }, 'squared', 0.1, { n: 5, d: 2 })
    const X = multiply(problem.X, new Matrix(2, 4, stream(3).normals(8)))
    const one = overAllCells({ ...problem, X, summary: { ...problem.summary, d: 4, rank: 2 } })
    expect(one.dictionary.size).toBe(4)
    expectSameObjective(one, solvedTo(one.program, 1e-9))
  })

  it('refuse an enumeration beyond the limit, and sample instead when they may choose', () => {
    const problem = problemOf({ family: 'parallel', m1: 3 }, 'squared', 0.1, { n: 6, d: 2 })
    const { family } = overSample(problem, 1)
    const settings = { count: 25, limit: 500 }
    expect(() => family.dictionary({ mode: 'enumerate', ...settings }, 0)).toThrow(
      expect.objectContaining({ code: 'too-large' }),
    )
    const chosen = family.dictionary({ mode: 'auto', ...settings }, 0)
    expect([chosen.complete, chosen.draws]).toEqual([false, 25])
  })

  it.each([0, 1, 2])(
    'of D Table 2 (five points, m₁ = 3, β = 0.002) are solved over all cells, seed %i',
    (seed) => {
      const source = stream(seed)
      const X = new Matrix(5, 2, source.normals(10))
      const teacher = Array.from({ length: 5 }, (): Branch => [
        new Matrix(2, 3, source.normals(6)),
        new Matrix(3, 1, source.normals(3)),
        new Matrix(1, 1, source.normals(1)),
      ])
      const Y = forward(parallelNetwork(teacher, [2, 3, 1, 1]), X)
      const arrangement = enumerateTwoLevel(X, 3, 20_000)!
      const program = scalarProgram(new ParallelDictionary(X, arrangement, 1), Y, LOSSES.squared, 0.002)
      const { status, primal, dual } = solvedTo(program, 1e-9)
      expect(status).toBe('solved')
      expect(primal - dual).toBeLessThanOrEqual(1e-9 * primal)
      expect([5230, 6046, 6158]).toContain(2 * arrangement.cells.count)
    },
  )
})
