import { describe, expect, it } from 'vitest'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { combine, multiply, outerGram } from '../../../core/linalg/products.ts'
import { LOSSES } from '../../../core/losses/index.ts'
import { conjugateGradients } from '../../../core/programs/linear/conjugate-gradients.ts'
import { decayCost, decayProx, sizeOfCost } from '../../../core/programs/linear/schatten.ts'
import { localOptimum } from '../../../core/programs/linear/local-optimum.ts'
import { solveNuclearNewton } from '../../../core/programs/linear/nuclear-newton.ts'
import { searchSizes } from '../../../core/programs/linear/size-search.ts'
import { SpectralShrinkage } from '../../../core/programs/linear/spectral-shrinkage.ts'
import { stream } from '../../../core/random/index.ts'
import { finished, gaussian, orthonormal, solve, teacherProblem } from './linear-fixtures.ts'

describe('the cost of a singular value', () => {
  it.each([2, 3, 4, 7])('has a prox that beats a grid, %i layers', (layers) => {
    for (const gamma of [0.01, 0.3, 1, 4]) {
      for (let t = 0; t <= 6; t += 0.375) {
        const cost = (s: number) => 0.5 * (s - t) ** 2 + gamma * decayCost(Float64Array.of(s), layers)
        const best = cost(decayProx(t, gamma, layers))
        const grid = Array.from({ length: 600 }, (_, k) => cost(0.01 * k))
        expect(Math.min(...grid)).toBeGreaterThanOrEqual(best - 1e-13)
      }
    }
  })

  it('is inverted by the size of a cost', () => {
    for (const layers of [2, 3, 6]) {
      expect(decayCost(Float64Array.of(sizeOfCost(1.7, layers)), layers)).toBeCloseTo(1.7, 12)
    }
  })
})

describe('the shrinkage of singular values', () => {
  it.each([
    [5, 3],
    [3, 5],
    [4, 4],
    [6, 1],
    [1, 4],
  ])('of %i×%i matrices has the derivative of its value, also as a factor', (r, K) => {
    const source = stream(3).split(r).split(K)
    const [Z, H] = [new Matrix(r, K, source.normals(r * K)), new Matrix(r, K, source.normals(r * K))]
    const kappa = 0.8
    const at = (t: number) => new SpectralShrinkage(combine(1, Z, t, H), kappa).point
    const shrinkage = new SpectralShrinkage(Z, kappa)
    const J = shrinkage.derivative(H)
    const difference = combine(5e5, at(1e-6), -5e5, at(-1e-6))
    J.data.forEach((value, k) => expect(value).toBeCloseTo(difference.data[k], 7))
    const A = new Matrix(7, r, source.normals(7 * r))
    const factor = shrinkage.factor(A, 2)
    expect(factor.cols).toBe(shrinkage.directionCount)
    const V = new Matrix(7, K, source.normals(7 * K))
    const through = multiply(A, shrinkage.derivative(multiply(A, V, { transposeA: true, alpha: 2 })))
    const direct = multiply(outerGram(factor), Matrix.column(V.data))
    direct.data.forEach((value, k) => expect(value).toBeCloseTo(through.data[k], 11))
  })
})

describe('conjugate gradients', () => {
  it('solve a positive definite system to the residual asked for', () => {
    const S = outerGram(gaussian(12, 20, 1))
    const b = stream(2).normals(12)
    const x = conjugateGradients((v) => multiply(S, Matrix.column(v)).data, b, 1e-9)
    const left = multiply(S, Matrix.column(x)).data.map((value, k) => value - b[k])
    expect(Math.hypot(...left)).toBeLessThan(2e-9 * Math.hypot(...b))
  })
})

describe('deep linear networks with several outputs', () => {
  const problems = [3, 5].flatMap((layers) => [0.2, 1, 2.5].map((beta) => [layers, beta] as const))

  it.each(problems)(
    'have the separable optimum on whitened data, found and bounded: L = %i, β = %f',
    (layers, beta) => {
      const X = orthonormal(20, 6, layers)
      const Y = multiply(X, gaussian(6, 3, 4))
      for (let at = 0; at < Y.data.length; at++) Y.data[at] += 0.1 * Math.sin(at)
      const exact = solve({ X, Y, loss: 'squared', beta }, layers)
      expect(exact).toMatchObject({ status: 'solved', level: 'global' })
      const program = { A: X, Y, loss: LOSSES.squared, beta }
      const settings = { tolerance: 1e-7, stop: () => null }
      const local = finished(localOptimum(program, layers, solveNuclearNewton, settings))
      expect(local.objective).toBeGreaterThanOrEqual(exact.objective * (1 - 1e-9))
      expect(local.objective).toBeLessThanOrEqual(exact.objective * (1 + 1e-6))
      const bound = finished(
        searchSizes({ program, layers, infimum: 0, solver: solveNuclearNewton }, settings),
      ).lowerBound
      expect(bound).toBeLessThanOrEqual(exact.objective)
      expect(bound).toBeGreaterThan(0.5 * exact.objective)
    },
  )

  it.each(problems)(
    'are bounded at least as well as by the envelope of the nuclear norm: L = %i, β = %f',
    (layers, beta) => {
      const problem = { ...teacherProblem('squared', beta, { n: 30, d: 5, K: 3 }), beta }
      const { objective, lowerBound, level } = solve(problem, layers, { tolerance: 1e-6 })
      expect(level).toBe('bound')
      expect(lowerBound).toBeLessThanOrEqual(objective)
      // No singular value of an optimum exceeds M, and there σ^{2/L} ≥ M^{2/L−1}σ.
      const most = sizeOfCost(objective / beta, layers)
      const envelope = 0.5 * beta * layers * most ** (2 / layers - 1)
      expect(lowerBound).toBeGreaterThanOrEqual(solve({ ...problem, beta: envelope }).dual * (1 - 1e-6))
    },
  )

  it('of one hidden unit are proved optimal', () => {
    const problem = teacherProblem('cross-entropy', 0.3, { n: 20, d: 4, K: 2 })
    const { network, objective, lowerBound } = solve(problem, 3, { tolerance: 1e-7 })
    expect(network.arrays.W1.shape).toEqual([4, 1])
    expect(objective - lowerBound).toBeLessThan(2e-7 * objective)
  })
})
