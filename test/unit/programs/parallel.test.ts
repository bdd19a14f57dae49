import { describe, expect, it } from 'vitest'
import { enumerateTwoLevel } from '../../../core/arrangements/two-level-enumeration.ts'
import { sampleTwoLevel } from '../../../core/arrangements/two-level-sampling.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
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
