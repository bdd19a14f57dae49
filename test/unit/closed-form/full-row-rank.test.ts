import { describe, expect, it } from 'vitest'
import { METHOD_SCHEMAS } from '../../../core/experiments/document.ts'
import { runConvex } from '../../../core/experiments/methods/convex.ts'
import type { Problem } from '../../../core/experiments/problem.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { norm2, scaleRows } from '../../../core/linalg/products.ts'
import { pseudoInverse } from '../../../core/linalg/svd.ts'
import { multiplyVector } from '../../../core/linalg/products.ts'
import { inTurn, reluOf, show, whitenedRows } from './branch-fixtures.ts'
import { context, finish, gaussian, problemOf } from './fixtures.ts'

const scalar = (X: Matrix, seed = 7): Problem =>
  problemOf(X, gaussian(X.rows, 1, seed), 'real', { network: reluOf(2), loss: 'equality' })

const parts = (Y: Matrix) => [1, -1].map((sign) => Y.data.map((value) => Math.max(sign * value, 0)))

function convexValue(problem: Problem): number {
  const settings = METHOD_SCHEMAS.convex.parse({
    id: 'convex',
    tolerance: 1e-9,
    arrangements: { mode: 'enumerate' },
  })
  return finish(runConvex(problem, settings, context())).outcome.program!.objective
}

describe('interpolation with the fewest neurons', () => {
  it.each([1, 2, 3])('one output: two neurons, ‖X†y₊‖ + ‖X†y₋‖ (data %i)', (seed) => {
    const problem = scalar(gaussian(4, 9, seed))
    const { stated, objective, outcome } = show(problem)
    const inverse = pseudoInverse(problem.X)
    const expected = parts(problem.Y).map((part) => norm2(multiplyVector(inverse, part)))
    expect(stated).toBeCloseTo(expected[0] + expected[1], 11)
    expect(Math.abs(objective - stated)).toBeLessThan(1e-10)
    expect(outcome.network!.arrays.W1.shape).toEqual([9, 2])
    expect(outcome.status).toBe('solved')
  })

  it('one-hot labels: a neuron a class', () => {
    const problem = problemOf(gaussian(6, 9, 3), inTurn(6, 3), 'one-hot', {
      network: reluOf(2),
      loss: 'equality',
    })
    const { stated, objective, outcome, certificate } = show(problem)
    expect(Math.abs(objective - stated)).toBeLessThan(1e-10)
    expect(outcome.network!.arrays.W1.shape).toEqual([9, 3])
    expect(certificate.lowerBound!).toBeLessThan(stated)
  })

  it('targets of one sign need one neuron', () => {
    const X = gaussian(5, 8, 2)
    const Y = Matrix.column(gaussian(5, 1, 3).data.map(Math.abs))
    const problem = problemOf(X, Y, 'real', { network: reluOf(2), loss: 'equality' })
    expect(show(problem).outcome.network!.arrays.W1.shape).toEqual([8, 1])
  })

  it('a row more than the rank is refused', () => {
    const problem = scalar(gaussian(10, 9, 1))
    expect(() => show(problem, 'full-row-rank')).toThrow('rank(X) = n (here 9 of 10)')
  })
})

describe('whether the fewest neurons have the least weight decay too', () => {
  it('orthogonal rows of any lengths: proved, and the convex program agrees', () => {
    const X = scaleRows(whitenedRows(4, 7, 1), [1, 2, 0.5, 3])
    const problem = scalar(X)
    const { stated, certificate, outcome } = show(problem)
    expect(certificate.level).toBe('global')
    expect(certificate.gap!).toBeLessThan(1e-8)
    expect(outcome.details!['spike-free']).toBe('yes')
    const V = outcome.arrays!.dual.data
    expect(problem.Y.data.reduce((sum, y, i) => sum + y * V[i], 0)).toBeCloseTo(stated, 8)
    expect(convexValue(problem)).toBeCloseTo(stated, 6)
  })

  it.each([1, 2, 3, 4])('Gaussian data %i: the optimum lies between the bound and the formula', (seed) => {
    const problem = scalar(gaussian(4, 6, seed))
    const { stated, certificate } = show(problem)
    const optimum = convexValue(problem)
    expect(optimum).toBeLessThan(stated + 1e-6)
    expect(optimum).toBeGreaterThan(certificate.lowerBound! - 1e-6)
    if (optimum < stated - 1e-3) expect(certificate.level).toBe('bound')
  })

  it('spike-free data beyond the reach of a search: the price is exact there too', () => {
    const X = scaleRows(
      whitenedRows(15, 20, 1),
      Array.from({ length: 15 }, (_, i) => 1 + i),
    )
    const { certificate, stated } = show(scalar(X))
    expect(certificate.level).toBe('global')
    expect(certificate.gap!).toBeLessThan(1e-8 * stated)
    // Acute rows: (XXᵀ)⁻¹ has no positive entry off its diagonal, but the few neurons need not be the cheapest.
    const acute = Matrix.fromRows(
      Array.from({ length: 10 }, (_, i) => Array.from({ length: 10 }, (_, j) => (i === j ? 1 : 0.1))),
    )
    const shown = show(scalar(acute))
    expect(shown.outcome.details!['spike-free']).toBe('yes')
    expect(shown.certificate.how).toContain('exact')
    expect(shown.certificate.level).toBe('bound')
    expect(shown.certificate.lowerBound!).toBeGreaterThan(0.8 * shown.stated)
  })

  it('a pair of rows at an obtuse angle: more neurons are cheaper, and the claim says bound', () => {
    const X = Matrix.fromRows([
      [1, 0, 0],
      [-0.9, 0.3, 0],
    ])
    const problem = { ...scalar(X), Y: Matrix.column(Float64Array.of(1, -1)) }
    const { stated, certificate } = show(problem)
    const optimum = convexValue(problem)
    expect(stated).toBeGreaterThan(3 * optimum)
    expect(certificate.level).toBe('bound')
    expect(certificate.lowerBound!).toBeLessThan(optimum + 1e-6)
  })
})
