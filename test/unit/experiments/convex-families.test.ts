import { describe, expect, it } from 'vitest'
import { METHOD_SCHEMAS, type LossId, type NetworkSettings } from '../../../core/experiments/document.ts'
import { certify } from '../../../core/experiments/certify.ts'
import { runConvex } from '../../../core/experiments/methods/convex.ts'
import { programDetails } from '../../../core/experiments/methods/convex/run.ts'
import { runGated } from '../../../core/experiments/methods/gated.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { LOSSES } from '../../../core/losses/index.ts'
import { forward } from '../../../core/networks/index.ts'
import { enumerated } from '../programs/fixtures.ts'
import { CASES, context, convex, dataFor, finish, problemFor, valueOf } from './convex-cases.ts'

/** Equality needs a network that can interpolate: that of a linear network on more rows than features cannot. */
const SCALAR: LossId[] = ['squared', 'hinge', 'logistic', 'equality']

describe.each(CASES)('$settings, one output', ({ settings, n, d, beta }) => {
  const family = (settings as NetworkSettings).family
  it.each(SCALAR.filter((loss) => loss !== 'equality' || family !== 'linear'))(
    '%s: solved globally, at the network of the same objective',
    (loss) => {
      const { X, Y } = dataFor(loss, { n, d }, 1)
      const problem = problemFor(settings, loss, beta, X, Y)
      const outcome = finish(runConvex(problem, convex(), context))
      const value = valueOf(problem, outcome)
      expect(outcome.status).toBe('solved')
      expect(outcome.claim.level).toBe('global')
      expect(Math.abs(value - outcome.program!.objective)).toBeLessThanOrEqual(1e-9 * Math.max(1, value))
      expect(value - outcome.claim.lowerBound!).toBeGreaterThanOrEqual(-1e-12 * Math.max(1, value))
      expect(value - outcome.claim.lowerBound!).toBeLessThanOrEqual(3e-8 * value)
      expect(certify(value, outcome.claim).level).toBe('global')
    },
  )
})

/** Searching the bound of several outputs takes long: these tests stop early. */
const proof = { cones: 2000 }

describe.each(CASES)('$settings, three outputs', ({ settings, n, d, beta }) => {
  it.each(['squared', 'cross-entropy'] as const)('%s: solved, and never above a valid bound', (loss) => {
    const { X, Y } = dataFor(loss, { n, d }, 3)
    const problem = problemFor(settings, loss, beta, X, Y)
    const outcome = finish(runConvex(problem, convex({ tolerance: 1e-6, proof }), context))
    const value = valueOf(problem, outcome)
    expect(['solved', 'almostSolved']).toContain(outcome.status)
    expect(Math.abs(value - outcome.program!.objective)).toBeLessThanOrEqual(1e-9 * Math.max(1, value))
    expect(outcome.claim.lowerBound!).toBeLessThanOrEqual(value * (1 + 1e-12))
    expect(LOSSES[loss].value(forward(outcome.network!, X), Y)).toBeLessThan(value)
  })
})

describe('dictionaries', () => {
  const { X, Y } = dataFor('squared', { n: 30, d: 5 }, 1)

  it.each(['squared', 'logistic', 'hinge'] as const)(
    'growth is never above the sampled program, %s',
    (loss) => {
      const labels = loss === 'squared' ? Y : Matrix.column(Y.data.map((y) => (y > 0 ? 1 : -1)))
      const problem = problemFor({ family: 'relu' }, loss, 0.3, X, labels)
      const run = (mode: string) =>
        finish(runConvex(problem, convex({ tolerance: 1e-6, arrangements: { mode, count: 30 } }), context))
      const [sampled, grown] = [run('sample'), run('grow')]
      expect(grown.program!.objective).toBeLessThanOrEqual(sampled.program!.objective * (1 + 1e-6))
      expect(grown.details!['ρ/β found']).toBeLessThanOrEqual(1 + 1e-5)
      expect(grown.claim.level).toBe('bound')
      const value = valueOf(problem, grown)
      expect(value - grown.claim.lowerBound!).toBeLessThanOrEqual(2e-2 * value)
    },
  )

  it.each(['relu', 'bn-relu'] as const)(
    'growth ends where enumeration does, %s with one output',
    (family) => {
      const plane = dataFor('squared', { n: 16, d: 2 }, 1)
      const problem = problemFor({ family }, 'squared', 0.2, plane.X, plane.Y)
      const run = (mode: string) =>
        finish(runConvex(problem, convex({ arrangements: { mode, count: 5 } }), context))
      const [all, grown] = [run('enumerate'), run('grow')]
      expect(Math.abs(grown.program!.objective - all.program!.objective)).toBeLessThanOrEqual(
        1e-7 * all.program!.objective,
      )
      expect(certify(valueOf(problem, grown), grown.claim).level).toBe('global')
    },
  )

  it.each(['squared', 'cross-entropy'] as const)(
    'growth ends where all cells do, three outputs, %s',
    (loss) => {
      const plane = dataFor(loss, { n: 12, d: 2 }, 3)
      const problem = problemFor({ family: 'relu' }, loss, 0.3, plane.X, plane.Y)
      const run = (mode: string) =>
        finish(runConvex(problem, convex({ arrangements: { mode, count: 5 } }), context))
      const [all, grown] = [run('enumerate'), run('grow')]
      expect(Math.abs(grown.program!.objective - all.program!.objective)).toBeLessThanOrEqual(
        1e-7 * all.program!.objective,
      )
      const value = valueOf(problem, all)
      expect(value - all.claim.lowerBound!).toBeLessThanOrEqual(5e-3 * value)
    },
  )

  it('the gated relaxation of several outputs lies below the program', () => {
    const plane = dataFor('squared', { n: 12, d: 2 }, 3)
    const problem = problemFor({ family: 'relu' }, 'squared', 0.3, plane.X, plane.Y)
    const exact = finish(runConvex(problem, convex({ proof }), context))
    const gated = finish(runGated(problem, METHOD_SCHEMAS.gated.parse({ id: 'gated' }), context))
    expect(gated.claim.level).toBe('bound')
    expect(gated.program!.dual).toBeLessThanOrEqual(exact.program!.objective)
    expect(gated.program!.objective - gated.program!.dual).toBeLessThanOrEqual(
      2e-6 * gated.program!.objective,
    )
    expect(valueOf(problem, gated)).toBeGreaterThanOrEqual(exact.claim.lowerBound!)
  })
})

it('says nothing where there may be more cells than a number can hold', () => {
  const { X, Y } = dataFor('squared', { n: 9, d: 2 }, 1)
  const { program } = enumerated(problemFor({ family: 'relu' }, 'squared', 1, X, Y))
  const result = { blocks: [], status: 'solved', iterations: 0, primal: 1, dual: 1, V: Y.data } as const
  const endless = { ...program, dictionary: { ...program.dictionary, bound: Infinity } }
  expect(programDetails(endless as typeof program, { ...result, blocks: [] })['theoretical bound']).toBeNull()
  expect(programDetails(program, { ...result, blocks: [] })['theoretical bound']).toBe(18)
})
