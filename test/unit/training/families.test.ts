import { describe, expect, it } from 'vitest'
import {
  METHOD_SCHEMAS,
  NETWORK_SCHEMAS,
  type FamilyId,
  type NetworkSettings,
  type SettingsOf,
} from '../../../core/experiments/document.ts'
import { runSgd } from '../../../core/experiments/methods/sgd.ts'
import type { Problem, RunContext } from '../../../core/experiments/problem.ts'
import { gradient, objective, parameters, score } from '../../../core/networks/index.ts'
import { OPTIMIZERS, type OptimizerId } from '../../../core/training/optimizers.ts'
import { context, finish, gaussian, oneHot, problemOf } from '../closed-form/fixtures.ts'

const IMAGE = { height: 3, width: 2, channels: 1 }

/** Every family at a small size; those with more than one shape once for each. */
const NETWORKS: [string, NetworkSettings, Problem['summary']['image']][] = (
  [
    ['relu', { layers: 2 }],
    ['relu', { layers: 4 }],
    ['relu-bias', {}],
    ['relu-bias', { outputBias: false }],
    ['bn-relu', {}],
    ['relu-bn', {}],
    ['conv-bn', { padding: 1 }],
    ['conv-bn', { filter: 2 }],
    ['parallel', { m1: 4, m2: 3, branches: 5 }],
    ['parallel-decay', { m1: 4, m2: 3, branches: 5 }],
    ['linear', { layers: 3 }],
    ['bn-relu', { layers: 4 }],
    ['relu-bn', { layers: 3 }],
  ] as [FamilyId, object][]
).map(([family, changes], k) => [
  `${family} ${JSON.stringify(changes)}`,
  NETWORK_SCHEMAS[family].parse({
    family,
    ...(family.startsWith('parallel') ? {} : { width: 9 }),
    ...changes,
  }),
  k === 7 ? IMAGE : null,
])

const problemFor = (network: NetworkSettings, image: Problem['summary']['image']): Problem => {
  const problem = problemOf(gaussian(20, 6, 1), oneHot(20, 3, 1), 'one-hot', { network, beta: 0.2 })
  return { ...problem, summary: { ...problem.summary, image } }
}
const run = (problem: Problem, changes: Partial<SettingsOf<'sgd'>>, ctx: RunContext = context(1)) =>
  finish(runSgd(problem, { ...METHOD_SCHEMAS.sgd.parse({ id: 'sgd' }), ...changes }, ctx))

/** Ends a run when only the initial weights have been evaluated, so that they come back. */
const stopAfterStart = (): RunContext => context(1, (epoch) => (epoch === 1 ? 'cancelled' : null))

describe.each(NETWORKS)('training %s', (_, network, image) => {
  const problem = problemFor(network, image)
  const { X, Y, beta } = problem

  it.each(Object.keys(OPTIMIZERS) as OptimizerId[])('by %s lowers the objective', (optimizer) => {
    const { outcome, progress } = run(problem, {
      optimizer,
      epochs: 30,
      batchSize: 7,
      learningRate: 0.01,
    })
    expect([outcome.status, outcome.iterations]).toEqual(['maxIterations', 30])
    const trained = outcome.network!
    const final = objective(trained, X, Y, 'squared', beta)
    expect(final).toBeLessThan(progress[0].objective!)
    // Stored statistics are those of the training data: inference and training predictions agree.
    const { loss } = score(trained, X, Y, 'squared', 'one-hot')
    expect(loss!).toBeCloseTo(objective(trained, X, Y, 'squared', 0), 10)
  })

  it('repeats bit by bit with the same seed', () => {
    const settings = { epochs: 3, batchSize: 6 }
    expect(run(problem, settings)).toEqual(run(problem, settings))
    const other = run(problem, settings, context(2)).progress
    expect(other).not.toEqual(run(problem, settings).progress)
  })

  it('steps GD along the gradient of the objective over n, in the stated units', () => {
    const learningRate = 0.03
    const start = run(problem, { optimizer: 'gd' }, stopAfterStart()).outcome.network!
    const { gradient: g, objective: before } = gradient(start, X, Y, 'squared', beta)
    for (const { name, unit } of parameters(start)) {
      const factor = (learningRate * unit(X.rows) ** 2) / X.rows
      start.arrays[name].data.forEach((theta, at) => {
        start.arrays[name].data[at] = theta - factor * g[name].data[at]
      })
    }
    const [first, second] = run(problem, { optimizer: 'gd', epochs: 1, learningRate }).progress
    expect(first.objective).toBeCloseTo(before, 10)
    expect(second.objective).toBeCloseTo(objective(start, X, Y, 'squared', beta), 9)
  })
})

it('refuses filters that do not fit, naming the setting', () => {
  const network = NETWORK_SCHEMAS['conv-bn'].parse({ family: 'conv-bn', filter: 9 })
  expect(() => run(problemFor(network, null), { epochs: 1 })).toThrow('1×9 does not fit into 1×6')
})
