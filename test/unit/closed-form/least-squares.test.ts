import { describe, expect, it } from 'vitest'
import { ridge } from '../../../core/closed-form/ridge.ts'
import { runLeastSquares } from '../../../core/experiments/methods/least-squares.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { frobeniusNorm } from '../../../core/linalg/products.ts'
import { leastSquares } from '../../../core/linalg/svd.ts'
import { gradient, linearNetwork, objective } from '../../../core/networks/index.ts'
import { context, finish, gaussian, oneHot, problemOf, RELU } from './fixtures.ts'

describe('ridge', () => {
  it.each([
    [12, 4],
    [5, 9],
    [7, 7],
  ])('is stationary for n = %i, d = %i', (n, d) => {
    const [X, Y] = [gaussian(n, d, 1), gaussian(n, 3, 2)]
    for (const beta of [1e-6, 0.3, 50]) {
      const W = ridge(X, Y, beta)
      const G = gradient(linearNetwork(W), X, Y, 'squared', beta).gradient.W1.data
      expect(frobeniusNorm(new Matrix(d, 3, G))).toBeLessThan(1e-11)
    }
  })

  it('tends to the minimum-norm solution, rank-deficient data included', () => {
    const X = gaussian(6, 4, 3)
    for (let i = 0; i < 6; i++) X.set(i, 3, 2 * X.get(i, 0))
    const Y = gaussian(6, 2, 4)
    const limit = leastSquares(X, Y)
    const W = ridge(X, Y, 1e-14)
    for (let at = 0; at < W.data.length; at++) expect(W.data[at]).toBeCloseTo(limit.data[at], 8)
  })
})

describe('least-squares method', () => {
  it('proves nothing about the network and says of which model it is the optimum', () => {
    const problem = problemOf(gaussian(12, 4, 1), oneHot(12, 3, 2), 'one-hot', { network: RELU, beta: 0.7 })
    const { outcome } = finish(runLeastSquares(problem, { id: 'least-squares' }, context()))
    expect(outcome.status).toBe('solved')
    expect(outcome.network!.family).toBe('linear')
    expect(outcome.claim.level).toBe('none')
    expect(outcome.claim.lowerBound).toBeNull()
    expect(outcome.claim.how).toContain('one-layer linear model')
    const value = objective(outcome.network!, problem.X, problem.Y, 'squared', 0.7)
    expect(outcome.details!['optimum of the one-layer model']).toBe(value)
  })

  it('refuses other losses', () => {
    const problem = problemOf(gaussian(12, 4, 1), oneHot(12, 3, 2), 'one-hot', { loss: 'cross-entropy' })
    expect(() => finish(runLeastSquares(problem, { id: 'least-squares' }, context()))).toThrow('squared loss')
  })
})
