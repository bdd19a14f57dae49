import { describe, expect, it } from 'vitest'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { LOSSES, type Loss } from '../../../core/losses/index.ts'
import { rowBlocks } from '../../../core/networks/blocks.ts'
import {
  activeNeurons,
  cloneNetwork,
  forward,
  gradient,
  NETWORKS,
  objective,
  parameters,
  regularizer,
  reluNetwork,
  score,
  linearNetwork,
  type LossGradient,
} from '../../../core/networks/index.ts'
import { normalizedLossGradient } from '../../../core/networks/normalized.ts'
import { parallelLossGradient } from '../../../core/networks/parallel.ts'
import { reluLossGradient } from '../../../core/networks/relu.ts'
import type { FamilyId } from '../../../core/experiments/document.ts'
import type { TrainedNetwork } from '../../../core/experiments/problem.ts'
import { stream } from '../../../core/random/index.ts'
import { example, FAMILIES, LOSS_IDS, maxDifference, settingsOf } from './fixtures.ts'

const cases = FAMILIES.flatMap((family) => LOSS_IDS.map((loss) => ({ family, loss })))

describe.each(cases)('$family with $loss loss', ({ family, loss }) => {
  it('has the gradient of its objective, for every parameter', () => {
    const { X, Y, network } = example(family, loss)
    const result = gradient(network, X, Y, loss, 0.3)
    expect(result.objective).toBeCloseTo(objective(network, X, Y, loss, 0.3), 12)
    const h = 1e-5
    for (const { name } of parameters(network)) {
      const { data } = network.arrays[name]
      const difference = data.map((_, at) => {
        const [up, down] = [cloneNetwork(network), cloneNetwork(network)]
        up.arrays[name].data[at] += h
        down.arrays[name].data[at] -= h
        return (objective(up, X, Y, loss, 0.3) - objective(down, X, Y, loss, 0.3)) / (2 * h)
      })
      expect(maxDifference(result.gradient[name].data, difference), name).toBeLessThan(2e-6)
      expect(result.gradient[name].shape).toEqual(network.arrays[name].shape)
    }
  })

  it('has the objective ℓ + β·regulariser of its inference predictions on the training data', () => {
    const { X, Y, network } = example(family, loss)
    const value = LOSSES[loss].value(forward(network, X), Y)
    expect(objective(network, X, Y, loss, 0.7)).toBeCloseTo(value + 0.7 * regularizer(network), 12)
    const scored = score(network, X, Y, loss, 'real')
    expect(scored.loss).toBeCloseTo(value, 12)
    expect(scored.accuracy).toBeNull()
  })

  it('starts from weights that depend on the stream alone', () => {
    const sizes = { n: 9, d: 4, outputs: 2, network: settingsOf(family, 5), image: null }
    const init = { kind: 'kaiming', scale: 1 } as const
    const first = NETWORKS[family].initialize(sizes, init, stream(3))
    const used = stream(3)
    used.normals(10)
    expect(NETWORKS[family].initialize(sizes, init, used)).toEqual(first)
    expect(NETWORKS[family].initialize(sizes, init, stream(4))).not.toEqual(first)
    const weights = Object.entries(first.arrays).filter(([name]) => /^W\d$/.test(name))
    for (const [name, { shape, data }] of weights) {
      const bound = Math.sqrt(6 / shape.at(-2))
      expect(
        data.every((value) => Math.abs(value) <= bound),
        name,
      ).toBe(true)
    }
  })
})

describe('regularizer', () => {
  it('is the documented half sum of squares', () => {
    const { network } = example('bn-relu', 'squared')
    const squares = (name: string): number => network.arrays[name].data.reduce((sum, t) => sum + t * t, 0)
    expect(regularizer(network)).toBeCloseTo(0.5 * (squares('gamma') + squares('alpha') + squares('W2')), 12)
    const relu = example('relu', 'squared').network
    const all = Object.values(relu.arrays).flatMap(({ data }) => [...data])
    expect(regularizer(relu)).toBeCloseTo(0.5 * all.reduce((sum, t) => sum + t * t, 0), 12)
  })
})

describe('relu', () => {
  it('responds by hand-computed numbers', () => {
    const network = reluNetwork(
      Matrix.fromRows([
        [1, -1],
        [2, 1],
      ]),
      Matrix.fromRows([[3], [-2]]),
    )
    const F = forward(
      network,
      Matrix.fromRows([
        [1, 1],
        [-1, 0],
        [0, -1],
      ]),
    )
    expect([...F.data]).toEqual([9, -2, 0])
  })

  it('is zero without neurons, which is a network all methods may return', () => {
    const network = reluNetwork(Matrix.zeros(3, 0), Matrix.zeros(0, 2))
    const X = new Matrix(4, 3, stream(1).normals(12))
    const Y = new Matrix(4, 2, stream(2).normals(8))
    expect([...forward(network, X).data]).toEqual(Array(8).fill(0))
    expect(objective(network, X, Y, 'squared', 1)).toBeCloseTo(
      LOSSES.squared.value(Matrix.zeros(4, 2), Y),
      12,
    )
    expect(activeNeurons(network)).toBe(0)
  })

  it('counts the neurons that contribute', () => {
    const W1 = Matrix.fromRows([
      [1, 0, 1, 1e-9],
      [1, 0, 1, 1e-9],
    ])
    const W2 = Matrix.fromRows([[1], [1], [0], [1]])
    expect(activeNeurons(reluNetwork(W1, W2))).toBe(1)
  })
})

describe('score', () => {
  it('counts signs and largest outputs', () => {
    const W1 = Matrix.fromRows([
      [1, 0],
      [0, 1],
    ])
    const signs = linearNetwork(Matrix.fromRows([[1], [-1]]))
    const X = Matrix.fromRows([
      [2, 0],
      [0, 2],
      [1, 0],
    ])
    expect(score(signs, X, Matrix.fromRows([[1], [-1], [-1]]), 'hinge', 'sign').accuracy).toBeCloseTo(2 / 3)
    const oneHot = linearNetwork(W1)
    expect(
      score(
        oneHot,
        X,
        Matrix.fromRows([
          [1, 0],
          [0, 1],
          [1, 0],
        ]),
        'squared',
        'one-hot',
      ).accuracy,
    ).toBe(1)
  })

  it('is null where a prediction is not finite', () => {
    const network = linearNetwork(Matrix.fromRows([[NaN]]))
    const one = Matrix.fromRows([[1]])
    expect(score(network, one, one, 'squared', 'sign')).toEqual({ loss: null, accuracy: null })
  })
})

type BlockedGradient = (
  network: TrainedNetwork,
  X: Matrix,
  Y: Matrix,
  loss: Loss,
  entries?: number,
) => LossGradient

/** The gradient with at most `entries` of the hidden layer, and as many of the patches, in memory. */
const normalizedGradient: BlockedGradient = (network, X, Y, loss, entries) =>
  normalizedLossGradient(network, X, Y, loss, {
    n: X.rows,
    rectified: network.family === 'relu-bn',
    entries,
  })

describe('rowBlocks', () => {
  it('covers all rows once, with hidden layers of bounded size', () => {
    const blocks = rowBlocks(10, 3, 12)
    expect(blocks).toEqual([
      { first: 0, rows: 4 },
      { first: 4, rows: 4 },
      { first: 8, rows: 2 },
    ])
    expect(rowBlocks(5, 0)).toEqual([{ first: 0, rows: 5 }])
    expect(rowBlocks(3, 100, 12)).toHaveLength(3)
  })

  it.each([
    ['relu', reluLossGradient],
    ['bn-relu', normalizedGradient],
    ['relu-bn', normalizedGradient],
    ['conv-bn', normalizedGradient],
    ['parallel', parallelLossGradient],
  ] as [FamilyId, BlockedGradient][])('leaves the gradient of %s as it is', (family, lossGradient) => {
    const { X, Y, network } = example(family, 'squared', { n: 11, width: 5 })
    const whole = lossGradient(network, X, Y, LOSSES.squared)
    const blocked = lossGradient(network, X, Y, LOSSES.squared, 20)
    expect(blocked.loss).toBeCloseTo(whole.loss, 12)
    for (const { name } of parameters(network)) {
      expect(maxDifference(blocked.gradient[name].data, whole.gradient[name].data), name).toBeLessThan(1e-12)
    }
  })
})
