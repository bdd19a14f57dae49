import { describe, expect, it } from 'vitest'
import { norm2 } from '../../../core/linalg/products.ts'
import { betaMax } from '../../../core/programs/beta-max.ts'
import { CommonProducts } from '../../../core/solvers/common-products.ts'
import { Descending } from '../../../core/solvers/descending.ts'
import { penaltyOf } from '../../../core/solvers/penalty.ts'
import { Pricer } from '../../../core/solvers/pricing.ts'
import { residualAtZero } from '../../../core/solvers/solver.ts'
import { stream } from '../../../core/random/index.ts'
import { enumerated, FAMILIES, plantedProblem } from '../programs/fixtures.ts'

describe('Descending', () => {
  it('gives numbers by decreasing value, equal values by number', () => {
    const draw = stream(4)
    const values = Float64Array.from({ length: 200 }, () => Math.floor(20 * draw.uniform()))
    const numbers = [...values.keys()].filter((k) => values[k] > 3)
    const order = new Descending(values, numbers)
    const taken = numbers.map(() => order.take())
    expect(taken).toEqual([...numbers].sort((a, b) => values[b] - values[a] || a - b))
    expect(order.take()).toBe(-1)
  })
})

describe.each(FAMILIES)('prices of %s blocks', (family) => {
  const { program } = enumerated(plantedProblem(family, 'squared', 0.1, { n: 20 }))
  const draw = stream(5)
  const V = draw.normals(20)
  const { dictionary, blocks } = program
  const projector = dictionary.projector()
  const exact = (g: Float64Array) =>
    Array.from({ length: blocks.count }, (_, b) => {
      const z = new Float64Array(dictionary.size)
      dictionary.pull(blocks.cell(b), g, z)
      projector.load(blocks.cell(b))
      return projector.project(z.map((value) => blocks.output(b)[0] * value))
    })

  it('are the norms of projections, or bounds of them below β', () => {
    const pricer = new Pricer(program)
    // At a second vector the bounds come from what was learnt at the first.
    for (const dual of [V, V.map((value, i) => value + 0.1 * Math.sin(i)), V.map((value) => 0.01 * value)]) {
      const { rho, values, violators } = pricer.price(dual)
      const truth = exact(dual)
      const beta = penaltyOf(program)
      truth.forEach((value, b) => {
        if (value > beta) expect(values[b]).toBeCloseTo(value, 10)
        else expect(values[b]).toBeGreaterThanOrEqual(value - 1e-12)
      })
      expect(new Set(violators)).toEqual(new Set(truth.flatMap((value, b) => (value > beta ? [b] : []))))
      expect(violators).toEqual([...violators].sort((a, b) => values[b] - values[a]))
      expect(rho).toBe(Math.max(...values))
    }
  })

  it('have bounds for what is left when enough blocks are found', () => {
    const { values, violators } = new Pricer(program).price(V, { wanted: 3 })
    expect(violators).toHaveLength(3)
    exact(V).forEach((value, b) => {
      expect(values[b]).toBeGreaterThanOrEqual(value - 1e-12)
    })
  })

  it('have their maximum found without pricing all blocks', () => {
    const pricer = new Pricer(program)
    expect(pricer.maximum(V)).toBeCloseTo(Math.max(...exact(V)), 12)
    expect(betaMax(program)).toBeCloseTo(Math.max(...exact(residualAtZero(program))), 12)
  })
})

describe('products of many blocks at once', () => {
  it('are those of the dictionary', () => {
    const { program } = enumerated(plantedProblem('relu', 'squared', 0.1, { n: 100, d: 2 }))
    const { dictionary } = program
    const draw = stream(6)
    const working = Array.from({ length: dictionary.count }, (_, cell) => ({
      cell,
      output: Float64Array.of(cell % 3 ? 1 : -1),
    }))
    const common = CommonProducts.of(dictionary, 1, working)
    expect(common).not.toBeNull()
    expect(CommonProducts.of(dictionary, 2, working)).toBeNull()
    const V = draw.normals(100)
    const pulled = common?.pull(V)
    const points = working.map(() => draw.normals(2))
    const F = new Float64Array(100)
    working.forEach(({ cell, output }, b) => {
      const z = new Float64Array(2)
      dictionary.pull(cell, V, z)
      z.forEach((value, c) => expect(pulled?.get(b, c)).toBeCloseTo(output[0] * value, 12))
      dictionary.respond(cell, points[b], output[0], F)
    })
    const together = common?.respond(points) ?? F
    expect(norm2(together.map((value, i) => value - F[i]))).toBeLessThan(1e-12 * norm2(F))
  })
})
