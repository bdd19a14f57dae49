import { describe, expect, it } from 'vitest'
import { atomsOf } from '../../../core/atoms/index.ts'
import { slide } from '../../../core/atoms/slide.ts'
import { smoothed } from '../../../core/atoms/smoothed.ts'
import type { LossId, NetworkSettings } from '../../../core/experiments/document.ts'
import { runConvex } from '../../../core/experiments/methods/convex.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { LOSSES } from '../../../core/losses/index.ts'
import { objective } from '../../../core/networks/index.ts'
import { enumerateArrangement } from '../../../core/arrangements/arrangement.ts'
import { PooledDictionary } from '../../../core/programs/dictionaries/pooled.ts'
import { growProgram } from '../../../core/programs/grow.ts'
import { DirectionGrowth } from '../../../core/programs/growth.ts'
import { stream } from '../../../core/random/index.ts'
import { solveAdmm } from '../../../core/solvers/admm.ts'
import { solved } from '../programs/fixtures.ts'
import { descend } from '../solvers/descent.ts'
import { CASES, context, convex, dataFor, finish, problemFor, valueOf } from './convex-cases.ts'

const OVER_CELLS = CASES.filter(
  ({ settings }) => !['linear', 'relu-bias'].includes((settings as NetworkSettings).family),
)

describe.each(OVER_CELLS)('$settings: two dictionaries', ({ settings, n, d, beta }) => {
  it.each(['squared', 'hinge', 'logistic'] as const)('agree, %s loss', (loss) => {
    const { X, Y } = dataFor(loss, { n, d }, 1)
    const problem = problemFor(settings, loss, beta, X, Y)
    const run = (mode: string) =>
      finish(
        runConvex(problem, convex({ arrangements: { mode, count: 10 }, proof: { cones: 5000 } }), context),
      )
    const [all, grown] = [run('enumerate'), run('grow')]
    const value = all.program!.objective
    expect(Math.abs(grown.program!.objective - value)).toBeLessThanOrEqual(1e-7 * value)
    expect(grown.program!.objective).toBeGreaterThanOrEqual(all.claim.lowerBound! - 1e-12 * value)
  })
})

describe('several outputs: two solvers', () => {
  const { X, Y } = dataFor('squared', { n: 6, d: 2 }, 3)
  const dictionary = new PooledDictionary(X, enumerateArrangement(X, 1000))

  it.each(['squared', 'cross-entropy'] as const)('agree on the blocks that were found, %s loss', (loss) => {
    const growth = new DirectionGrowth({ Y, loss: LOSSES[loss], beta: 0.3 }, dictionary, true)
    const run = growProgram(growth, { tolerance: 1e-8, stop: () => null })
    let step = run.next()
    while (!step.done) step = run.next()
    const { primal } = step.value.result
    const other = solved(solveAdmm, growth.program, 1e-7)
    expect(Math.abs(other.primal - primal)).toBeLessThanOrEqual(1e-7 * primal)
    expect(other.dual).toBeLessThanOrEqual(primal * (1 + 1e-12))
  })
})

describe('duals of hinge and logistic', () => {
  it.each(['hinge', 'logistic'] as const)('stay in the domain of the conjugate, %s', (loss) => {
    const { X, Y } = dataFor(loss, { n: 12, d: 2 }, 1)
    const problem = problemFor({ family: 'relu' }, loss, 0.3, X, Y)
    const { dual } = finish(runConvex(problem, convex(), context)).arrays!
    dual.data.forEach((v, i) => {
      expect(v * Y.data[i]).toBeGreaterThanOrEqual(-1e-12)
      expect(v * Y.data[i]).toBeLessThanOrEqual(1 + 1e-12)
    })
  })
})

describe.each(OVER_CELLS)('$settings: a global bound', ({ settings, n, d, beta }) => {
  const { X, Y } = dataFor('squared', { n, d }, 1)
  const problem = problemFor(settings, 'squared', beta, X, Y)
  const { claim } = finish(runConvex(problem, convex(), context))
  const floor = claim.lowerBound! * (1 - 1e-12)

  it('is never undercut by gradient descent from 200 starts', () => {
    for (let seed = 0; seed < 200; seed++) {
      expect(descend(problem, seed, { width: 6, steps: 40 })).toBeGreaterThanOrEqual(floor)
    }
  })

  it('is never undercut by sliding from 200 starts', () => {
    const family = atomsOf(problem)
    for (let seed = 0; seed < 200; seed++) {
      const source = stream(seed)
      const thetas = Array.from({ length: 4 }, () => family.draw(source))
      const start = { thetas, C: new Matrix(4, 1, source.normals(4)), B: Matrix.zeros(0, 1) }
      const end = slide(family, smoothed(LOSSES.squared, Y, Matrix.zeros(n, 1)), beta, start, 60)
      const atoms = end.thetas.map((theta, j) => ({ theta, c: end.C.row(j).slice() }))
      const value = objective(family.recover(atoms), X, Y, 'squared', beta)
      expect(value).toBeGreaterThanOrEqual(floor)
    }
  })
})

/** The minimum-norm value is the limit of β⁻¹ times the regularised one. */
it.each(['relu', 'bn-relu'] as const)('equality is the limit of small β, %s', (family) => {
  const { X, Y } = dataFor('squared', { n: 8, d: 2 }, 1)
  const exact = finish(runConvex(problemFor({ family }, 'equality', 1, X, Y), convex(), context))
  const norm = valueOf(problemFor({ family }, 'equality' satisfies LossId, 1, X, Y), exact)
  const small = 1e-5
  const regularised = finish(runConvex(problemFor({ family }, 'squared', small, X, Y), convex(), context))
  expect(regularised.program!.objective / small).toBeLessThanOrEqual(norm * (1 + 1e-9))
  expect(regularised.program!.objective / small).toBeGreaterThanOrEqual(norm * 0.98)
})

describe('bounds from the labels', () => {
  it.each([
    ['bn-relu', 1],
    ['bn-relu', 3],
    ['relu-bn', 1],
  ] as const)('%s with %i outputs: proved without cells, and below the optimum', (family, outputs) => {
    const source = stream(2)
    const X = new Matrix(14, 12, source.normals(14 * 12))
    const { Y } = dataFor('squared', { n: 14, d: 2 }, outputs)
    const problem = problemFor({ family }, 'squared', 0.3, X, Y)
    const settings = {
      tolerance: 1e-5,
      arrangements: { mode: 'grow', count: 4 },
      search: { starts: 6 },
      proof: { cones: 1 },
    }
    const outcome = finish(runConvex(problem, convex(settings), context))
    const value = valueOf(problem, outcome)
    expect(outcome.claim.level).toBe('bound')
    expect(outcome.claim.how).toContain('labels')
    expect(outcome.claim.lowerBound!).toBeLessThanOrEqual(value)
    expect(outcome.claim.lowerBound!).toBeGreaterThan(0.5 * value)
  })
})

describe('bounds of parallel networks from their hidden layer', () => {
  it.each([1, 3])('lie below the optimum over all cells, m₂ = %i', (m2) => {
    const { X, Y } = dataFor('squared', { n: 5, d: 2 }, 1)
    const problem = problemFor({ family: 'parallel', m1: 2, m2 }, 'squared', 0.1, X, Y)
    const all = finish(runConvex(problem, convex(), context))
    const grown = finish(runConvex(problem, convex({ arrangements: { mode: 'grow', count: 3 } }), context))
    expect(all.claim.level).toBe('global')
    expect(grown.details!['ρ bounded by']).toBe('its hidden layer')
    expect(grown.details!['network lower bound']).toBeLessThanOrEqual(all.program!.objective)
    expect(grown.details!['network lower bound']).toBeGreaterThan(0)
  })
})
