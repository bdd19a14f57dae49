import { describe, expect, it } from 'vitest'
import {
  METHOD_SCHEMAS,
  networkSchema,
  type LossId,
  type NetworkSettings,
} from '../../../core/experiments/document.ts'
import { certify } from '../../../core/experiments/certify.ts'
import { runConvex } from '../../../core/experiments/methods/convex.ts'
import { runGated } from '../../../core/experiments/methods/gated.ts'
import type { MethodOutcome, MethodProgress, Problem, RunContext } from '../../../core/experiments/problem.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { LOSSES } from '../../../core/losses/index.ts'
import { forward, objective } from '../../../core/networks/index.ts'
import { stream } from '../../../core/random/index.ts'
import { problemOn } from '../programs/fixtures.ts'

const context: RunContext = { clock: () => 0, stop: () => null, seed: 1, dictionarySeed: 7 }

function finish(run: Generator<MethodProgress, MethodOutcome>): MethodOutcome {
  let step = run.next()
  while (!step.done) step = run.next()
  return step.value
}

/** Small enough that everything can be enumerated. */
const CASES: { settings: object; n: number; d: number; beta: number }[] = [
  { settings: { family: 'relu' }, n: 12, d: 2, beta: 0.3 },
  { settings: { family: 'relu-bias' }, n: 9, d: 1, beta: 0.3 },
  { settings: { family: 'bn-relu' }, n: 9, d: 2, beta: 0.1 },
  { settings: { family: 'relu-bn' }, n: 9, d: 2, beta: 0.1 },
  { settings: { family: 'conv-bn', filter: 2 }, n: 6, d: 3, beta: 0.1 },
  { settings: { family: 'parallel', m1: 2 }, n: 5, d: 2, beta: 0.1 },
  { settings: { family: 'linear' }, n: 12, d: 3, beta: 0.3 },
]

function dataFor(
  loss: LossId,
  { n, d }: { n: number; d: number },
  outputs: number,
): { X: Matrix; Y: Matrix } {
  const source = stream(11)
  const X = new Matrix(n, d, source.normals(n * d))
  const Y = Matrix.zeros(n, outputs)
  for (let i = 0; i < n; i++) {
    const t = X.get(i, 0) + 0.7 * Math.abs(X.get(i, d - 1)) - 0.3
    if (outputs > 1) Y.set(i, Math.min(outputs - 1, Math.max(0, Math.round(t + 1))), 1)
    else Y.set(i, 0, loss === 'squared' || loss === 'equality' ? t : t > 0 ? 1 : -1)
  }
  return { X, Y }
}

function problemFor(settings: object, loss: LossId, beta: number, X: Matrix, Y: Matrix): Problem {
  const network: NetworkSettings = networkSchema.parse(settings)
  const problem = problemOn(X, Y, network.family, loss, beta)
  const labels = Y.cols > 1 ? ('one-hot' as const) : problem.summary.labels
  return { ...problem, network, summary: { ...problem.summary, labels } }
}

const convex = (settings: object = {}) =>
  METHOD_SCHEMAS.convex.parse({ id: 'convex', tolerance: 1e-8, ...settings })

const valueOf = ({ X, Y, loss, beta }: Problem, { network }: MethodOutcome) =>
  objective(network!, X, Y, loss, beta)

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
