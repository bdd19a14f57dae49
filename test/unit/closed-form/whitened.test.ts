import { describe, expect, it } from 'vitest'
import { NETWORK_SCHEMAS } from '../../../core/experiments/document.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { frobeniusNorm, norm2, outerGram } from '../../../core/linalg/products.ts'
import { layers as layersOfNetwork, objective, reluNetwork } from '../../../core/networks/index.ts'
import { bestTrained, inTurn, reluOf, show, whitenedRows } from './branch-fixtures.ts'
import { bottleneckNetwork } from './bottleneck-fixture.ts'
import { gaussian, problemOf } from './fixtures.ts'

const twelve = (layers: number, beta = 0.2) =>
  problemOf(whitenedRows(12, 20, 1), inTurn(12, 3), 'one-hot', { network: reluOf(layers), beta })

/** min over a fine grid, as a second opinion on ½(s − t)² + (βL/2)s^{2/L}. */
function onGrid(t: number, beta: number, layers: number): number {
  let least = Infinity
  for (let s = 0; s <= 2 * t; s += t / 20000) {
    least = Math.min(least, 0.5 * (s - t) ** 2 + 0.5 * beta * layers * s ** (2 / layers))
  }
  return least
}

describe('whitened data, one-hot labels', () => {
  it.each([
    ['whitened', 1.3898],
    ['whitened-balanced', 1.44],
    ['whitened-literal', 1.632],
  ] as const)('L = 3: the reading %s has value %f', (theorem, value) => {
    const { stated, objective, outcome } = show(twelve(3), theorem)
    expect(stated).toBeCloseTo(value, 4)
    expect(Math.abs(objective - stated)).toBeLessThan(1e-12)
    expect(outcome.status).toBe('solved')
  })

  it.each([2, 3, 4, 5, 10])('L = %i: three branches of the best size, all layers of one norm', (L) => {
    const { stated, objective, outcome } = show(twelve(L))
    expect(stated).toBeCloseTo(3 * onGrid(2, 0.2, L), 6)
    expect(Math.abs(objective - stated)).toBeLessThan(1e-12)
    const norms = layersOfNetwork(outcome.network!).map(frobeniusNorm)
    for (const norm of norms) expect(norm).toBeCloseTo(norms[0], 12)
  })

  it('L = 2: the optimum, proved by a dual point that prices no neuron above β', () => {
    const problem = twelve(2)
    const { stated, objective, certificate, outcome } = show(problem)
    expect(stated).toBeCloseTo(3 * (0.2 * 2 - 0.02), 12)
    expect(certificate.level).toBe('global')
    expect(certificate.gap!).toBeLessThan(1e-12)
    const { data } = outcome.arrays!.dual
    const V = new Matrix(12, 3, data)
    // ρ(V) = max ‖Vᵀz‖ over z ≥ 0, ‖z‖ ≤ 1: V ≥ 0 with disjoint supports.
    const rho = Math.max(...[0, 1, 2].map((k) => norm2(V.columnCopy(k))))
    expect(rho).toBeLessThanOrEqual(0.2 + 1e-12)
    const dual = 0.5 * frobeniusNorm(problem.Y) ** 2 - 0.5 * frobeniusNorm(minus(V, problem.Y)) ** 2
    expect(Math.abs(objective - dual)).toBeLessThan(1e-8)
  })

  it('L ≥ 3: strong duality at the optimal norms t of the first layers (the printed dual)', () => {
    const L = 4
    const problem = twelve(L)
    const { objective, outcome } = show(problem)
    const sizes = outcome.arrays!.sizes.data
    // Each class: λ = β·t^{2−L}·y/‖y‖ with t = s^{1/L}; dual value of its problem plus what the first L − 2 layers cost.
    const dual = sizes.reduce((sum, s) => {
      const t = s ** (1 / L)
      const lambda = 0.2 * t ** (2 - L)
      return sum + lambda * 2 - 0.5 * lambda * lambda + 0.5 * 0.2 * (L - 2) * t * t
    }, 0)
    expect(Math.abs(objective - dual)).toBeLessThan(1e-8)
  })

  it('a class below the threshold has no branch, in any reading', () => {
    for (const theorem of ['whitened', 'whitened-balanced', 'whitened-literal'] as const) {
      const { stated, objective, outcome } = show(twelve(3, 2.5), theorem)
      expect(stated).toBeCloseTo(6, 12)
      expect(objective).toBeCloseTo(6, 12)
      expect(outcome.network!.arrays.W1.shape[1]).toBe(0)
    }
  })

  it('a class without samples is left out', () => {
    const Y = Matrix.zeros(12, 3)
    for (let i = 0; i < 12; i++) Y.set(i, i % 2, 1)
    const { stated, objective } = show({ ...twelve(3), Y })
    expect(stated).toBeCloseTo(2 * onGrid(Math.sqrt(6), 0.2, 3), 6)
    expect(Math.abs(objective - stated)).toBeLessThan(1e-12)
  })
})

const minus = (A: Matrix, B: Matrix) =>
  new Matrix(
    A.rows,
    A.cols,
    A.data.map((value, at) => value - B.data[at]),
  )

describe('the lower bound for all networks of a depth', () => {
  it('is what the claim of three layers and more carries, below every random network', () => {
    for (const L of [3, 5]) {
      const problem = twelve(L)
      const { certificate, stated } = show(problem)
      expect(certificate.level).toBe('bound')
      expect(certificate.lowerBound!).toBeLessThan(stated)
      for (let seed = 0; seed < 100; seed++) {
        const weights = Array.from({ length: L }, (_, l) =>
          gaussian(l === 0 ? 20 : 4, l === L - 1 ? 3 : 4, 10 * seed + l),
        ).map(
          (W) =>
            new Matrix(
              W.rows,
              W.cols,
              W.data.map((value) => value * 0.6),
            ),
        )
        const value = objective(reluNetwork(...weights), problem.X, problem.Y, 'squared', 0.2)
        expect(value).toBeGreaterThan(certificate.lowerBound!)
      }
    }
  })

  it('is attained by one class at every depth', () => {
    const Y = Matrix.zeros(12, 2)
    for (let i = 0; i < 12; i++) Y.set(i, 0, 1)
    for (const L of [2, 3, 7]) {
      const { certificate, objective } = show({ ...twelve(L), Y })
      expect(certificate.level).toBe('global')
      expect(certificate.gap!).toBeLessThan(1e-11)
      expect(objective).toBeCloseTo(onGrid(Math.sqrt(12), 0.2, L), 6)
    }
  })

  it('training from random starts does not go below the exact reading for three layers', () => {
    const problem = { ...twelve(3), network: reluOf(3, 10) }
    const { stated } = show(problem)
    const best = bestTrained(problem, 3, 1500, 0.02)
    expect(best).toBeGreaterThan(stated - 1e-9)
    expect(best).toBeLessThan(stated + 0.2)
  })
})

describe('parallel branches with weight decay, the networks of the theorem', () => {
  const branches = (m1: number, m2: number) => ({
    ...twelve(3),
    network: NETWORK_SCHEMAS['parallel-decay'].parse({ family: 'parallel-decay', m1, m2, branches: 6 }),
  })

  it('the exact reading is proved optimal where every branch ends in one neuron', () => {
    const { stated, objective, certificate, outcome } = show(branches(4, 1))
    expect(outcome.network!.family).toBe('parallel-decay')
    expect(stated).toBe(show(twelve(3)).stated)
    expect(Math.abs(objective - stated)).toBeLessThan(1e-12)
    expect(certificate.level).toBe('global')
    expect(show(branches(4, 2)).certificate.level).toBe('bound')
  })

  it('training from random starts does not go below it', () => {
    const { stated } = show(branches(4, 1))
    const best = bestTrained(branches(4, 1), 3, 1500, 0.02)
    expect(best).toBeGreaterThan(stated - 1e-9)
    expect(best).toBeLessThan(stated + 0.2)
  })

  it('the theorem as printed is measured against it', () => {
    for (const [theorem, value] of [
      ['whitened-balanced', 1.44],
      ['whitened-literal', 1.632],
    ] as const) {
      const { stated, objective, certificate } = show(branches(1, 1), theorem)
      expect(stated).toBeCloseTo(value, 4)
      expect(Math.abs(objective - stated)).toBeLessThan(1e-12)
      expect(certificate.lowerBound).toBeCloseTo(1.3898, 4)
    }
  })
})

describe('separate branches are not the optimum of deep dense networks with many classes', () => {
  it.each([
    [6, 5],
    [10, 5],
    [10, 8],
    [4, 6],
  ])('%i classes, %i layers: a network of fewer directions interpolates with less', (K, L) => {
    const X = whitenedRows(K, K + 2, 4)
    const problem = problemOf(X, inTurn(K, K), 'one-hot', { network: reluOf(L), loss: 'equality' })
    const { stated, certificate } = show(problem)
    expect(stated).toBeCloseTo(0.5 * L * K, 10)
    const value = objective(bottleneckNetwork(X, L), X, problem.Y, 'equality', 1)
    expect(value).toBeCloseTo(0.5 * L * (2 * K ** 3 * (K / 2 + 1) ** (L - 3)) ** (1 / L), 10)
    expect(value).toBeLessThan(0.98 * stated)
    expect(value).toBeGreaterThan(certificate.lowerBound!)
    expect(certificate.level).toBe('bound')
    expect(certificate.how).toContain('can lie below')
  })

  it('with weight decay and the squared loss too', () => {
    const X = whitenedRows(10, 12, 4)
    const problem = problemOf(X, inTurn(10, 10), 'one-hot', { network: reluOf(5), beta: 0.02 })
    const value = objective(bottleneckNetwork(X, 5), X, problem.Y, 'squared', 0.02)
    expect(value).toBeLessThan(0.95 * show(problem).stated)
  })
})

describe('whitened data, one output', () => {
  const y = (seed: number) => Matrix.column(gaussian(8, 1, seed).data)

  it('equality: ‖y₊‖ + ‖y₋‖, two neurons, proved', () => {
    const Y = y(3)
    const problem = problemOf(whitenedRows(8, 11, 2), Y, 'real', { network: reluOf(2), loss: 'equality' })
    const { stated, objective, certificate, outcome } = show(problem)
    const parts = [1, -1].map((sign) => norm2(Y.data.map((value) => Math.max(sign * value, 0))))
    expect(stated).toBeCloseTo(parts[0] + parts[1], 12)
    expect(Math.abs(objective - stated)).toBeLessThan(1e-11)
    expect(certificate.level).toBe('global')
    expect(certificate.gap!).toBeLessThan(1e-11)
    expect(outcome.network!.arrays.W1.shape[1]).toBe(2)
    const dual = outcome.arrays!.dual.data
    expect(Y.data.reduce((sum, value, i) => sum + value * dual[i], 0)).toBeCloseTo(stated, 10)
    for (const sign of [1, -1]) expect(norm2(dual.map((v) => Math.max(sign * v, 0)))).toBeCloseTo(1, 12)
  })

  it('squared: β(‖y₊‖ + ‖y₋‖) − β² below both norms', () => {
    const Y = y(5)
    const problem = problemOf(whitenedRows(8, 11, 2), Y, 'real', { network: reluOf(2), beta: 0.3 })
    const { stated, objective, certificate } = show(problem)
    const parts = [1, -1].map((sign) => norm2(Y.data.map((value) => Math.max(sign * value, 0))))
    expect(stated).toBeCloseTo(0.3 * (parts[0] + parts[1]) - 0.09, 12)
    expect(Math.abs(objective - stated)).toBeLessThan(1e-11)
    expect(certificate.level).toBe('global')
  })
})

describe('hypotheses of the theorems on whitened data', () => {
  it('refuse data that are not whitened, and say by how much', () => {
    const problem = problemOf(gaussian(12, 20, 1), inTurn(12, 3), 'one-hot', { network: reluOf(3) })
    expect(() => show(problem)).toThrow(/X·Xᵀ = I \(here/)
    const tall = problemOf(gaussian(20, 3, 1), inTurn(20, 3), 'one-hot', { network: reluOf(3) })
    expect(() => show(tall)).toThrow(/20 rows, 3 columns/)
  })

  it('with override the weights are computed and nothing is claimed', () => {
    const problem = problemOf(gaussian(12, 20, 1), inTurn(12, 3), 'one-hot', { network: reluOf(3) })
    const { certificate, outcome } = show(problem, 'whitened', true)
    expect(outcome.network).not.toBeNull()
    expect(certificate.level).toBe('none')
    expect(certificate.how).toContain('X·Xᵀ = I')
  })

  it('the data of these tests are whitened', () => {
    const G = outerGram(whitenedRows(12, 20, 1))
    for (let i = 0; i < 12; i++)
      for (let j = 0; j < 12; j++) expect(G.get(i, j)).toBeCloseTo(i === j ? 1 : 0, 13)
  })
})
