import { describe, expect, it } from 'vitest'
import { closedFormApplies } from '../../../core/closed-form/applies.ts'
import { shrunkValue } from '../../../core/closed-form/relu-bn.ts'
import { runConvex } from '../../../core/experiments/methods/convex.ts'
import { METHOD_SCHEMAS } from '../../../core/experiments/document.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { norm2 } from '../../../core/linalg/products.ts'
import { singularValues } from '../../../core/linalg/svd.ts'
import { activeNeurons, forward, objective, reluBnNetwork, vectorOf } from '../../../core/networks/index.ts'
import { stream } from '../../../core/random/index.ts'
import { expectOptimal, reluBn, solve } from './bn-fixtures.ts'
import { context, finish, gaussian, oneHot, problemOf } from './fixtures.ts'

const betas = [1e-3, 0.3, 2, 100]
const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length

describe.each([
  { n: 6, d: 6 },
  { n: 9, d: 30 },
])('closed form 5.5, n = $n, d = $d', ({ n, d }) => {
  const X = gaussian(n, d, n)
  const y = stream(n).normals(n)

  it.each(betas)('attains β‖y‖ − ½β² with one neuron, as printed, β = %f', (beta) => {
    const problem = problemOf(X, Matrix.column(y), 'real', { network: reluBn(2), beta })
    const outcome = solve(problem)
    expectOptimal(problem, outcome)
    const norm = norm2(y)
    const expected = norm > beta ? beta * norm - beta ** 2 / 2 : norm ** 2 / 2
    expect(outcome.claim.lowerBound).toBeCloseTo(expected, 12)
    expect(activeNeurons(outcome.network!)).toBe(norm > beta ? 1 : 0)
    if (norm <= beta) return
    // In the scaling of the paper, ‖(γ, α)‖ = 1 and the output is ‖y‖ − β.
    const root = Math.sqrt(norm - beta)
    const [gamma, alpha, output] = ['gamma', 'alpha', 'W2'].map((name) => vectorOf(outcome.network!, name)[0])
    expect(gamma / root).toBeCloseTo(norm2(y.map((value) => value - mean(y))) / norm, 12)
    expect(alpha / root).toBeCloseTo((mean(y) * Math.sqrt(n)) / norm, 12)
    expect(output * root).toBeCloseTo(norm - beta, 12)
  })

  it.each(betas)('shrinks the singular values of several outputs, β = %f', (beta) => {
    const Y = gaussian(n, 3, 7)
    const problem = problemOf(X, Y, 'real', { network: reluBn(2), beta })
    const outcome = solve(problem)
    expectOptimal(problem, outcome)
    const sigmas = [...singularValues(Y)]
    expect(outcome.claim.lowerBound).toBeCloseTo(shrunkValue(sigmas, beta), 11)
    expect(activeNeurons(outcome.network!)).toBe(sigmas.filter((sigma) => sigma > beta).length)
  })
})

it('is what the convex program over all cells finds', () => {
  const X = gaussian(3, 3, 4)
  const problem = problemOf(X, Matrix.column(Float64Array.of(1, -2, 0.5)), 'real', {
    network: reluBn(2),
    beta: 0.4,
  })
  const settings = METHOD_SCHEMAS.convex.parse({ id: 'convex', arrangements: { mode: 'enumerate' } })
  const convex = finish(runConvex(problem, settings, context())).outcome
  const value = objective(convex.network!, X, problem.Y, 'squared', 0.4)
  expect(value).toBeCloseTo(solve(problem).claim.lowerBound!, 5)
})

describe('deeper networks', () => {
  it.each([3, 5])('reach any targets behind random layers, with %i layers', (depth) => {
    const X = gaussian(20, 2, depth)
    for (const Y of [oneHot(20, 3, 1), Matrix.column(stream(1).normals(20))]) {
      const labels = Y.cols === 1 ? 'real' : 'one-hot'
      const problem = problemOf(X, Y, labels, { network: reluBn(depth), beta: 0.3 })
      const outcome = solve(problem)
      expectOptimal(problem, outcome)
      expect(outcome.hypotheses.at(-1)).toEqual({
        name: 'rank(A) = n behind fixed random layers',
        holds: true,
        value: '20 of 20 with 40 units',
      })
    }
  })
})

describe('hypotheses and degenerate targets', () => {
  it('constant targets need no direction: γ = 0', () => {
    for (const constant of [2, -2, 0]) {
      const Y = Matrix.column(new Float64Array(5).fill(constant))
      const problem = problemOf(gaussian(5, 7, 1), Y, 'real', { network: reluBn(2), beta: 0.3 })
      const outcome = solve(problem)
      expectOptimal(problem, outcome)
      for (const gamma of vectorOf(outcome.network!, 'gamma')) expect(gamma).toBe(0)
    }
  })

  it('full row rank is needed, rank([X 1]) = n is not enough', () => {
    const X = gaussian(7, 6, 2)
    const Y = Matrix.column(stream(3).normals(7))
    const problem = problemOf(X, Y, 'real', { network: reluBn(2), beta: 0.3 })
    expect(problem.summary.rankWithOnes).toBe(7)
    const answer = closedFormApplies(problem, { theorem: 'auto', override: false })
    expect(answer.applies).toBe(false)
    expect(answer.hypotheses.filter(({ holds }) => !holds).map(({ name }) => name)).toEqual([
      'n ≤ d',
      'rank(X) = n',
    ])
    expect(() => solve(problem)).toThrow('n ≤ d')
    const outside = solve(problem, { override: true })
    expect(outside.claim.level).toBe('bound')
    expect(objective(outside.network!, X, Y, 'squared', 0.3)).toBeGreaterThan(outside.claim.lowerBound!)
  })

  it('has a dual point that no unit neuron violates', () => {
    const X = gaussian(6, 8, 3)
    const problem = problemOf(X, gaussian(6, 2, 4), 'real', { network: reluBn(2), beta: 0.5 })
    const V = new Matrix(6, 2, solve(problem).arrays!.dual.data)
    const source = stream(5)
    for (let trial = 0; trial < 200; trial++) {
      const angle = source.uniform(0, 2 * Math.PI)
      const phi = forward(
        reluBnNetwork(
          {
            W1: new Matrix(8, 1, source.normals(8)),
            gamma: Float64Array.of(Math.cos(angle)),
            alpha: Float64Array.of(Math.sin(angle)),
            W2: Matrix.fromRows([[1]]),
          },
          X,
        ),
        X,
      ).data
      const price = Math.hypot(
        ...[0, 1].map((k) => phi.reduce((sum, value, i) => sum + value * V.get(i, k), 0)),
      )
      expect(price).toBeLessThanOrEqual(0.5 + 1e-12)
    }
  })
})
