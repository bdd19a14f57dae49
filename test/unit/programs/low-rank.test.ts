import { describe, expect, it } from 'vitest'
import type { LossId } from '../../../core/experiments/document.ts'
import { NETWORK_SCHEMAS } from '../../../core/experiments/document.ts'
import type { Problem } from '../../../core/experiments/problem.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { combine } from '../../../core/linalg/products.ts'
import { singularValues, spectralNorm } from '../../../core/linalg/svd.ts'
import { NETWORKS, objective } from '../../../core/networks/index.ts'
import {
  lossLipschitz,
  lowRankDualBound,
  lowRankFactor,
  lowRankInterval,
  truncatedData,
  truncatedProblem,
} from '../../../core/programs/low-rank/index.ts'
import { stream } from '../../../core/random/index.ts'
import { solveActiveSet } from '../../../core/solvers/active-set.ts'
import { enumerated, plantedProblem, problemOn, solved } from './fixtures.ts'

const objectiveOn = ({ X, Y, loss, beta }: Problem, network: Parameters<typeof objective>[0]) =>
  objective(network, X, Y, loss, beta)

/** p*, p_r and the dual value on the truncated data, all cells of both enumerated. */
function optima(problem: Problem, rank: number) {
  const optimum = solved(solveActiveSet, enumerated(problem).program, 1e-7)
  const { problem: cut, sigmaNext } = truncatedProblem(problem, rank)
  const built = enumerated(cut)
  const truncated = solved(solveActiveSet, built.program, 1e-7)
  expect([optimum.status, truncated.status]).toEqual(['solved', 'solved'])
  const pr = objectiveOn(problem, built.recover(truncated.blocks))
  return { optimum, pr, dual: truncated.dual, sigmaNext }
}

describe('truncated data', () => {
  it('are the best approximation of their rank, and say what is missing', () => {
    const X = new Matrix(12, 5, stream(1).normals(60))
    const s = singularValues(X)
    for (const rank of [1, 3]) {
      const { X: cut, sigmaNext } = truncatedData(X, rank)
      expect(singularValues(cut)[rank]).toBeLessThan(1e-14)
      expect(sigmaNext).toBeCloseTo(s[rank], 12)
      expect(spectralNorm(combine(1, X, -1, cut))).toBeCloseTo(s[rank], 12)
    }
    expect(truncatedData(X, 5)).toEqual({ X, sigmaNext: 0 })
  })

  it('make a problem of that rank', () => {
    const { problem } = truncatedProblem(plantedProblem('relu', 'hinge', 0.1, { d: 4 }), 2)
    expect(problem.summary).toMatchObject({ rank: 2, d: 4, n: 20 })
    expect(enumerated(problem).program.dictionary.count).toBe(40)
  })
})

describe('the low-rank guarantee', () => {
  const seeds = Array.from({ length: 13 }, (_, i) => i + 1)

  it.each(['hinge', 'logistic'] as const)('holds on random problems, %s loss', (loss) => {
    let tightest = Infinity
    for (const seed of seeds) {
      for (const [rank, beta] of [
        [1, 1],
        [2, 0.2],
      ]) {
        const problem = plantedProblem('relu', loss, beta, { n: 9, d: 3, seed })
        const { optimum, pr, dual, sigmaNext } = optima(problem, rank)
        const setting = { sigmaNext, beta, m1: 1, m2: 1, lipschitz: lossLipschitz(loss, 9)! }
        const { lower, upper } = lowRankInterval({ pr, ...setting })
        expect(upper).toBeGreaterThanOrEqual(optimum.dual)
        expect(lower).toBeLessThanOrEqual(optimum.primal)
        const bound = lowRankDualBound({ dual, ...setting })
        expect(bound).toBeLessThanOrEqual(optimum.primal)
        expect(bound).toBeGreaterThanOrEqual(lower * (1 - 1e-6))
        tightest = Math.min(tightest, optimum.primal / bound)
      }
    }
    expect(tightest).toBeLessThan(10)
  })

  it('fails with the Lipschitz constant 1, and holds with √n: n = 100 rows (1, ±0.1)', () => {
    const signs = Float64Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 1 : -1))
    const X = Matrix.fromRows([...signs].map((sign) => [1, 0.1 * sign]))
    const problem = problemOn(X, Matrix.column(signs), 'relu', 'hinge', 1)
    const { optimum, pr, sigmaNext } = optima(problem, 1)
    expect(sigmaNext).toBeCloseTo(1, 12)
    expect(pr).toBeCloseTo(100, 5)
    expect(optimum.primal).toBeLessThanOrEqual(20 * (1 + 1e-6))
    const setting = { sigmaNext, beta: 1, m1: 1, m2: 1 }
    expect(lowRankInterval({ pr, ...setting, lipschitz: 1 }).lower).toBeGreaterThan(optimum.primal)
    const lipschitz = lossLipschitz('hinge', 100)!
    expect(lowRankInterval({ pr, ...setting, lipschitz }).lower).toBeLessThan(optimum.primal)
  })

  it('bounds how far the objective of any network moves, three layers and several outputs too', () => {
    for (const loss of ['hinge', 'logistic', 'cross-entropy'] as const) {
      for (const family of ['relu', 'parallel'] as const) {
        const shares = seeds.map((seed) => allowanceUsed(loss, family, seed))
        expect(Math.max(...shares)).toBeLessThanOrEqual(1)
        expect(Math.max(...shares)).toBeGreaterThan(0.003)
      }
    }
  })

  it('is not drawn where it does not hold', () => {
    expect(lossLipschitz('squared', 10)).toBeNull()
    expect(lossLipschitz('equality', 10)).toBeNull()
    expect(lossLipschitz('hinge', 16)).toBe(4)
  })
})

/** The share of the allowed relative change that a random network takes between the data and their truncation. */
function allowanceUsed(loss: LossId, family: 'relu' | 'parallel', seed: number): number {
  const source = stream(seed).split(loss).split(family)
  const [n, d, beta] = [8, 4, 0.5]
  const K = loss === 'cross-entropy' ? 3 : 1
  const Y = Matrix.zeros(n, K)
  for (let i = 0; i < n; i++) {
    if (K > 1) Y.set(i, source.integer(K), 1)
    else Y.set(i, 0, source.uniform() < 0.5 ? -1 : 1)
  }
  const X = new Matrix(n, d, source.normals(n * d))
  const { X: cut, sigmaNext } = truncatedData(X, 2)
  const sizes = family === 'relu' ? { width: 6 } : { m1: 3, m2: 2, branches: 4 }
  const network = NETWORKS[family].initialize(
    { n, d, outputs: K, network: NETWORK_SCHEMAS[family].parse({ family, ...sizes }), image: null },
    { kind: 'gaussian', scale: source.uniform(0.2, 2) },
    source.split('weights'),
  )
  const [m1, m2] = family === 'relu' ? [1, 1] : [3, 2]
  const factor = lowRankFactor({ sigmaNext, beta, m1, m2, lipschitz: lossLipschitz(loss, n)! })
  const [before, after] = [X, cut].map((data) => objective(network, data, Y, loss, beta))
  return (Math.max(before / after, after / before) - 1) / (factor - 1)
}
