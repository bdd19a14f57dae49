import { describe, expect, it } from 'vitest'
import { closedFormApplies } from '../../../core/closed-form/applies.ts'
import { optimalValue } from '../../../core/closed-form/bn-interpolation.ts'
import { scalarParts } from '../../../core/closed-form/bn-scalar.ts'
import { vectorParts } from '../../../core/closed-form/bn-vector.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { norm2 } from '../../../core/linalg/products.ts'
import { layers, NETWORKS, objective, shapeOf } from '../../../core/networks/index.ts'
import { stream } from '../../../core/random/index.ts'
import { bnRelu, expectOptimal, solve, valueOf } from './bn-fixtures.ts'
import { gaussian, oneHot, problemOf } from './fixtures.ts'

const betas = [1e-3, 0.4, 1.7, 100]

// More samples than features: two layers would not reach the labels, random layers behind do.
describe.each([3, 4, 6])('closed forms 5.1 and 5.2 with %i layers', (depth) => {
  const network = bnRelu(depth)
  const X = gaussian(24, 3, depth)

  it.each(betas)('attains the value of one-hot labels, β = %f', (beta) => {
    const problem = problemOf(X, oneHot(24, 3, 1), 'one-hot', { network, beta })
    const outcome = solve(problem)
    expectOptimal(problem, outcome)
    expect(outcome.claim.lowerBound).toBeCloseTo(optimalValue(vectorParts(problem.Y), beta), 13)
    expect(layers(outcome.network!)).toHaveLength(depth)
  })

  it.each(betas)('attains the value of real targets, β = %f', (beta) => {
    const Y = Matrix.column(stream(9).normals(24))
    const problem = problemOf(X, Y, 'real', { network, beta })
    const outcome = solve(problem)
    expectOptimal(problem, outcome)
    const [plus, minus] = scalarParts(Y).map(({ values }) => norm2(values))
    if (beta < Math.min(plus, minus))
      expect(outcome.claim.lowerBound).toBeCloseTo(beta * (plus + minus) - beta ** 2, 12)
  })

  it('measures the range condition on the layers that it drew', () => {
    const problem = problemOf(X, oneHot(24, 3, 1), 'one-hot', { network })
    const light = closedFormApplies(problem, { theorem: 'auto', override: false })
    expect(light.hypotheses.at(-1)?.value).toBe('measured when it runs')
    expect(solve(problem).hypotheses.at(-1)).toEqual({
      name: 'rank([A 1]) = n behind fixed random layers',
      holds: true,
      value: '24 of 24 with 48 units',
    })
  })
})

it('the fixed layers depend on the seed alone, the value on none', () => {
  const problem = problemOf(gaussian(12, 2, 1), oneHot(12, 3, 1), 'one-hot', { network: bnRelu(3) })
  const [one, again, other] = [1, 1, 2].map((seed) => solve(problem, { seed }))
  expect(one).toEqual(again)
  expect(other.network).not.toEqual(one.network)
  expect(other.claim).toEqual(one.claim)
})

describe('a range that is too small', () => {
  // Two equal rows with different labels: no network tells them apart.
  const X = gaussian(12, 4, 2)
  X.row(11).set(X.row(3))
  const Y = oneHot(12, 3, 1)
  Y.row(11).set([0, 0, 0])
  Y.set(11, Y.row(3).indexOf(1) === 0 ? 1 : 0, 1)
  const problem = problemOf(X, Y, 'one-hot', { network: bnRelu(3), beta: 0.2 })

  it('is refused with its figure', () => {
    expect(() => solve(problem)).toThrow(
      'The closed form needs rank([A 1]) = n behind fixed random layers (here 11 of 12 with 24 units).',
    )
  })

  it('can be overridden: the value formula stays a bound, which the weights miss', () => {
    const outcome = solve(problem, { override: true })
    expect(outcome.status).toBe('numericalError')
    expect(outcome.claim).toMatchObject({ level: 'bound', lowerBound: optimalValue(vectorParts(Y), 0.2) })
    expect(outcome.claim.how).toContain('Not covered by the theorem')
    expect(valueOf(problem, outcome)).toBeGreaterThan(outcome.claim.lowerBound! + 1e-2)
  })

  it('needs more units than twice the samples on a line, and gets them from the width', () => {
    const line = Matrix.column(Float64Array.from({ length: 40 }, (_, i) => i))
    const along = (width: number) =>
      problemOf(line, oneHot(40, 2, 1), 'one-hot', { network: bnRelu(3, width) })
    expect(() => solve(along(20))).toThrow('rank([A 1]) = n')
    expectOptimal(along(400), solve(along(400)))
  })
})

describe('degenerate labels, any depth', () => {
  const X = gaussian(8, 9, 3)
  it.each([2, 3, 5])('one class holds all samples, another none, with %i layers', (depth) => {
    const Y = Matrix.zeros(8, 3)
    for (let i = 0; i < 8; i++) Y.set(i, 1, 1)
    const problem = problemOf(X, Y, 'one-hot', { network: bnRelu(depth), beta: 0.3 })
    const outcome = solve(problem)
    expectOptimal(problem, outcome)
    expect(outcome.claim.lowerBound).toBeCloseTo(0.3 * Math.sqrt(8) - 0.045, 13)
    expect([...outcome.network!.arrays[depth === 2 ? 'gamma' : `gamma${depth - 1}`].data]).toEqual([0])
  })

  it.each([2, 4])('constant and zero targets, with %i layers', (depth) => {
    for (const constant of [3, -3, 0]) {
      const Y = Matrix.column(new Float64Array(8).fill(constant))
      const problem = problemOf(X, Y, 'real', { network: bnRelu(depth), beta: 0.3 })
      expectOptimal(problem, solve(problem))
    }
  })
})

it('no random network of any depth and width goes below the value', () => {
  const X = gaussian(10, 3, 5)
  const Y = oneHot(10, 3, 5)
  const bound = optimalValue(vectorParts(Y), 0.4)
  const source = stream(6)
  for (let trial = 0; trial < 200; trial++) {
    const network = bnRelu(2 + (trial % 4), 1 + (trial % 7))
    const problem = problemOf(X, Y, 'one-hot', { network })
    const start = NETWORKS['bn-relu'].initialize(
      shapeOf(problem),
      { kind: 'gaussian', scale: 0.5 },
      source.split(trial),
    )
    for (const { data } of Object.values(start.arrays)) {
      const noise = source.split(trial).split('noise').normals(data.length)
      data.forEach((value, i) => (data[i] = value + 0.5 * noise[i]))
    }
    expect(objective(start, X, Y, 'squared', 0.4)).toBeGreaterThanOrEqual(bound)
  }
})
