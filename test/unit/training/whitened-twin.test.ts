import { describe, expect, it } from 'vitest'
import { METHOD_SCHEMAS, NETWORK_SCHEMAS, type LossId } from '../../../core/experiments/document.ts'
import { methodApplies } from '../../../core/experiments/catalog.ts'
import { runSgd } from '../../../core/experiments/methods/sgd.ts'
import { runWhitenedGd } from '../../../core/experiments/methods/whitened-gd.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { multiply } from '../../../core/linalg/products.ts'
import {
  cloneNetwork,
  forward,
  gradient,
  NETWORKS,
  objective,
  shapeOf,
} from '../../../core/networks/index.ts'
import { stream } from '../../../core/random/index.ts'
import {
  compareSteps,
  descend,
  directionSimilarity,
  fromWhitened,
  toWhitened,
  whiten,
} from '../../../core/training/whitened-twin.ts'
import { context, finish, gaussian, oneHot, problemOf } from '../closed-form/fixtures.ts'
import { maxDifference } from '../networks/fixtures.ts'

const network = NETWORK_SCHEMAS['bn-relu'].parse({ family: 'bn-relu', width: 7 })
const start = (X: Matrix, outputs: number) =>
  NETWORKS['bn-relu'].refreshStatistics(
    NETWORKS['bn-relu'].initialize(
      shapeOf(problemOf(X, Matrix.zeros(X.rows, outputs), 'real', { network })),
      { kind: 'gaussian', scale: 0.6 },
      stream(3),
    ),
    X,
  )

/** Singular values that fall by a factor of a thousand, and a large mean. */
function stretched(n: number, d: number): Matrix {
  const X = gaussian(n, d, n)
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) X.set(i, j, 4 + X.get(i, j) * 10 ** ((-3 * j) / d))
  return X
}

describe.each([
  ['tall', gaussian(20, 4, 1)],
  ['wide', gaussian(8, 15, 2)],
  ['on a line', gaussian(12, 1, 4)],
  ['of singular values 1 to 1e-3', stretched(25, 6)],
])('data %s', (_, X) => {
  const whitening = whiten(X)
  const { U, s, V } = whitening

  it('are whitened: UᵀU = I, and UΣVᵀ is the centred X', () => {
    const G = multiply(U, U, { transposeA: true })
    G.data.forEach((value, at) => {
      expect(value).toBeCloseTo(Number(at % (G.cols + 1) === 0), 12)
    })
    const Z = multiply(
      multiply(X, V),
      Matrix.fromRows([...s].map((_, i) => [...s].map((v, j) => +(i === j) / v))),
    )
    for (let j = 0; j < U.cols; j++) {
      const column = Z.columnCopy(j)
      const mean = column.reduce((a, b) => a + b, 0) / X.rows
      expect(
        maxDifference(
          column.map((value) => value - mean),
          U.columnCopy(j),
        ),
      ).toBeLessThan(1e-11)
    }
  })

  it.each([
    ['squared', Matrix.column(stream(1).normals(X.rows))],
    ['squared', oneHot(X.rows, 3, 1)],
    ['cross-entropy', oneHot(X.rows, 3, 1)],
    ['logistic', Matrix.column(stream(2).normals(X.rows).map(Math.sign))],
  ] as [LossId, Matrix][])(
    'a step on X is Σ² times that of the twin in q-space, to 1e-10, at every step (%s)',
    (loss, Y) => {
      const twin = toWhitened(start(X, Y.cols), whitening)
      for (let step = 0; step < 60; step++) {
        const pair = compareSteps(twin, whitening, Y, loss, 0.05)
        expect(pair.deviation).toBeLessThan(1e-10)
        expect(pair.outerDeviation).toBeLessThan(1e-10)
        descend(twin, pair.twin, 0.02, X.rows)
      }
    },
  )

  it('the same by moving both networks: weights after one step of GD', () => {
    const Y = oneHot(X.rows, 3, 1)
    const twin = toWhitened(start(X, 3), whitening)
    const onX = fromWhitened(twin, whitening)
    const before = [cloneNetwork(onX), cloneNetwork(twin)]
    descend(onX, gradient(onX, X, Y, 'squared', 0.1).gradient, 0.3, X.rows)
    descend(twin, gradient(twin, U, Y, 'squared', 0.1).gradient, 0.3, X.rows)
    const inQ = toWhitened(onX, whitening).arrays.W1.data
    const steps = twin.arrays.W1.data.map((value, at) => value - before[1].arrays.W1.data[at])
    // On a line nothing moves but by rounding.
    const largest = Math.max(1e-3, ...inQ.map((value, at) => Math.abs(value - before[1].arrays.W1.data[at])))
    inQ.forEach((value, at) => {
      const sigma = s[Math.floor(at / 7)]
      const moved = value - before[1].arrays.W1.data[at]
      expect(Math.abs(moved - sigma ** 2 * steps[at]) / largest).toBeLessThan(1e-10)
    })
    for (const name of ['gamma', 'alpha', 'W2'])
      expect(maxDifference(onX.arrays[name].data, twin.arrays[name].data), name).toBeLessThan(1e-12)
  })

  it('network and twin are the same function', () => {
    const onX = start(X, 2)
    const twin = toWhitened(onX, whitening)
    expect(maxDifference(forward(twin, U).data, forward(onX, X).data)).toBeLessThan(1e-11)
    expect(maxDifference(forward(fromWhitened(twin, whitening), X).data, forward(onX, X).data)).toBeLessThan(
      1e-11,
    )
  })
})

it('similarity is measured direction by direction', () => {
  const Q = Matrix.fromRows([
    [1, 0],
    [3, 3],
    [0, 0],
  ])
  const begin = Matrix.fromRows([
    [0, 2],
    [1, 1],
    [1, 0],
  ])
  const [turned, kept, none] = directionSimilarity(Q, begin)
  expect([turned, none]).toEqual([0, 1])
  expect(kept).toBeCloseTo(1, 14)
})

describe('the method', () => {
  const X = stretched(20, 5)
  const problem = problemOf(X, oneHot(20, 3, 1), 'one-hot', { network, beta: 0.05 })
  const settings = METHOD_SCHEMAS['whitened-gd'].parse({ id: 'whitened-gd', epochs: 150, learningRate: 0.05 })

  it('returns a network on the features whose objective is the one it says', () => {
    const { outcome, progress } = finish(runWhitenedGd(problem, settings, context(4)))
    expect([outcome.status, outcome.iterations]).toEqual(['maxIterations', 150])
    const value = objective(outcome.network!, X, problem.Y, 'squared', 0.05)
    expect(value).toBeCloseTo(Math.min(...progress.map((point) => point.objective ?? NaN)), 10)
    expect(value).toBeLessThan(0.8 * (progress[0].objective ?? NaN))
    expect(value).toBeGreaterThan(outcome.claim.lowerBound!)
    expect(outcome.details!['largest deviation from Σ²']).toBeLessThan(1e-10)
    expect(outcome.details!['largest deviation of γ, α and output steps']).toBeLessThan(1e-10)
  })

  it('goes the way of GD on the data beside it, and turns small directions that GD leaves', () => {
    const { outcome } = finish(runWhitenedGd(problem, settings, context(4)))
    const sgd = METHOD_SCHEMAS.sgd.parse({ id: 'sgd', optimizer: 'gd', epochs: 150, learningRate: 0.05 })
    const plain = finish(runSgd(problem, sgd, context(4))).progress
    expect(outcome.details!['objective of GD on the data']).toBeCloseTo(
      plain[plain.length - 1].objective ?? NaN,
      9,
    )
    const twin = outcome.arrays!.similarity.data
    const onX = outcome.arrays!.similarityOnData.data
    expect(onX[4]).toBeGreaterThan(0.9999)
    expect(twin[4]).toBeLessThan(0.99)
  })

  it('stops when told to, with the best network so far', () => {
    const { outcome } = finish(
      runWhitenedGd(
        problem,
        settings,
        context(4, (epoch) => (epoch === 9 ? 'cancelled' : null)),
      ),
    )
    expect([outcome.status, outcome.iterations]).toEqual(['cancelled', 9])
    expect(outcome.network).not.toBeNull()
  })

  it('is refused for other networks and for the equality loss', () => {
    const asked = (changes: object) => methodApplies({ ...problem, ...changes }, settings)
    expect(asked({}).applies).toBe(true)
    expect(asked({ network: NETWORK_SCHEMAS.relu.parse({ family: 'relu' }) }).because).toContain('bn-relu')
    expect(asked({ network: { ...network, layers: 3 } }).applies).toBe(false)
    expect(asked({ loss: 'equality' }).applies).toBe(false)
  })
})
