import { describe, expect, it } from 'vitest'
import { SOLVERS } from '../../../core/closed-form/solvers.ts'
import { METHOD_SCHEMAS, NETWORK_SCHEMAS, type LossId } from '../../../core/experiments/document.ts'
import { runSgd } from '../../../core/experiments/methods/sgd.ts'
import type { Problem, TrainedNetwork } from '../../../core/experiments/problem.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { measureSpline } from '../../../core/measures/spline.ts'
import { objective } from '../../../core/networks/index.ts'
import { context, finish, problemOf } from './fixtures.ts'

const POINTS = Float64Array.from({ length: 25 }, (_, k) => -3 + k / 4)

/** 25 points of a sine two above zero, or the signs of the sine. */
function problem(loss: LossId, outputBias: boolean, layers = 2): Problem {
  const y = POINTS.map((t) => Math.sin(2 * t) + 0.3 * t)
  const isSign = loss !== 'squared'
  const Y = y.map((value) => (isSign ? (value > 0 ? 1 : -1) : value + 2))
  const network = NETWORK_SCHEMAS['relu-bias'].parse({ family: 'relu-bias', outputBias, layers, width: 12 })
  return problemOf(Matrix.column(POINTS), Matrix.column(Y), isSign ? 'sign' : 'real', {
    network,
    loss,
    beta: 1,
  })
}

function trainedNetwork(asked: Problem, seed: number, epochs: number, learningRate: number): TrainedNetwork {
  const settings = METHOD_SCHEMAS.sgd.parse({
    id: 'sgd',
    optimizer: 'adam',
    batchSize: 'full',
    epochs,
    learningRate,
    schedule: { factor: 0.5, patience: epochs / 20 },
  })
  return finish(runSgd(asked, settings, context(seed))).outcome.network!
}

const objectiveOf = (network: TrainedNetwork, { X, Y, loss, beta }: Problem): number =>
  objective(network, X, Y, loss, beta)
const trained = (asked: Problem, ...how: [seed: number, epochs: number, learningRate: number]): number =>
  objectiveOf(trainedNetwork(asked, ...how), asked)

describe('gradient training on a line', () => {
  it.each(['squared', 'hinge', 'logistic'] as const)(
    'never ends below the value of the ℓ₁ problem with an intercept, and comes near: %s, 50 starts',
    (loss) => {
      const asked = problem(loss, true)
      const { value, claim } = SOLVERS['one-dimensional'](asked, 0)
      const ends = Array.from({ length: 50 }, (_, seed) => trained(asked, seed, 300, 0.05))
      for (const end of ends) expect(end).toBeGreaterThan(claim.lowerBound!)
      expect(Math.min(...ends)).toBeLessThan(1.02 * value)
    },
  )

  it('without an output bias ends below the program without an intercept, and above the one with it', () => {
    const asked = problem('squared', false)
    const without = SOLVERS['one-dimensional-no-intercept'](asked, 0)
    const free = SOLVERS['one-dimensional'](problem('squared', true), 0)
    expect(without.claim.lowerBound).toBe(free.claim.lowerBound)
    const end = trained(asked, 1, 2000, 0.03)
    expect(end).toBeLessThan(0.95 * without.value)
    expect(end).toBeGreaterThan(free.value)
  })
})

describe('kinks of trained networks', () => {
  const fivePoints = (y: number[], layers: number): Problem => {
    const network = NETWORK_SCHEMAS['relu-bias'].parse({ family: 'relu-bias', layers, width: 20 })
    const X = Matrix.column(Float64Array.of(-2, -1, 0, 1, 2))
    return problemOf(X, Matrix.column(Float64Array.from(y)), 'real', { network, beta: 0.05 })
  }

  it.each([
    [2, 0.02],
    [3, 0.01],
    [5, 0.005],
  ])(
    'of %i layers are at data points where bends alternate (Ergen & Pilanci 2021, Fig. 1)',
    (layers, rate) => {
      const asked = fivePoints([0, 1, 0, 1, 0], layers)
      const network = trainedNetwork(asked, 1, 4000, rate)
      const { kinks, jumpAtPoints } = measureSpline(network, asked.X, asked.Y.data)!
      expect(jumpAtPoints).toBeGreaterThan(0.95)
      expect(new Set(kinks.slice(0, 6).map(({ at }) => Math.abs(Math.round(at))))).toEqual(new Set([0, 1]))
      if (layers > 2) return
      expect(objectiveOf(network, asked)).toBeLessThan(1.001 * SOLVERS['one-dimensional'](asked, 0).value)
    },
  )

  it('can be between them, at the same objective, where neighbouring bends have one sign', () => {
    const asked = fivePoints([1, -1, 1, 1, -1], 2)
    const { value } = SOLVERS['one-dimensional'](asked, 0)
    const measured = [0, 1, 2, 3].map((seed) => {
      const network = trainedNetwork(asked, seed, 4000, 0.02)
      expect(objectiveOf(network, asked)).toBeLessThan(1.001 * value)
      return measureSpline(network, asked.X, asked.Y.data)!.jumpAtPoints
    })
    expect(Math.min(...measured)).toBeLessThan(0.8)
  })
})
