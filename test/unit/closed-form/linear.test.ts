import { describe, expect, it } from 'vitest'
import type { Problem } from '../../../core/experiments/problem.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { frobeniusNorm, multiply, scale } from '../../../core/linalg/products.ts'
import { leastSquares, singularValues, spectralNorm, thinSvd } from '../../../core/linalg/svd.ts'
import { LOSSES } from '../../../core/losses/index.ts'
import { numericalRanks } from '../../../core/measures/ranks.ts'
import { layers as layersOfNetwork } from '../../../core/networks/index.ts'
import { bestTrained, linearOf, show, type Shown } from './branch-fixtures.ts'
import { gaussian, problemOf } from './fixtures.ts'

/** n×d with XᵀX = scale²·I, n ≥ d. */
function orthonormalColumns(n: number, d: number, seed: number, by = 1): Matrix {
  const { U } = thinSvd(gaussian(n, d, seed))
  scale(by, U.data)
  return U
}

const whitened = (layers: number, beta: number, K = 5, by = 1): Problem =>
  problemOf(orthonormalColumns(40, 20, 1, by), gaussian(40, K, 2), 'real', {
    network: linearOf(layers),
    beta,
  })

/** σ_max(XᵀV) ≤ β and −ℓ*(−V) = the objective, to 1e-8: strong duality, computed here from V alone. */
function expectStrongDuality(problem: Problem, { outcome, objective }: Shown, beta: number): void {
  const { X, Y, loss } = problem
  const V = new Matrix(Y.rows, Y.cols, outcome.arrays!.dual.data)
  expect(spectralNorm(multiply(X, V, { transposeA: true }))).toBeLessThanOrEqual(beta * (1 + 1e-9))
  expect(Math.abs(objective - LOSSES[loss].dualValue(V, Y))).toBeLessThan(1e-8)
}

describe('linear networks on whitened data', () => {
  it('two layers, 20×50 and 50×5: the rank steps exactly at the singular values of YᵀX (40 values of β)', () => {
    const { X, Y } = whitened(2, 1)
    const sigma = singularValues(multiply(Y, X, { transposeA: true }))
    const betas = Array.from({ length: 36 }, (_, k) => ((k + 0.5) / 36) * 1.1 * sigma[0])
    // And hard by a step, on both sides.
    betas.push(sigma[2] * (1 - 1e-9), sigma[2] * (1 + 1e-9), sigma[0] * (1 - 1e-9), sigma[0] * (1 + 1e-9))
    for (const beta of betas) {
      const shown = show(whitened(2, beta))
      const above = sigma.filter((value) => value > beta).length
      expect(numericalRanks(shown.outcome.network!), `β = ${beta}`).toEqual([above, above])
      expect(Math.abs(shown.objective - shown.stated)).toBeLessThan(1e-9)
      expect(shown.certificate.level).toBe('global')
    }
  })

  it.each([0.5, 2, 5, 9])('two layers, β = %f: strong duality', (beta) => {
    const problem = whitened(2, beta, 5, 1.7)
    expectStrongDuality(problem, show(problem), beta)
  })

  it('four layers, four values of β: equal ranks, equal norms, operator norm (Σσ^{2/L})^{1/2} of the product', () => {
    const ranks = [0.5, 1.5, 2.2, 2.6].map((beta) => {
      const { outcome, objective, stated, certificate } = show(whitened(4, beta))
      const all = numericalRanks(outcome.network!)
      expect(new Set(all).size).toBe(1)
      const weights = layersOfNetwork(outcome.network!)
      for (const W of weights) {
        expect(frobeniusNorm(W)).toBeCloseTo(frobeniusNorm(weights[0]), 11)
        expect(spectralNorm(W)).toBeCloseTo(spectralNorm(weights[0]), 11)
      }
      expect(Math.abs(objective - stated)).toBeLessThan(1e-9)
      expect(certificate.level).toBe('global')
      expect(certificate.gap!).toBeLessThan(1e-9)
      return all[0]
    })
    expect(ranks[0]).toBeGreaterThan(ranks[3])
    expect([...ranks].sort((a, b) => b - a)).toEqual(ranks)
  })

  it('the value is that of the singular values, each minimised on a grid', () => {
    const problem = whitened(3, 0.8, 3)
    const sigma = singularValues(multiply(problem.Y, problem.X, { transposeA: true }))
    const rest = 0.5 * (frobeniusNorm(problem.Y) ** 2 - sigma.reduce((sum, value) => sum + value * value, 0))
    const least = sigma.reduce((sum, t) => {
      let best = Infinity
      for (let s = 0; s <= t; s += t / 20000) {
        best = Math.min(best, 0.5 * (s - t) ** 2 + 0.5 * 0.8 * 3 * s ** (2 / 3))
      }
      return sum + best
    }, rest)
    expect(show(problem).stated).toBeCloseTo(least, 5)
  })

  it('training from random starts does not go below', () => {
    const X = orthonormalColumns(12, 4, 3)
    const problem = problemOf(X, gaussian(12, 2, 4), 'real', { network: linearOf(3, 6), beta: 0.2 })
    const { stated } = show(problem)
    const best = bestTrained(problem, 4, 1500, 0.02)
    expect(best).toBeGreaterThan(stated - 1e-9)
    expect(best).toBeLessThan(1.02 * stated)
  })

  it('refuses other data with the singular values', () => {
    const problem = problemOf(gaussian(9, 4, 1), gaussian(9, 3, 2), 'real', { network: linearOf(3) })
    expect(() => show(problem, 'linear-whitened')).toThrow(/singular values of X equal \(here \d/)
  })
})

describe('minimum-norm linear networks', () => {
  const interpolating = (layers: number, K: number): Problem =>
    problemOf(gaussian(6, 10, 1), gaussian(6, K, 2), 'real', { network: linearOf(layers), loss: 'equality' })

  it.each([
    [2, 1],
    [3, 1],
    [5, 1],
    [2, 4],
    [4, 4],
  ])('L = %i, %i outputs: X†Y, aligned layers of one norm, proved', (L, K) => {
    const problem = interpolating(L, K)
    const { stated, objective, certificate, outcome } = show(problem)
    const sigma = singularValues(leastSquares(problem.X, problem.Y))
    const value = 0.5 * L * sigma.reduce((sum, s) => sum + s ** (2 / L), 0)
    expect(stated).toBeCloseTo(value, 10)
    expect(Math.abs(objective - stated)).toBeLessThan(1e-9)
    expect(certificate.level).toBe('global')
    expect(numericalRanks(outcome.network!)).toEqual(new Array(L).fill(K))
    const norms = layersOfNetwork(outcome.network!).map(frobeniusNorm)
    for (const norm of norms) expect(norm).toBeCloseTo(norms[0], 11)
  })

  it.each([1, 4])('two layers, %i outputs: strong duality', (K) => {
    const problem = interpolating(2, K)
    expectStrongDuality(problem, show(problem), 1)
  })

  it('targets out of reach are refused with the miss', () => {
    const problem = problemOf(gaussian(10, 4, 1), gaussian(10, 1, 2), 'real', {
      network: linearOf(3),
      loss: 'equality',
    })
    expect(() => show(problem)).toThrow(/misses them by \d/)
  })
})

describe('linear networks by the projection of the labels', () => {
  it.each([
    [1, 0.5],
    [1, 8],
    [4, 0.5],
    [4, 3],
  ])('two layers, %i outputs, β = %f: strong duality on any data', (K, beta) => {
    const problem = problemOf(gaussian(15, 6, 1), gaussian(15, K, 2), 'real', { network: linearOf(2), beta })
    const shown = show(problem)
    expect(shown.outcome.details!.theorem).toContain('projected')
    expect(Math.abs(shown.objective - shown.stated)).toBeLessThan(1e-9)
    expect(shown.certificate.level).toBe('global')
    expectStrongDuality(problem, shown, beta)
  })

  it.each([3, 4])('L = %i, one output: one direction, the best size of a scan, proved', (L) => {
    const problem = problemOf(gaussian(15, 6, 1), gaussian(15, 1, 2), 'real', {
      network: linearOf(L),
      beta: 0.5,
    })
    const { stated, objective, certificate, outcome } = show(problem)
    expect(Math.abs(objective - stated)).toBeLessThan(1e-9)
    expect(certificate.level).toBe('global')
    expect(certificate.gap!).toBeLessThan(1e-8)
    const ranks = numericalRanks(outcome.network!)
    expect(new Set(ranks).size).toBe(1)
    expect(stated).toBeCloseTo(bySecularScan(problem, L), 6)
  })

  it.each([3, 5])('L = %i, one output: strong duality at the optimal norm of the first layers', (L) => {
    const beta = 0.5
    const problem = problemOf(gaussian(15, 6, 1), gaussian(15, 1, 2), 'real', { network: linearOf(L), beta })
    const { X, Y } = problem
    const { objective, outcome } = show(problem)
    const W = new Matrix(6, 1, outcome.arrays!.product.data)
    const t = frobeniusNorm(W) ** (1 / L)
    const V = multiply(X, W, { alpha: -1, beta: 1, out: Y.clone() })
    expect(frobeniusNorm(multiply(X, V, { transposeA: true }))).toBeCloseTo(beta * t ** (2 - L), 9)
    const dual = LOSSES.squared.dualValue(V, Y) + 0.5 * beta * (L - 2) * t * t
    expect(Math.abs(objective - dual)).toBeLessThan(1e-8)
  })

  it('several outputs and three layers are refused', () => {
    const problem = problemOf(gaussian(15, 6, 1), gaussian(15, 3, 2), 'real', { network: linearOf(3) })
    expect(() => show(problem, 'linear-projection')).toThrow('one output or two layers')
  })
})

/** min over μ of the objective at w = (XᵀX + μI)⁻¹Xᵀy: every best w of a given size is one of these. */
function bySecularScan({ X, Y, beta }: Problem, L: number): number {
  const { U, s, V } = thinSvd(X)
  const b = multiply(U, Y, { transposeA: true }).data
  let least = 0.5 * frobeniusNorm(Y) ** 2
  for (let exponent = -6; exponent < 4; exponent += 1e-3) {
    const w = s.map((value, k) => (value * b[k]) / (value * value + 10 ** exponent))
    const W = multiply(V, Matrix.column(w))
    const F = multiply(X, W)
    least = Math.min(least, LOSSES.squared.value(F, Y) + 0.5 * beta * L * frobeniusNorm(W) ** (2 / L))
  }
  return least
}
