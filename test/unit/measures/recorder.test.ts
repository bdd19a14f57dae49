import { describe, expect, it } from 'vitest'
import { METHOD_SCHEMAS, NETWORK_SCHEMAS, type FamilyId } from '../../../core/experiments/document.ts'
import { runPenalized } from '../../../core/experiments/methods/penalized.ts'
import { runSgd } from '../../../core/experiments/methods/sgd.ts'
import { runWhitenedGd } from '../../../core/experiments/methods/whitened-gd.ts'
import type { StepMeasures } from '../../../core/experiments/result.ts'
import { executeRun } from '../../../core/experiments/runner.ts'
import { expandDocument } from '../../../core/experiments/expand.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { MEASURE_SHARE, MeasureRecorder, measurePlan } from '../../../core/measures/recorder.ts'
import { measureLayers } from '../../../core/measures/layers.ts'
import { quickSpectrum, spectrum } from '../../../core/measures/spectra.ts'
import { timeToReach } from '../../../core/measures/time-to-reach.ts'
import { activeNeurons, NETWORKS, objective, score, shapeOf } from '../../../core/networks/index.ts'
import { stream } from '../../../core/random/index.ts'
import { context, finish, gaussian, oneHot, problemOf } from '../closed-form/fixtures.ts'

const problem = (family: FamilyId) => {
  const network = NETWORK_SCHEMAS[family].parse({ family })
  const X = gaussian(40, 6, 1)
  const made = problemOf(X, oneHot(40, 3, 1), 'one-hot', { network, beta: 0.2 })
  return { ...made, test: { X: gaussian(15, 6, 2), Y: oneHot(15, 3, 2) } }
}

const SCHEDULE = { epochs: 20_000, batches: 1, precision: 'f64' } as const

describe('quickSpectrum', () => {
  it.each([
    [7, 4],
    [4, 7],
    [5, 5],
    [6, 1],
  ])('agrees with the decomposition of a %i×%i matrix', (rows, cols) => {
    const W = gaussian(rows, cols, 3)
    const [quick, exact] = [quickSpectrum(W), spectrum(W)]
    quick.s.forEach((value, i) => expect(value).toBeCloseTo(exact.s[i], 7))
    const cosine = (a: Float64Array, b: Float64Array) =>
      Math.abs(a.reduce((sum, value, i) => sum + value * b[i], 0))
    expect(cosine(quick.left, exact.left)).toBeCloseTo(1, 10)
    expect(cosine(quick.right, exact.right)).toBeCloseTo(1, 10)
  })

  it('counts the rank of exactly low-rank weights and takes empty ones', () => {
    const W = new Matrix(
      30,
      20,
      gaussian(30, 20, 1).data.map((_, at) => Math.sin(at % 20) * Math.floor(at / 20)),
    )
    expect(quickSpectrum(W).s.filter((value, _, s) => value > 1e-6 * s[0])).toHaveLength(1)
    expect(quickSpectrum(Matrix.zeros(4, 0)).s).toHaveLength(0)
  })
})

describe('the plan', () => {
  it('keeps all measurements below their share of the work, and at most 200 of them', () => {
    for (const epochs of [1, 10, 500, 40_000]) {
      for (const measure of [1, 7, 300, 1e5]) {
        for (const directions of [0, 40, 1e6]) {
          const work = { epochs, epoch: 100, measure, directions }
          const plan = measurePlan(work)
          if (plan.period === null) continue
          const count = Math.floor(epochs / plan.period) + 1
          const spent = count * measure + (plan.directions ? directions : 0)
          expect(spent).toBeLessThanOrEqual(MEASURE_SHARE * epochs * 100)
          expect(count).toBeLessThanOrEqual(200)
        }
      }
    }
    expect(measurePlan({ epochs: 3, epoch: 100, measure: 50, directions: 0 }).period).toBeNull()
  })
})

describe.each(Object.keys(NETWORKS) as FamilyId[])('measures while training %s', (family) => {
  const { X, Y, test, ...rest } = problem(family)
  const whole = { X, Y, test, ...rest }

  it('are those of the weights at that step', () => {
    const source = stream(1)
    const network = NETWORKS[family].initialize(shapeOf(whole), { kind: 'kaiming', scale: 1 }, source)
    const recorder = new MeasureRecorder(whole, network, SCHEDULE)
    expect(recorder.isDue(0)).toBe(true)
    const measured = recorder.measure(network)!
    const { layers } = measureLayers(network)
    expect(measured.ranks).toEqual(layers.map(({ rank }) => rank))
    layers.forEach((layer, l) => {
      expect(measured.operatorNorms[l]).toBeCloseTo(layer.operatorNorm, 8)
      expect(measured.frobeniusNorms[l]).toBeCloseTo(layer.frobeniusNorm, 8)
      expect(measured.stableRanks[l]).toBeCloseTo(layer.stableRank, 6)
    })
    expect(measured.neurons).toBe(activeNeurons(network))
    const current = NETWORKS[family].refreshStatistics(network, X)
    expect(measured.train).toEqual(score(current, X, Y, 'squared', 'one-hot'))
    expect(measured.test).toEqual(score(current, test.X, test.Y, 'squared', 'one-hot'))
    expect(measured.train.loss).toBeCloseTo(objective(network, X, Y, 'squared', 0), 9)
    const { cosines } = measured.similarities ?? { cosines: [] }
    expect(cosines.length).toBe(layers[0].rows === X.cols ? 6 : 0)
    for (const cosine of cosines) expect(cosine).toBeCloseTo(1, 12)
  })

  it('has nothing to say of weights that overflow', () => {
    const network = NETWORKS[family].initialize(shapeOf(whole), { kind: 'kaiming', scale: 1 }, stream(1))
    const recorder = new MeasureRecorder(whole, network, SCHEDULE)
    network.arrays.W1.data[0] = 1e200
    expect(recorder.measure(network)).toBeUndefined()
    network.arrays.W1.data[0] = NaN
    expect(recorder.measure(network)).toBeUndefined()
  })
})

describe('recording', () => {
  it('appears at the planned epochs, alike in every repetition and precision', () => {
    const settings = METHOD_SCHEMAS.sgd.parse({
      id: 'sgd',
      optimizer: 'gd',
      epochs: 4000,
      learningRate: 0.05,
    })
    const measuresOf = (changes: object): (StepMeasures | undefined)[] =>
      finish(runSgd(problem('relu'), { ...settings, ...changes }, context(3))).progress.map(
        ({ measures }) => measures,
      )
    const measured = measuresOf({})
    const steps = measured.flatMap((measures, epoch) => (measures ? [epoch] : []))
    expect(steps.length).toBeGreaterThan(1)
    expect(steps.every((epoch) => epoch % steps[1] === 0)).toBe(true)
    expect(measuresOf({})).toEqual(measured)
    const single = measuresOf({ precision: 'f32' }).flatMap((measures, epoch) =>
      measures ? [{ epoch, measures }] : [],
    )
    const common = single.filter(({ epoch }) => measured[epoch])
    expect(common.length).toBeGreaterThan(0)
    for (const { epoch, measures } of common) {
      measures.operatorNorms.forEach((norm, l) => {
        expect(norm / measured[epoch]!.operatorNorms[l]).toBeCloseTo(1, 3)
      })
    }
  })

  it.each([
    {
      family: 'relu',
      id: 'penalized',
      changes: { epochs: 300, batchSize: 'full', optimizer: 'adam', arrangements: { count: 20 } },
    },
    {
      family: 'bn-relu',
      id: 'penalized',
      changes: {
        epochs: 300,
        batchSize: 20,
        optimizer: 'adam',
        penalty: 1e-3,
        learningRate: 1e-3,
        arrangements: { count: 20 },
      },
    },
    { family: 'bn-relu', id: 'whitened-gd', changes: { epochs: 200, learningRate: 0.05 } },
  ] as const)('of $id, $family, is of the network that it would return', ({ family, id, changes }) => {
    const { test, ...whole } = problem(family)
    const started =
      id === 'penalized'
        ? (stop?: (epoch: number) => 'cancelled' | null) =>
            finish(
              runPenalized(
                { ...whole, test },
                METHOD_SCHEMAS[id].parse({ id, ...changes }),
                context(3, stop),
              ),
            )
        : (stop?: (epoch: number) => 'cancelled' | null) =>
            finish(
              runWhitenedGd(
                { ...whole, test },
                METHOD_SCHEMAS[id].parse({ id, ...changes }),
                context(3, stop),
              ),
            )
    const { progress } = started()
    const measured = progress.filter(({ measures }) => measures)
    expect(measured.length).toBeGreaterThan(2)
    const isBest = ({ iteration, objective: value }: (typeof progress)[number]) =>
      progress.every((other) => other.iteration >= iteration || !(other.objective! < value!))
    const { iteration, measures } = measured.findLast(isBest)!
    expect(iteration).toBeGreaterThan(0)
    const { network, details } = started((epoch) => (epoch >= iteration ? 'cancelled' : null)).outcome
    expect(details!['best epoch']).toBe(iteration)
    const { layers } = measureLayers(network!)
    expect(measures!.ranks).toEqual(layers.map(({ rank }) => rank))
    layers.forEach(({ operatorNorm, frobeniusNorm }, l) => {
      expect(measures!.operatorNorms[l]).toBeCloseTo(operatorNorm, 8)
      expect(measures!.frobeniusNorms[l]).toBeCloseTo(frobeniusNorm, 8)
    })
    expect(measures!.neurons).toBe(activeNeurons(network!))
    expect(measures!.train.loss).toBeCloseTo(score(network!, whole.X, whole.Y, 'squared', 'one-hot').loss!, 9)
    expect(measures!.test!.accuracy).toBe(score(network!, test.X, test.Y, 'squared', 'one-hot').accuracy)
  })

  it('ends in the record of a run: layers, patterns and neural collapse', async () => {
    const specs = expandDocument({
      version: 1,
      name: 'measured',
      dataset: { generator: 'whitened', n: 12, d: 14, classes: 3 },
      network: { family: 'relu', width: 9 },
      loss: 'squared',
      beta: 0.1,
      methods: [{ id: 'sgd', epochs: 5 }],
    })
    const { X, Y, summary } = problem('relu')
    const host = { now: () => 0, isCancelled: () => false }
    const run = executeRun({ X, Y, test: null, summary }, specs[0], host)
    let step = await run.next()
    while (!step.done) step = await run.next()
    const { measures, ranks } = step.value.record
    expect(measures!.layers.map(({ rows, cols }) => [rows, cols])).toEqual([
      [6, 9],
      [9, 3],
    ])
    expect(measures!.layers.map(({ rank }) => rank)).toEqual(ranks)
    expect(measures!.layers[0].singularValues).toHaveLength(6)
    expect(measures!.patterns!.found).toBe(9)
    expect(measures!.patterns!.bound).toBeGreaterThan(1e6)
    expect(measures!.collapse!.withinClass).toBeGreaterThan(0)
  })
})

describe('time to reach an objective', () => {
  const history = [
    { iteration: 0, seconds: 0, objective: 5 },
    { iteration: 1, seconds: 1 },
    { iteration: 2, seconds: 2, objective: 3 },
  ]
  it('is that of the first recorded point, else the end of the run, else unknown', () => {
    expect(timeToReach(history, 3.5, { objective: 2, seconds: 9 })).toBe(2)
    expect(timeToReach(history, 2.5, { objective: 2, seconds: 9 })).toBe(9)
    expect(timeToReach(history, 1, { objective: 2, seconds: 9 })).toBeNull()
    expect(timeToReach(history, 1, { objective: null, seconds: 9 })).toBeNull()
  })
})
