import { describe, expect, it } from 'vitest'
import { defaultSettings } from '../../../core/experiments/catalog.ts'
import {
  METHOD_SCHEMAS,
  NETWORK_SCHEMAS,
  type FamilyId,
  type LossId,
  type MethodId,
  type MethodSettings,
} from '../../../core/experiments/document.ts'
import { runSgd } from '../../../core/experiments/methods/sgd.ts'
import type { Problem } from '../../../core/experiments/problem.ts'
import { startMethod } from '../../../core/experiments/runners.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { NETWORKS, objective } from '../../../core/networks/index.ts'
import { stream, type Stream } from '../../../core/random/index.ts'
import { OPTIMIZERS, type OptimizerId } from '../../../core/training/optimizers.ts'
import { whitenedRows } from '../closed-form/branch-fixtures.ts'
import { context, finish, gaussian, oneHot, problemOf } from '../closed-form/fixtures.ts'

const TRIALS = 100
const ROWS = 8

const signs = Matrix.column(Float64Array.from({ length: ROWS }, (_, i) => (i % 3 === 0 ? -1 : 1)))
const classes = oneHot(ROWS, 3, 1)
const reals = (outputs: number) => new Matrix(ROWS, outputs, stream(5).normals(ROWS * outputs))

/** What is trained, the loss with its labels, and the method whose lower bound is certified. */
const CASES: [FamilyId, object, LossId, Matrix, Extract<MethodId, 'convex' | 'closed-form'>][] = [
  ['relu', {}, 'squared', reals(1), 'convex'],
  ['relu', {}, 'hinge', signs, 'convex'],
  ['relu', {}, 'logistic', signs, 'convex'],
  ['relu', {}, 'squared', classes, 'convex'],
  ['relu', {}, 'cross-entropy', classes, 'convex'],
  ['relu-bias', {}, 'squared', reals(1), 'closed-form'],
  ['relu-bias', {}, 'squared', reals(1), 'convex'],
  ['relu-bias', {}, 'hinge', signs, 'closed-form'],
  ['bn-relu', {}, 'squared', reals(1), 'convex'],
  ['bn-relu', {}, 'logistic', signs, 'convex'],
  ['bn-relu', {}, 'squared', classes, 'convex'],
  ['bn-relu', { layers: 3 }, 'squared', classes, 'closed-form'],
  ['relu-bn', {}, 'squared', reals(1), 'convex'],
  ['relu-bn', {}, 'squared', classes, 'convex'],
  ['conv-bn', { filter: 2 }, 'squared', reals(1), 'convex'],
  ['parallel', { m1: 2, m2: 1 }, 'squared', reals(1), 'convex'],
  ['parallel-decay', { m1: 2, m2: 1 }, 'squared', classes, 'closed-form'],
  ['linear', {}, 'squared', reals(2), 'closed-form'],
  ['linear', {}, 'squared', reals(2), 'convex'],
  ['linear', {}, 'logistic', signs, 'convex'],
  ['linear', { layers: 3 }, 'squared', reals(2), 'convex'],
]

const FEATURES: Partial<Record<FamilyId, number>> = { 'relu-bias': 1, 'conv-bn': 3 }

function problemFor(family: FamilyId, changes: object, loss: LossId, Y: Matrix): Problem {
  const network = NETWORK_SCHEMAS[family].parse({ family, ...changes })
  const labels = Y === signs ? 'sign' : Y === classes ? 'one-hot' : 'real'
  const X = family === 'parallel-decay' ? whitenedRows(ROWS, 10, 3) : gaussian(ROWS, FEATURES[family] ?? 2, 3)
  return problemOf(X, Y, labels, { network, loss, beta: 0.2 })
}

const oneOf = <T>(source: Stream, values: readonly T[]): T => values[source.integer(values.length)]

/** One trial in ten is long and careful, so that the optimum is come near to; the others are anything. */
function settingsOf(problem: Problem, source: Stream, careful: boolean): MethodSettings & { id: 'sgd' } {
  const least = NETWORKS[problem.network.family].batchStatistics ? 2 : 1
  const wild = {
    optimizer: oneOf(source, Object.keys(OPTIMIZERS) as OptimizerId[]),
    learningRate: 10 ** source.uniform(-3, 0),
    epochs: 1 + source.integer(12),
    batchSize: least + source.integer(ROWS),
    momentum: source.uniform(0, 0.99),
    initialization: oneOf(source, ['kaiming', 'gaussian']),
    scale: 10 ** source.uniform(-2, 0.5),
    schedule: oneOf(source, [null, { kind: 'step', every: 3 }, { kind: 'cosine' }, { patience: 2 }]),
    warmup: source.integer(4),
    precision: oneOf(source, ['f64', 'f32']),
  }
  const long = {
    optimizer: 'adam',
    learningRate: 0.05,
    epochs: 400,
    batchSize: 'full',
    schedule: { kind: 'cosine' },
  }
  return METHOD_SCHEMAS.sgd.parse({ id: 'sgd', ...(careful ? long : wild) })
}

function randomWidth(problem: Problem, source: Stream, careful: boolean): Problem {
  const { network } = problem
  const size = careful ? 12 : 1 + source.integer(12)
  return {
    ...problem,
    network: { ...network, ...('width' in network ? { width: size } : { branches: size }) },
  }
}

const titled = CASES.map((one, i) => ({
  title: `${one[0]} ${JSON.stringify(one[1])}, ${one[2]}, ${one[4]} (${i})`,
  one,
}))

it('2000 trials are asked for, of every family', () => {
  expect(CASES.length * TRIALS).toBeGreaterThanOrEqual(2000)
  expect(new Set(CASES.map(([family]) => family))).toEqual(new Set(Object.keys(NETWORKS)))
})

describe.each(titled)('$title', ({ title, one: [family, changes, loss, Y, method] }) => {
  const problem = problemFor(family, changes, loss, Y)
  const settings = defaultSettings(method) as MethodSettings
  const { claim } = finish(startMethod(problem, settings, context(1))).outcome

  it(`has a certified bound, and ${TRIALS} trials of gradient training never go below it`, () => {
    expect(claim.lowerBound).toBeGreaterThan(0)
    const bound = claim.lowerBound! * (1 - 1e-9)
    let nearest = Infinity
    for (let trial = 0; trial < TRIALS; trial++) {
      const source = stream(trial).split(title)
      const careful = trial % 10 === 0
      const trained = randomWidth(problem, source, careful)
      const { outcome, progress } = finish(
        runSgd(trained, settingsOf(trained, source, careful), context(trial)),
      )
      const values = progress.flatMap((point) => point.objective ?? [])
      if (outcome.network) values.push(objective(outcome.network, problem.X, Y, loss, problem.beta))
      expect(values.length).toBeGreaterThan(0)
      const lowest = Math.min(...values)
      expect(lowest, `trial ${trial}`).toBeGreaterThanOrEqual(bound)
      nearest = Math.min(nearest, lowest)
    }
    // The trials mean something: some come near.
    if (claim.level === 'global') expect(nearest / claim.lowerBound!).toBeLessThan(1.05)
  })
})
