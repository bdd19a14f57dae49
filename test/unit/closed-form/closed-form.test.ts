import { describe, expect, it } from 'vitest'
import { closedFormApplies } from '../../../core/closed-form/applies.ts'
import { optimalValue } from '../../../core/closed-form/bn-interpolation.ts'
import { scalarParts } from '../../../core/closed-form/bn-scalar.ts'
import { vectorParts } from '../../../core/closed-form/bn-vector.ts'
import { BidualError } from '../../../core/errors.ts'
import { runClosedForm } from '../../../core/experiments/methods/closed-form.ts'
import type { Problem, TrainedNetwork } from '../../../core/experiments/problem.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { multiply, norm2 } from '../../../core/linalg/products.ts'
import { leastSquares } from '../../../core/linalg/svd.ts'
import { LOSSES } from '../../../core/losses/index.ts'
import { activeNeurons, bnReluNetwork, forward, objective, vectorOf } from '../../../core/networks/index.ts'
import { stream } from '../../../core/random/index.ts'
import { BN, context, finish, gaussian, oneHot, problemOf } from './fixtures.ts'

const PARALLEL = { family: 'parallel', layers: 3, m1: 5, m2: 1, branches: 10, outputs: 'auto' } as const
const AUTO = { id: 'closed-form', theorem: 'auto', override: false } as const
const solve = (problem: Problem) => finish(runClosedForm(problem, AUTO, context())).outcome
const valueAt = ({ X, Y, loss, beta }: Problem, network: TrainedNetwork): number =>
  objective(network, X, Y, loss, beta)

const shapes = [
  { n: 6, d: 10, K: 3 },
  { n: 8, d: 8, K: 2 },
  { n: 9, d: 8, K: 4 },
  { n: 21, d: 20, K: 3 },
  { n: 40, d: 90, K: 5 },
]
const betas = [1e-3, 0.1, 0.9, 1.5, 100]

describe.each(shapes)('closed form 5.1, n = $n, d = $d, K = $K', ({ n, d, K }) => {
  it.each(betas)('attains its value formula to 1e-10, β = %f', (beta) => {
    const problem = problemOf(gaussian(n, d, n + d), oneHot(n, K, 3), 'one-hot', { beta })
    const { network, claim, status, arrays } = solve(problem)
    expect(status).toBe('solved')
    expect(claim.level).toBe('global')
    const value = valueAt(problem, network!)
    expect(Math.abs(value - claim.lowerBound!)).toBeLessThan(1e-10 * Math.max(1, value))
    const counts = Array.from({ length: K }, (_, k) => norm2(problem.Y.columnCopy(k)))
    expect(activeNeurons(network!)).toBe(counts.filter((norm) => norm > beta).length)
    // The dual point has the same value, and it is the residual of the network.
    const V = new Matrix(n, K, arrays!.dual.data)
    expect(LOSSES.squared.dualValue(V, problem.Y)).toBeCloseTo(value, 10)
    const F = forward(network!, problem.X)
    for (let at = 0; at < F.data.length; at++)
      expect(problem.Y.data[at] - F.data[at]).toBeCloseTo(V.data[at], 9)
  })

  it('has a dual point that no normalised neuron violates', () => {
    const problem = problemOf(gaussian(n, d, n + d), oneHot(n, K, 3), 'one-hot', { beta: 0.5 })
    const V = new Matrix(n, K, solve(problem).arrays!.dual.data)
    const source = stream(5)
    for (let trial = 0; trial < 200; trial++) {
      const W1 = new Matrix(d, 1, source.normals(d))
      const angle = source.uniform(0, 2 * Math.PI)
      const weights = {
        W1,
        gamma: Float64Array.of(Math.cos(angle)),
        alpha: Float64Array.of(Math.sin(angle)),
        W2: Matrix.fromRows([[1]]),
      }
      const phi = forward(bnReluNetwork(weights, problem.X), problem.X)
      expect(norm2(multiply(V, phi, { transposeA: true }).data)).toBeLessThanOrEqual(0.5 + 1e-12)
    }
  })
})

describe('closed form 5.2, scalar output', () => {
  it.each(betas)('attains its value formula on real targets, β = %f', (beta) => {
    for (const [n, d] of [
      [5, 9],
      [12, 11],
      [30, 40],
    ]) {
      const Y = Matrix.column(stream(n).normals(n))
      const problem = problemOf(gaussian(n, d, d), Y, 'real', { beta })
      const { network, claim } = solve(problem)
      const value = valueAt(problem, network!)
      expect(Math.abs(value - claim.lowerBound!)).toBeLessThan(1e-10 * Math.max(1, value))
      const [plus, minus] = scalarParts(Y).map(({ values }) => norm2(values))
      if (beta < Math.min(plus, minus)) {
        expect(claim.lowerBound).toBeCloseTo(beta * (plus + minus) - beta * beta, 12)
      }
    }
  })

  it('covers ±1 labels and targets of one sign', () => {
    const X = gaussian(10, 12, 1)
    const source = stream(2)
    const signs = Matrix.column(Float64Array.from({ length: 10 }, () => (source.uniform() < 0.5 ? -1 : 1)))
    const positive = Matrix.column(source.normals(10).map((y) => Math.abs(y) + 0.1))
    const negative = Matrix.column(positive.data.map((y) => -y))
    for (const [Y, labels, neurons] of [
      [signs, 'sign', 2],
      [positive, 'real', 1],
      [negative, 'real', 1],
    ] as const) {
      const problem = problemOf(X, Y, labels, { beta: 0.2 })
      const { network, claim } = solve(problem)
      expect(Math.abs(valueAt(problem, network!) - claim.lowerBound!)).toBeLessThan(1e-10)
      expect(activeNeurons(network!)).toBe(neurons)
    }
  })
})

describe('special labels', () => {
  it('gives a class that holds all samples γ = 0', () => {
    const Y = Matrix.zeros(6, 2)
    for (let i = 0; i < 6; i++) Y.set(i, 0, 1)
    const problem = problemOf(gaussian(6, 7, 4), Y, 'one-hot', { beta: 0.3 })
    const { network, claim } = solve(problem)
    expect([...vectorOf(network!, 'gamma')]).toEqual([0])
    expect(claim.lowerBound).toBeCloseTo(0.3 * Math.sqrt(6) - 0.045, 14)
    expect(Math.abs(valueAt(problem, network!) - claim.lowerBound!)).toBeLessThan(1e-12)
  })

  it('gives β ≥ β_max the zero network with value ½‖Y‖²', () => {
    const problem = problemOf(gaussian(6, 7, 4), oneHot(6, 3, 1), 'one-hot', { beta: Math.sqrt(6) })
    const { network, claim } = solve(problem)
    expect(activeNeurons(network!)).toBe(0)
    expect(claim.lowerBound).toBe(3)
    expect(valueAt(problem, network!)).toBe(3)
  })
})

describe('n = d + 1, where the printed weights A†y are wrong', () => {
  it('is attained by the centred solution and missed by the printed one', () => {
    const X = gaussian(9, 8, 11)
    for (let at = 0; at < X.data.length; at++) X.data[at] += 1
    const Y = oneHot(9, 3, 5)
    const problem = problemOf(X, Y, 'one-hot', { beta: 0.4 })
    expect(problem.summary.rank).toBe(8)
    const { network, claim } = solve(problem)
    const value = valueAt(problem, network!)
    expect(Math.abs(value - claim.lowerBound!)).toBeLessThan(1e-10)
    const printed = bnReluNetwork(
      {
        W1: leastSquares(X, Y),
        gamma: vectorOf(network!, 'gamma'),
        alpha: vectorOf(network!, 'alpha'),
        W2: new Matrix(3, 3, vectorOf(network!, 'W2')),
      },
      X,
    )
    expect(valueAt(problem, printed)).toBeGreaterThan(value + 1e-3)
  })
})

describe('conditioning', () => {
  it('still attains the formula when the data have condition number 1e6 and a large mean', () => {
    const X = gaussian(12, 20, 3)
    for (let i = 0; i < 12; i++) for (let k = 0; k < 20; k++) X.set(i, k, 50 + X.get(i, k) * 10 ** (-k / 3))
    const problem = problemOf(X, oneHot(12, 3, 7), 'one-hot', { beta: 0.3 })
    const { network, claim, status } = solve(problem)
    expect(status).toBe('solved')
    expect(Math.abs(valueAt(problem, network!) - claim.lowerBound!)).toBeLessThan(1e-10)
  })
})

describe('refusal', () => {
  const Y = oneHot(9, 3, 5)
  it.each([
    ['a theorem about this network', problemOf(gaussian(9, 8, 1), Y, 'one-hot', { network: PARALLEL })],
    ['squared loss', problemOf(gaussian(9, 8, 1), Y, 'one-hot', { loss: 'cross-entropy' })],
    ['rank([X 1]) = n (here 8 of 9)', problemOf(gaussian(9, 7, 1), Y, 'one-hot')],
    ['labels one-hot (here real)', problemOf(gaussian(9, 8, 1), Y, 'real')],
  ] as [string, Problem][])('names the hypothesis that fails: %s', (name, problem) => {
    const answer = closedFormApplies(problem, AUTO)
    expect(answer.applies).toBe(false)
    expect(answer.because).toContain(name)
    expect(answer.hypotheses.filter(({ holds }) => !holds)).toHaveLength(1)
    expect(() => solve(problem)).toThrow(BidualError)
    expect(() => solve(problem)).toThrow(name)
  })

  it('runs outside its hypotheses when told to, and claims only the bound that needs none', () => {
    const problem = problemOf(gaussian(9, 7, 1), Y, 'one-hot')
    const outside = { ...AUTO, override: true }
    const answer = closedFormApplies(problem, outside)
    expect(answer).toMatchObject({ applies: true, because: expect.stringContaining('not proved') as string })
    const { claim, network } = finish(runClosedForm(problem, outside, context())).outcome
    const bound = optimalValue(vectorParts(Y), problem.beta)
    expect(claim).toMatchObject({ level: 'bound', lowerBound: bound })
    expect(claim.how).toContain('rank([X 1]) = n (here 8 of 9)')
    expect(valueAt(problem, network!)).toBeGreaterThan(bound)
  })

  it('names nothing when all hypotheses hold', () => {
    const { summary } = problemOf(gaussian(9, 8, 1), Y, 'one-hot')
    const answer = closedFormApplies({ network: BN, loss: 'squared', beta: 0.1, summary }, AUTO)
    expect(answer).toMatchObject({ applies: true, because: expect.stringContaining('hold') as string })
  })
})

describe('optimalValue', () => {
  it('is a lower bound for random networks whatever the rank of X', () => {
    const source = stream(8)
    const X = gaussian(15, 3, 8)
    const Y = oneHot(15, 3, 8)
    const beta = 0.5
    const bound = optimalValue(vectorParts(Y), beta)
    for (let trial = 0; trial < 300; trial++) {
      const width = 6
      const weights = {
        W1: new Matrix(3, width, source.normals(3 * width)),
        gamma: source.normals(width),
        alpha: source.normals(width),
        W2: new Matrix(width, 3, source.normals(3 * width)),
      }
      const value = objective(bnReluNetwork(weights, X), X, Y, 'squared', beta)
      expect(value).toBeGreaterThanOrEqual(bound)
    }
  })
})
