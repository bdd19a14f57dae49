import { describe, expect, it } from 'vitest'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { LOSSES } from '../../../core/losses/index.ts'
import type { TrainedNetwork } from '../../../core/experiments/problem.ts'
import { multiply } from '../../../core/linalg/products.ts'
import {
  bnReluNetwork,
  cloneNetwork,
  forward,
  gradient,
  NETWORKS,
  objective,
  toStandardBatchNorm,
} from '../../../core/networks/index.ts'
import { stream } from '../../../core/random/index.ts'
import { example, maxDifference, slice } from './fixtures.ts'

const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length

describe('bn-relu', () => {
  it('responds by its formula, written out', () => {
    const { X, network } = example('bn-relu', 'squared', { n: 6, d: 3, width: 2 })
    const { W1, gamma, alpha, W2 } = network.arrays
    const H = multiply(X, new Matrix(3, 2, W1.data))
    const F = forward(network, X)
    const columns = [0, 1].map((j) => {
      const h = H.columnCopy(j)
      const centered = h.map((value) => value - mean(h))
      const norm = Math.hypot(...centered)
      return centered.map((t) => Math.max(0, (gamma.data[j] * t) / norm + alpha.data[j] / Math.sqrt(6)))
    })
    for (let i = 0; i < 6; i++) {
      for (let k = 0; k < 2; k++) {
        const expected = columns.reduce((sum, column, j) => sum + column[i] * W2.data[j * 2 + k], 0)
        expect(F.get(i, k)).toBeCloseTo(expected, 12)
      }
    }
  })

  it('responds to columns of zero variance with α/√n alone, without NaN, gradients included', () => {
    const X = Matrix.fromRows([
      [1, 5, 0.1],
      [2, 5, 0.1],
      [4, 5, 0.1],
    ])
    // The second hidden column is constant up to rounding, the third has zero weights.
    const W1 = Matrix.fromRows([
      [1, 0, 0],
      [0, 0.3, 0],
      [0, 0.1, 0],
    ])
    const weights = {
      W1,
      gamma: Float64Array.of(1, 2, 3),
      alpha: Float64Array.of(0, 0.6, 0.9),
      W2: Matrix.fromRows([[0], [1], [1]]),
    }
    const network = bnReluNetwork(weights, X)
    expect([...network.arrays.norm.data.slice(1)]).toEqual([0, 0])
    const F = forward(network, X)
    for (const value of F.data) expect(value).toBeCloseTo(1.5 / Math.sqrt(3), 14)
    const result = gradient(network, X, Matrix.fromRows([[1], [2], [3]]), 'squared', 0.1)
    for (const { data } of Object.values(result.gradient)) expect(data.every(Number.isFinite)).toBe(true)
  })

  it('ignores stored statistics in the objective and does not depend on the scale of W1', () => {
    const { X, Y, network } = example('bn-relu', 'squared')
    const value = objective(network, X, Y, 'squared', 0.1)
    const other = cloneNetwork(network)
    other.arrays.norm.data.fill(1e-3)
    other.arrays.n.data[0] = 1
    other.arrays.W1.data.forEach((w, i) => (other.arrays.W1.data[i] = 7 * w))
    expect(objective(other, X, Y, 'squared', 0.1)).toBeCloseTo(value, 11)
  })

  it('uses the stored training statistics for other rows', () => {
    const { X, network } = example('bn-relu', 'squared')
    const all = forward(network, X)
    expect(maxDifference(forward(network, slice(X, 2, 1)).data, all.row(2))).toBeLessThan(1e-14)
  })

  it('is the same function in the standard-deviation convention', () => {
    const { X, network } = example('bn-relu', 'squared')
    const { weight, bias, runningMean, runningVariance } = toStandardBatchNorm(network)[0]
    const H = multiply(X, new Matrix(4, 5, network.arrays.W1.data))
    const A = Matrix.zeros(X.rows, 5)
    for (let i = 0; i < X.rows; i++) {
      for (let j = 0; j < 5; j++) {
        const normalized = (H.get(i, j) - runningMean[j]) / Math.sqrt(runningVariance[j])
        A.set(i, j, Math.max(0, weight[j] * normalized + bias[j]))
      }
    }
    const F = multiply(A, new Matrix(5, 2, network.arrays.W2.data))
    expect(maxDifference(F.data, forward(network, X).data)).toBeLessThan(1e-12)
  })

  it('gives a batch the scale of the whole set: duplicated rows change nothing', () => {
    const { X, Y, network } = example('bn-relu', 'squared', { n: 8 })
    const twice = (A: Matrix): Matrix => new Matrix(2 * A.rows, A.cols, Float64Array.of(...A.data, ...A.data))
    const whole = NETWORKS['bn-relu'].lossGradient(network, twice(X), twice(Y), LOSSES.squared, 16)
    const batch = NETWORKS['bn-relu'].lossGradient(network, X, Y, LOSSES.squared, 16)
    expect(2 * batch.loss).toBeCloseTo(whole.loss, 11)
    for (const name of ['W1', 'gamma', 'alpha', 'W2']) {
      const doubled = batch.gradient[name].data.map((value) => 2 * value)
      expect(maxDifference(doubled, whole.gradient[name].data), name).toBeLessThan(1e-11)
    }
  })

  it('has the gradient of a batch too', () => {
    const { X, Y, network } = example('bn-relu', 'squared', { n: 12 })
    const at = (moved: TrainedNetwork) =>
      NETWORKS['bn-relu'].lossGradient(moved, slice(X, 3, 5), slice(Y, 3, 5), LOSSES.squared, 12)
    const along = (direction: Float64Array, t: number): number => {
      const moved = cloneNetwork(network)
      direction.forEach((value, i) => (moved.arrays.W1.data[i] += t * value))
      return at(moved).loss
    }
    const direction = stream(1).normals(20)
    const { gradient: g } = at(network)
    const slope = direction.reduce((sum, value, i) => sum + value * g.W1.data[i], 0)
    expect((along(direction, 1e-5) - along(direction, -1e-5)) / 2e-5).toBeCloseTo(slope, 6)
  })
})
