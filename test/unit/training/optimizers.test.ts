import { describe, expect, it } from 'vitest'
import type { TrainedNetwork } from '../../../core/experiments/problem.ts'
import { fromMatrix } from '../../../core/networks/arrays.ts'
import { Matrix, zerosAlike, type RealArray } from '../../../core/linalg/matrix.ts'
import { Optimizer, OPTIMIZERS, type OptimizerId } from '../../../core/training/optimizers.ts'
import { applyUpdate } from '../../../core/training/update.ts'

/** The steps for the gradients 2 and −1, written out with the constants of the definitions. */
const EXPECTED: Record<OptimizerId, [number, number]> = {
  gd: [2, -1],
  sgd: [2, -1],
  // v = 2; v = 0.9·2 − 1.
  momentum: [2, 0.8],
  // g + 0.9·v.
  nesterov: [2 + 0.9 * 2, -1 + 0.9 * 0.8],
  // First step g/|g|; then m̂ = (0.9·0.2 − 0.1)/0.19, v̂ = (0.999·0.004 + 0.001)/0.001999.
  adam: [2 / (2 + 1e-8), 0.08 / 0.19 / (Math.sqrt(0.004996 / 0.001999) + 1e-8)],
  adamw: [2 / (2 + 1e-8), 0.08 / 0.19 / (Math.sqrt(0.004996 / 0.001999) + 1e-8)],
  // √4, then √(4 + 1).
  adagrad: [2 / (2 + 1e-10), -1 / (Math.sqrt(5) + 1e-10)],
  adadelta: adadeltaSteps(),
}

/** square = 0.1·4, moved = 0; then square = 0.9·0.4 + 0.1, moved = 0.1·first². */
function adadeltaSteps(): [number, number] {
  const first = (Math.sqrt(1e-6) / Math.sqrt(0.4 + 1e-6)) * 2
  const second = -Math.sqrt(0.1 * first * first + 1e-6) / Math.sqrt(0.46 + 1e-6)
  return [first, second]
}

const zeros = (length: number): Float64Array => new Float64Array(length)
const started = (id: OptimizerId, make: (length: number) => RealArray = zeros): Optimizer =>
  new Optimizer(id, { momentum: 0.9 }, make)

const stepsOf = (id: OptimizerId, make: (g: number) => RealArray): number[] => {
  const optimizer = started(id, (length) => zerosAlike(make(0), length))
  return [2, -1].map((value) => {
    const g = make(value)
    optimizer.tick()
    optimizer.step('W', g)
    return g[0]
  })
}

describe.each(Object.keys(OPTIMIZERS) as OptimizerId[])('%s', (id) => {
  it('makes the steps of its definition', () => {
    const steps = stepsOf(id, (g) => Float64Array.of(g))
    steps.forEach((step, i) => expect(step / EXPECTED[id][i]).toBeCloseTo(1, 12))
  })

  it('makes them in single precision too', () => {
    const steps = stepsOf(id, (g) => Float32Array.of(g))
    steps.forEach((step, i) => expect(step / EXPECTED[id][i]).toBeCloseTo(1, 5))
  })

  it('remembers each parameter apart from the others', () => {
    const optimizer = started(id)
    optimizer.tick()
    optimizer.step('other', Float64Array.of(100))
    const g = Float64Array.of(2)
    optimizer.step('W', g)
    expect(g[0]).toBeCloseTo(EXPECTED[id][0], 12)
  })

  it('goes on from what it saved', () => {
    const [whole, first, second] = [1, 2, 3].map(() => started(id))
    const gradients = [0.3, -2, 5, 1e-3].map((g) => Float64Array.of(g, -g))
    const steps = (optimizer: Optimizer, part: Float64Array[]): number[] =>
      part.flatMap((values) => {
        const g = values.slice()
        optimizer.tick()
        optimizer.step('W1', g)
        return [...g]
      })
    const expected = steps(whole, gradients)
    const before = steps(first, gradients.slice(0, 2))
    const { updates, arrays } = first.save()
    second.restore(updates, arrays)
    expect([...before, ...steps(second, gradients.slice(2))]).toEqual(expected)
  })
})

it('refuses a saved state of another rule', () => {
  const optimizer = started('adam')
  const arrays = { 'W1.velocity': { shape: [1], data: Float64Array.of(1) } }
  expect(() => optimizer.restore(1, arrays)).toThrow('no mean of W1')
})

describe('weight decay', () => {
  const update = (id: OptimizerId, theta: number, lossGradient: number): number => {
    const network: TrainedNetwork = {
      family: 'linear',
      arrays: { W1: fromMatrix(Matrix.fromRows([[theta]])), W2: fromMatrix(Matrix.fromRows([[1]])) },
    }
    const gradient = {
      W1: fromMatrix(Matrix.fromRows([[lossGradient]])),
      W2: fromMatrix(Matrix.fromRows([[0]])),
    }
    const scale = { learningRate: 0.1, rows: 2, n: 8, beta: 4 }
    applyUpdate(network, gradient, started(id), scale)
    return network.arrays.W1.data[0]
  }

  it('is part of the gradient, the loss as the mean of its batch and the decay as its share of one row', () => {
    expect(update('sgd', 3, 10)).toBeCloseTo(3 - 0.1 * (10 / 2 + (4 / 8) * 3), 14)
  })

  it('passes through the adaptation of Adam, and beside that of AdamW', () => {
    // The first step of Adam is the sign of the gradient, whatever its size.
    expect(update('adam', 3, 10)).toBeCloseTo(3 - 0.1, 8)
    expect(update('adamw', 3, 10)).toBeCloseTo(3 - 0.1 * (1 + (4 / 8) * 3), 8)
    // Without a loss AdamW shrinks in proportion, Adam by a fixed step.
    expect(update('adam', 3, 0)).toBeCloseTo(3 - 0.1, 8)
    expect(update('adamw', 3, 0)).toBeCloseTo(3 * (1 - 0.1 * 0.5), 12)
  })
})
