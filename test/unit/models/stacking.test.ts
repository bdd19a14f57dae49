import { describe, expect, it } from 'vitest'
import { METHOD_SCHEMAS, NETWORK_SCHEMAS, type SettingsOf } from '../../../core/experiments/document.ts'
import { runConvex } from '../../../core/experiments/methods/convex.ts'
import { runStacking } from '../../../core/experiments/methods/stacking.ts'
import type { NetworkSettings } from '../../../core/experiments/document.ts'
import type { Problem } from '../../../core/experiments/problem.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import {
  activeNeurons,
  forward,
  layers,
  objective,
  parallelNetwork,
  regularizer,
  reluNetwork,
  stackedModel,
  stageFeatures,
  stagesOf,
} from '../../../core/networks/index.ts'
import { context, finish, gaussian, problemOf } from '../closed-form/fixtures.ts'

const RELU = NETWORK_SCHEMAS.relu.parse({ family: 'relu' })
const PARALLEL = NETWORK_SCHEMAS.parallel.parse({ family: 'parallel', m1: 2 })
const settings = (changes: Partial<SettingsOf<'stacking'>> = {}): SettingsOf<'stacking'> => ({
  ...METHOD_SCHEMAS.stacking.parse({ id: 'stacking' }),
  ...changes,
})

function problem(network: NetworkSettings, n = 12, beta = 0.05): Problem {
  const X = gaussian(n, 2, 1)
  const y = Float64Array.from({ length: n }, (_, i) => Math.sign(X.get(i, 0) * X.get(i, 1)))
  return {
    ...problemOf(X, Matrix.column(y), 'sign', { network, beta }),
    test: { X: gaussian(5, 2, 9), Y: gaussian(5, 1, 8) },
  }
}

describe('the model', () => {
  const X = gaussian(7, 3, 1)

  it('of one relu stage is that network', () => {
    const stage = reluNetwork(gaussian(3, 4, 2), gaussian(4, 2, 3))
    const model = stackedModel([stage], false)
    expect(forward(model, X)).toEqual(forward(stage, X))
    expect(regularizer(model)).toBeCloseTo(regularizer(stage), 12)
    expect(stagesOf(model)).toEqual([stage])
  })

  it('passes on responses of unit neurons: a stage repeats the one before at the same cost', () => {
    const [W1, w2] = [gaussian(3, 4, 2), gaussian(4, 1, 3)]
    const stage = reluNetwork(W1, w2)
    const A = stageFeatures(stage, X, false)
    expect([A.rows, A.cols]).toEqual([7, 4])
    const costs = Float64Array.from({ length: 4 }, (_, j) => Math.hypot(...W1.columnCopy(j)) * w2.data[j])
    const F = forward(stage, X)
    const roots = costs.map((cost) => Math.sqrt(Math.abs(cost)))
    const diagonal = Matrix.zeros(4, 4)
    roots.forEach((root, j) => diagonal.set(j, j, root))
    const repeating = reluNetwork(diagonal, Matrix.column(roots.map((root, j) => root * Math.sign(costs[j]))))
    const model = stackedModel([stage, repeating], false)
    forward(model, X).data.forEach((value, i) => expect(value).toBeCloseTo(F.data[i], 12))
    const balanced = costs.reduce((sum, cost) => sum + Math.abs(cost), 0)
    expect(regularizer(model)).toBeCloseTo(balanced, 12)
  })

  it('does so for parallel stages, with or without the input', () => {
    const branches = [1, 2].map(
      (seed) =>
        [gaussian(3, 2, seed), gaussian(2, 1, seed + 3), Matrix.column(Float64Array.of(seed))] as const,
    )
    const stage = parallelNetwork(branches, [3, 2, 1, 1])
    const hidden = stageFeatures(stage, X, false)
    expect([hidden.rows, hidden.cols]).toEqual([7, 2])
    // Path norm of a sub-network over |w3|: the size that its response was divided by.
    branches.forEach(([W1, W2, W3], k) => {
      const size = regularizer(parallelNetwork([[W1, W2, W3]], [3, 2, 1, 1])) / Math.abs(W3.data[0])
      const single = forward(parallelNetwork([[W1, W2, W3]], [3, 2, 1, 1]), X)
      single.data.forEach((value, i) => expect(hidden.get(i, k) * size * W3.data[0]).toBeCloseTo(value, 12))
    })
    const kept = stageFeatures(stage, X, true)
    expect(kept.cols).toBe(5)
    expect([...kept.row(2)]).toEqual([...X.row(2), ...hidden.row(2)])
    const model = stackedModel([stage, reluNetwork(gaussian(5, 3, 4), gaussian(3, 1, 5))], true)
    expect(forward(model, X).data).toEqual(forward(stagesOf(model)[1], kept).data)
    expect(layers(model)).toHaveLength(5)
    expect(activeNeurons(model)).toBeGreaterThan(0)
  })
})

describe('the method', () => {
  it('starts with the convex program, and no stage is above the one before', () => {
    const given = problem(RELU)
    const convex = finish(runConvex(given, METHOD_SCHEMAS.convex.parse({ id: 'convex' }), context())).outcome
    const first = objective(convex.network!, given.X, given.Y, 'squared', given.beta)
    const { outcome } = finish(runStacking(given, settings({ input: false }), context()))
    const details = outcome.details as Record<string, number>
    expect([outcome.status, outcome.claim.level, details['stages solved']]).toEqual(['solved', 'none', 3])
    const values = [1, 2, 3].map((s) => details[`stage ${s}, objective`])
    expect(values[0] / first).toBeCloseTo(1, 5)
    expect(values[1]).toBeLessThan(values[0] * (1 + 1e-5))
    expect(values[2]).toBeLessThan(values[1] * (1 + 1e-5))
    expect(objective(outcome.network!, given.X, given.Y, 'squared', given.beta)).toBeCloseTo(values[2], 10)
    expect(outcome.details!['stage 1, certificate']).toBe('global')
    expect(details['stage 1, lower bound']).toBeLessThanOrEqual(values[0])
  })

  it('stacks three-layer parallel stages (D Fig. 6)', () => {
    const given = problem(PARALLEL, 8)
    const arrangements = { mode: 'sample', count: 30, limit: 20_000 } as const
    const { outcome } = finish(runStacking(given, settings({ stages: 2, arrangements }), context()))
    const details = outcome.details as Record<string, number>
    expect(stagesOf(outcome.network!).map(({ family }) => family)).toEqual(['parallel', 'parallel'])
    expect(details['stage 2, features']).toBeGreaterThan(2)
    expect(forward(outcome.network!, given.test!.X).data.every(Number.isFinite)).toBe(true)
    expect(details['stage 2, test accuracy']).not.toBeUndefined()
  })

  it('takes penalised stages', () => {
    const given = problem(RELU, 40)
    const { outcome } = finish(
      runStacking(given, settings({ stages: 2, solver: 'penalized', epochs: 30 }), context()),
    )
    expect(outcome.details!['stages solved']).toBe(2)
    expect(outcome.details!['stage 2, certificate']).toBe('none')
  })

  it('ends with the stages that it has when it is stopped', () => {
    let asked = 0
    const stop = () => (asked++ > 60 ? 'maxTime' : null)
    const { outcome } = finish(runStacking(problem(RELU), settings({ stages: 20 }), context(0, stop)))
    expect(outcome.status).toBe('maxTime')
    expect(outcome.details!['stages solved']).toBeLessThan(20)
  })

  it('refuses families without such stages', () => {
    const linear = NETWORK_SCHEMAS.linear.parse({ family: 'linear' })
    expect(() => finish(runStacking(problem(linear), settings(), context()))).toThrow('relu or parallel')
    expect(() =>
      finish(runStacking(problem(PARALLEL), settings({ solver: 'penalized' }), context())),
    ).toThrow('penalised')
  })
})
