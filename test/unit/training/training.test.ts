import { describe, expect, it } from 'vitest'
import { optimalValue } from '../../../core/closed-form/bn-interpolation.ts'
import { vectorParts } from '../../../core/closed-form/bn-vector.ts'
import { METHOD_SCHEMAS, type SettingsOf } from '../../../core/experiments/document.ts'
import { runSgd } from '../../../core/experiments/methods/sgd.ts'
import type { Problem, RunContext } from '../../../core/experiments/problem.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { LOSSES } from '../../../core/losses/index.ts'
import { gradient, NETWORKS, objective, parameters, score } from '../../../core/networks/index.ts'
import { stream } from '../../../core/random/index.ts'
import { RUNNING_MOMENTUM, runningAverages } from '../../../core/training/running.ts'
import { BN, context, finish, gaussian, oneHot, problemOf, RELU } from '../closed-form/fixtures.ts'

const settings = (changes: Partial<SettingsOf<'sgd'>> = {}): SettingsOf<'sgd'> => ({
  ...METHOD_SCHEMAS.sgd.parse({ id: 'sgd' }),
  epochs: 20,
  ...changes,
})
const run = (problem: Problem, changes: Partial<SettingsOf<'sgd'>> = {}, ctx: RunContext = context(1)) =>
  finish(runSgd(problem, settings(changes), ctx))
const objectives = (finished: ReturnType<typeof run>): (number | undefined)[] =>
  finished.progress.map((point) => point.objective)

const reluProblem = (): Problem =>
  problemOf(gaussian(30, 5, 1), oneHot(30, 3, 1), 'one-hot', { network: RELU })
const bnProblem = (beta = 0.3): Problem =>
  problemOf(gaussian(9, 8, 2), oneHot(9, 3, 2), 'one-hot', { network: BN, beta })

describe.each(['relu', 'bn-relu'] as const)('training %s', (family) => {
  const problem = family === 'relu' ? reluProblem() : bnProblem()

  it.each(['gd', 'sgd', 'momentum', 'adam'] as const)(
    '%s lowers the objective and returns the best iterate',
    (optimizer) => {
      const finished = run(problem, {
        optimizer,
        epochs: 60,
        batchSize: 8,
        learningRate: optimizer === 'gd' ? 0.1 : 0.02,
      })
      const { status, network, iterations, claim } = finished.outcome
      const level = family === 'relu' ? 'none' : 'bound'
      expect([status, iterations, claim.level]).toEqual(['maxIterations', 60, level])
      const values = objectives(finished) as number[]
      expect(values).toHaveLength(61)
      const final = objective(network!, problem.X, problem.Y, 'squared', problem.beta)
      expect(final).toBeLessThan(0.8 * values[0])
      expect(final / Math.min(...values)).toBeCloseTo(1, 12)
      // Stored statistics are those of the training data: inference and training predictions agree.
      const { loss } = score(network!, problem.X, problem.Y, 'squared', 'one-hot')
      expect(loss!).toBeCloseTo(objective(network!, problem.X, problem.Y, 'squared', 0), 10)
    },
  )

  it('repeats bit by bit with the same seed, and differs with another', () => {
    const [first, again, other] = [1, 1, 2].map((seed) => run(problem, { batchSize: 4 }, context(seed)))
    expect(again).toEqual(first)
    expect(objectives(other)).not.toEqual(objectives(first))
  })

  it('makes SGD with all rows in a batch exactly GD', () => {
    const gd = run(problem, { optimizer: 'gd' })
    expect(run(problem, { optimizer: 'sgd', batchSize: 'full' })).toEqual(gd)
    expect(run(problem, { optimizer: 'sgd', batchSize: 1000 })).toEqual(gd)
    expect(objectives(run(problem, { optimizer: 'sgd', batchSize: 5 }))).not.toEqual(objectives(gd))
  })

  it('steps GD along the gradient of the objective over n, in the stated units', () => {
    const { X, Y, beta } = problem
    const learningRate = 0.05
    const start = run(problem, { optimizer: 'gd' }, stopAfterStart()).outcome.network!
    const { gradient: g, objective: before } = gradient(start, X, Y, 'squared', beta)
    for (const { name, unit } of parameters(start)) {
      const factor = (learningRate * unit(X.rows) ** 2) / X.rows
      start.arrays[name].data.forEach((theta, at) => {
        start.arrays[name].data[at] = theta - factor * g[name].data[at]
      })
    }
    const after = run(problem, { optimizer: 'gd', epochs: 1, learningRate })
    expect(objectives(after)[0]).toBeCloseTo(before, 11)
    expect(objectives(after)[1]).toBeCloseTo(objective(start, X, Y, 'squared', beta), 10)
  })
})

/** Ends a run when only the initial weights have been evaluated, so that they come back. */
const stopAfterStart = (): RunContext => context(1, (epoch) => (epoch === 1 ? 'cancelled' : null))

const PLATEAU = { kind: 'plateau', factor: 0.5, patience: 10, every: 100 } as const

describe('statistics of batch normalisation', () => {
  const problem = bnProblem()
  const { X, Y, beta } = problem
  const lossesOf = (changes: Partial<SettingsOf<'sgd'>>) => {
    const network = run(problem, { epochs: 30, ...changes }).outcome.network!
    return [score(network, X, Y, 'squared', 'one-hot').loss!, objective(network, X, Y, 'squared', beta)]
  }

  it('change predictions and never the objective', () => {
    const [training, value] = lossesOf({ batchSize: 4 })
    const [running, same] = lossesOf({ batchSize: 4, statistics: 'running' })
    expect(same).toBe(value)
    expect(Math.abs(running / training - 1)).toBeGreaterThan(1e-3)
  })

  it('are those of the last step when all rows are in a batch', () => {
    const trained = (epochs: number, statistics: 'training' | 'running') =>
      run(problem, { optimizer: 'gd', epochs, statistics }).outcome.network!.arrays
    const [running, before] = [trained(30, 'running'), trained(29, 'training')]
    for (const name of ['mean', 'norm']) {
      running[name].data.forEach((value, j) => expect(value).toBeCloseTo(before[name].data[j], 12))
    }
  })

  it('are averaged with a share of a tenth, norms by their squares', () => {
    const array = (...values: number[]) => ({ shape: [values.length], data: Float64Array.from(values) })
    const first = { mean: array(1, -2), norm: array(3, 0) }
    expect(runningAverages(null, first, RUNNING_MOMENTUM)).toEqual(first)
    const next = runningAverages(first, { mean: array(2, 8), norm: array(1, 1) }, RUNNING_MOMENTUM)
    expect([...next.mean.data]).toEqual([0.9 * 1 + 0.1 * 2, 0.9 * -2 + 0.1 * 8])
    expect([...next.norm.data]).toEqual([Math.sqrt(0.9 * 9 + 0.1), Math.sqrt(0.1)])
  })

  it('of a batch are on the scale of all rows', () => {
    const { network } = run(problem, { epochs: 1 }, stopAfterStart()).outcome
    const twice = new Matrix(2 * X.rows, X.cols, Float64Array.of(...X.data, ...X.data))
    const labels = new Matrix(2 * X.rows, Y.cols, Float64Array.of(...Y.data, ...Y.data))
    const family = NETWORKS['bn-relu']
    const ofBatch = family.lossGradient(network!, X, Y, LOSSES.squared, 2 * X.rows).statistics!
    const ofAll = family.lossGradient(network!, twice, labels, LOSSES.squared, 2 * X.rows).statistics!
    for (const name of ['mean', 'norm']) {
      ofAll[name].data.forEach((value, j) => expect(ofBatch[name].data[j] / value).toBeCloseTo(1, 12))
    }
  })
})

describe('settings', () => {
  const base = run(reluProblem())
  const changes: Partial<SettingsOf<'sgd'>>[] = [
    { optimizer: 'adam' },
    { learningRate: 0.02 },
    { momentum: 0.5 },
    { epochs: 21 },
    { batchSize: 7 },
    { initialization: 'gaussian' },
    { schedule: { ...PLATEAU, patience: 1 }, learningRate: 0.5 },
    { precision: 'f32' },
    { warmup: 3 },
    { schedule: { ...PLATEAU, kind: 'step', every: 5 } },
    { schedule: { ...PLATEAU, kind: 'cosine' } },
  ]
  it.each(changes)('%o changes the run', (change) => {
    expect(run(reluProblem(), change).progress).not.toEqual(base.progress)
  })

  it('scale is the standard deviation of the gaussian start', () => {
    const initial = (scale: number): number =>
      Math.hypot(
        ...run(reluProblem(), { initialization: 'gaussian', scale, optimizer: 'gd' }, stopAfterStart())
          .outcome.network!.arrays.W1.data,
      )
    expect(initial(0.2) / initial(0.1)).toBeCloseTo(2, 10)
    expect(initial(0.1) / Math.sqrt(100)).toBeCloseTo(0.1, 1)
  })

  it('halves the learning rate on a plateau', () => {
    const constant = {
      schedule: { ...PLATEAU, patience: 3 },
      learningRate: 1e-12,
      optimizer: 'gd' as const,
      epochs: 20,
    }
    // Without progress: best at epoch 0, then a halving every 3 epochs.
    expect(run(reluProblem(), constant).outcome.details!['final learning rate']).toBe(1e-12 / 2 ** 6)
    expect(base.outcome.details!['final learning rate']).toBe(0.01)
  })
})

describe('ends', () => {
  it.each(['cancelled', 'maxTime', 'maxIterations'] as const)(
    'with status %s and the best iterate when told to',
    (reason) => {
      const { outcome } = run(
        reluProblem(),
        {},
        context(1, (epoch) => (epoch >= 5 ? reason : null)),
      )
      expect([outcome.status, outcome.iterations]).toEqual([reason, 5])
      expect(outcome.network).not.toBeNull()
    },
  )

  it('between the batches of one epoch', () => {
    let asked = 0
    const ctx = context(1, () => (++asked > 3 ? 'cancelled' : null))
    const { outcome } = run(reluProblem(), { batchSize: 2 }, ctx)
    expect([outcome.status, outcome.iterations, asked]).toEqual(['cancelled', 0, 4])
  })

  it('as diverged with the best finite iterate when the learning rate is far too large', () => {
    for (const optimizer of ['gd', 'momentum'] as const) {
      const problem = reluProblem()
      const { outcome, progress } = run(problem, { optimizer, learningRate: 1e6, epochs: 400 })
      expect(outcome.status).toBe('diverged')
      expect(outcome.iterations).toBeLessThan(400)
      const value = objective(outcome.network!, problem.X, problem.Y, 'squared', problem.beta)
      expect(value).toBeCloseTo(progress[0].objective!, 9)
    }
  })
})

describe('refusal', () => {
  it('of one row a batch with batch normalisation', () => {
    expect(() => run(bnProblem(), { batchSize: 1 })).toThrow('at least 2 rows')
    expect(run(bnProblem(), { batchSize: 1, optimizer: 'gd', epochs: 1 }).outcome.status).toBe(
      'maxIterations',
    )
  })

  it('of labels that the loss does not take', () => {
    const problem = problemOf(gaussian(9, 8, 2), oneHot(9, 3, 2), 'one-hot', { loss: 'hinge' })
    expect(() => run(problem)).toThrow('hinge loss takes sign labels')
  })
})

describe('against the closed form', () => {
  it('no trial goes below, and most come near', () => {
    const problem = bnProblem(0.4)
    const optimum = optimalValue(vectorParts(problem.Y), problem.beta)
    const finals = Array.from({ length: 12 }, (_, trial) => {
      const optimizer = (['gd', 'momentum', 'adam'] as const)[trial % 3]
      const finished = run(
        problem,
        { optimizer, epochs: 600, learningRate: 0.05, batchSize: 'full' },
        context(trial),
      )
      return Math.min(...(objectives(finished) as number[]))
    })
    for (const final of finals) expect(final).toBeGreaterThanOrEqual(optimum * (1 - 1e-12))
    expect(Math.min(...finals)).toBeLessThan(1.05 * optimum)
  })
})

describe('every loss', () => {
  it.each(['hinge', 'logistic'] as const)('%s is trained on ±1 labels', (loss) => {
    const source = stream(3)
    const Y = Matrix.column(Float64Array.from({ length: 30 }, () => (source.uniform() < 0.5 ? -1 : 1)))
    const finished = run(problemOf(gaussian(30, 5, 1), Y, 'sign', { network: RELU, loss }), {
      learningRate: 0.05,
      epochs: 60,
    })
    const values = objectives(finished) as number[]
    expect(Math.min(...values)).toBeLessThan(0.9 * values[0])
  })

  it('cross-entropy is trained on one-hot labels', () => {
    const problem = { ...reluProblem(), loss: 'cross-entropy' } as const
    const values = objectives(run(problem, { learningRate: 0.05, epochs: 60 })) as number[]
    expect(Math.min(...values)).toBeLessThan(0.9 * values[0])
  })
})
