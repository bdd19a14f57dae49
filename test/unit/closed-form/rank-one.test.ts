import { describe, expect, it } from 'vitest'
import { rankOneParts } from '../../../core/closed-form/rank-one.ts'
import { METHOD_SCHEMAS } from '../../../core/experiments/document.ts'
import { runConvex } from '../../../core/experiments/methods/convex.ts'
import type { Problem } from '../../../core/experiments/problem.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { frobeniusNorm, multiply, multiplyTransposeVector, norm2 } from '../../../core/linalg/products.ts'
import { singularValues } from '../../../core/linalg/svd.ts'
import { numericalRanks } from '../../../core/measures/ranks.ts'
import { layers as layersOfNetwork } from '../../../core/networks/index.ts'
import { bestTrained, reluOf, show, trainedNetwork } from './branch-fixtures.ts'
import { context, finish, gaussian, problemOf } from './fixtures.ts'

interface RankOneSettings extends Partial<Pick<Problem, 'beta' | 'loss'>> {
  K?: number
  width?: number
  /** Rows of both signs. */
  mixed?: boolean
  /** Targets of one sign. */
  same?: boolean
}

/** X = c·a₀ᵀ with c of one sign or of both, and targets that follow it with noise. */
function rankOneProblem(
  layers: number,
  { K = 1, mixed = false, beta = 0.3, loss = 'squared', width = 10, same = false }: RankOneSettings = {},
): Problem {
  const c = gaussian(12, 1, 1)
  if (!mixed) c.data.forEach((value, i) => (c.data[i] = Math.abs(value)))
  const X = multiply(c, gaussian(1, 5, 2))
  const Y = gaussian(12, K, 3)
  for (let i = 0; i < 12; i++) {
    for (let k = 0; k < K; k++) {
      const clean = same ? Math.abs(c.data[i]) : c.data[i]
      Y.set(i, k, (loss === 'equality' ? 0 : 0.1 * Y.get(i, k)) + (2 + k) * clean)
    }
  }
  return problemOf(X, Y, 'real', { network: reluOf(layers, width), beta, loss })
}

const ratio = (W: Matrix): number => {
  const s = singularValues(W)
  return s[1] / s[0]
}

describe('data of rank one, rows of one sign', () => {
  it.each([
    [2, 1],
    [3, 1],
    [5, 1],
    [2, 3],
    [4, 3],
  ])('L = %i, %i outputs: optimal, all layers of rank one and of one norm', (L, K) => {
    const { stated, objective, certificate, outcome } = show(rankOneProblem(L, { K }))
    expect(Math.abs(objective - stated)).toBeLessThan(1e-11)
    expect(certificate.level).toBe('global')
    expect(certificate.gap!).toBeLessThan(1e-11)
    expect(numericalRanks(outcome.network!)).toEqual(new Array(L).fill(1))
    const norms = layersOfNetwork(outcome.network!).map(frobeniusNorm)
    for (const norm of norms) expect(norm).toBeCloseTo(norms[0], 12)
  })

  it.each([2, 3, 5])('L = %i: the minimum of the one-dimensional problem on a grid', (L) => {
    const problem = rankOneProblem(L)
    const { stated } = show(problem)
    const [{ unit, target }] = rankOneParts(problem.X, problem.Y)
    const rest = 0.5 * (frobeniusNorm(problem.Y) ** 2 - target ** 2)
    let least = Infinity
    for (let x = 0; x < 2; x += 1e-4) {
      const value = rest + 0.5 * (unit * x - target) ** 2 + 0.5 * 0.3 * L * x ** (2 / L)
      least = Math.min(least, value)
    }
    expect(stated).toBeLessThanOrEqual(least + 1e-12)
    expect(stated).toBeCloseTo(least, 6)
  })

  it('strong duality at the optimal norm of the first layers', () => {
    const L = 4
    const problem = rankOneProblem(L)
    const { X, Y } = problem
    const { objective, outcome } = show(problem)
    const t = outcome.arrays!.sizes.data[0] ** (1 / L)
    const V = residual(problem, outcome)
    expect(norm2(multiplyTransposeVector(X, V.data))).toBeCloseTo(0.3 * t ** (2 - L), 10)
    const dual = 0.5 * frobeniusNorm(Y) ** 2 - 0.5 * norm2(V.data.map((v, i) => v - Y.data[i])) ** 2
    expect(Math.abs(objective - (dual + 0.5 * 0.3 * (L - 2) * t * t))).toBeLessThan(1e-8)
  })

  it('five layers: training ends at rank one, not below the formula and close to it', () => {
    const problem = rankOneProblem(5, { width: 8 })
    const { stated } = show(problem)
    const trained = trainedNetwork(problem, 1, 3000, 0.01)
    expect(trained.objective).toBeGreaterThan(stated - 1e-9)
    expect(trained.objective).toBeLessThan(1.001 * stated)
    for (const W of layersOfNetwork(trained.network).slice(0, -1)) expect(ratio(W)).toBeLessThan(1e-3)
  })

  it('a large β leaves the zero network', () => {
    const problem = rankOneProblem(3, { beta: 1e4 })
    const { stated, objective } = show(problem)
    expect(stated).toBeCloseTo(0.5 * frobeniusNorm(problem.Y) ** 2, 10)
    expect(objective).toBeCloseTo(stated, 12)
  })

  it('equality: (L/2)x^{2/L} where the targets are proportional to the rows, refused elsewhere', () => {
    for (const L of [2, 3, 6]) {
      const problem = rankOneProblem(L, { loss: 'equality' })
      const { stated, objective, certificate } = show(problem)
      const [{ unit, target }] = rankOneParts(problem.X, problem.Y)
      expect(stated).toBeCloseTo(0.5 * L * (target / unit) ** (2 / L), 12)
      expect(objective).toBeCloseTo(stated, 11)
      expect(certificate.level).toBe('global')
    }
    const noisy = { ...rankOneProblem(3), loss: 'equality' as const }
    expect(() => show(noisy)).toThrow(/miss the targets by \d/)
  })
})

function residual({ X, Y }: Problem, { network }: { network: unknown }): Matrix {
  const F = layersOfNetwork(network as Parameters<typeof layersOfNetwork>[0]).reduce((A, W, l, all) => {
    const next = multiply(A, W)
    return l < all.length - 1
      ? new Matrix(
          next.rows,
          next.cols,
          next.data.map((v) => Math.max(v, 0)),
        )
      : next
  }, X)
  return new Matrix(
    Y.rows,
    Y.cols,
    Y.data.map((y, i) => y - F.data[i]),
  )
}

describe('data of rank one, rows of both signs', () => {
  it.each([1, 3])('two layers, %i outputs: optimal, the same as the convex program', (K) => {
    const problem = rankOneProblem(2, { mixed: true, K })
    const { stated, objective, certificate, outcome } = show(problem)
    expect(Math.abs(objective - stated)).toBeLessThan(1e-11)
    expect(certificate.level).toBe('global')
    expect(certificate.gap!).toBeLessThan(1e-11)
    const V = new Matrix(12, K, outcome.arrays!.dual.data)
    for (const { unit, response } of rankOneParts(problem.X, problem.Y)) {
      expect(unit * norm2(multiplyTransposeVector(V, response))).toBeLessThanOrEqual(0.3 + 1e-10)
    }
    const settings = METHOD_SCHEMAS.convex.parse({ id: 'convex', tolerance: 1e-10 })
    const convex = finish(runConvex(problem, settings, context())).outcome
    expect(convex.program!.objective).toBeCloseTo(stated, 7)
  })

  it.each([3, 4, 6])(
    'L = %i, parts of one direction share their layers: optimal, below separate ones',
    (L) => {
      const problem = rankOneProblem(L, { mixed: true, same: true })
      const { stated, objective, certificate, outcome } = show(problem)
      expect(outcome.details!.branches).toBe('shared')
      expect(Math.abs(objective - stated)).toBeLessThan(1e-11)
      expect(certificate.level).toBe('global')
      expect(numericalRanks(outcome.network!)).toEqual(new Array(L).fill(1))
      const equality = rankOneProblem(L, { mixed: true, same: true, loss: 'equality' })
      const sizes = rankOneParts(equality.X, equality.Y).map(({ target, unit }) => target / unit)
      const interpolated = show(equality)
      expect(interpolated.objective).toBeCloseTo(0.5 * L * (sizes[0] + sizes[1]) ** (2 / L), 11)
      expect(interpolated.objective).toBeLessThan(0.5 * L * (sizes[0] ** (2 / L) + sizes[1] ** (2 / L)))
    },
  )

  it('training finds the shared optimum of three layers and nothing below', () => {
    const problem = rankOneProblem(3, { mixed: true, same: true, width: 8 })
    const { stated } = show(problem)
    const best = bestTrained(problem, 3, 1500, 0.02)
    expect(best).toBeGreaterThan(stated - 1e-9)
    expect(best).toBeLessThan(1.01 * stated)
  })

  it('three layers, parts of different directions: separate branches with a lower bound', () => {
    const problem = rankOneProblem(3, { mixed: true, width: 8 })
    const { stated, objective, certificate } = show(problem)
    expect(Math.abs(objective - stated)).toBeLessThan(1e-11)
    expect(certificate.level).toBe('bound')
    const best = bestTrained(problem, 3, 1500, 0.02)
    expect(best).toBeGreaterThan(certificate.lowerBound!)
    expect(best).toBeGreaterThan(stated - 1e-9)
  })
})

describe('hypotheses of the theorem for data of rank one', () => {
  it('refuse other ranks, and run with override without a claim', () => {
    const problem = problemOf(gaussian(9, 4, 1), gaussian(9, 1, 2), 'real', { network: reluOf(3) })
    expect(() => show(problem, 'rank-one')).toThrow('rank(X) = 1 (here 4)')
    expect(show(problem, 'rank-one', true).certificate.level).toBe('none')
  })
})
