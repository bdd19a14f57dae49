/** What theory says of the layers of trained networks, seen in the measures recorded while they are trained. */
import { describe, expect, it } from 'vitest'
import { METHOD_SCHEMAS, NETWORK_SCHEMAS } from '../../../core/experiments/document.ts'
import { runSgd } from '../../../core/experiments/methods/sgd.ts'
import type { Problem } from '../../../core/experiments/problem.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { multiply } from '../../../core/linalg/products.ts'
import { thinSvd } from '../../../core/linalg/svd.ts'
import { endMeasures } from '../../../core/measures/end-state.ts'
import { context, finish, gaussian, problemOf } from '../closed-form/fixtures.ts'

function trained(problem: Problem, epochs: number, learningRate: number) {
  const settings = METHOD_SCHEMAS.sgd.parse({ id: 'sgd', optimizer: 'gd', epochs, learningRate })
  const { outcome, progress } = finish(runSgd(problem, settings, context(2)))
  const steps = progress.flatMap(({ measures }) => measures ?? [])
  return { network: outcome.network!, first: steps[0], last: steps[steps.length - 1] }
}

describe('four-layer linear networks (A Fig. 2b, 3a)', () => {
  const { U: X } = thinSvd(gaussian(12, 5, 1))
  const Y = multiply(
    X,
    new Matrix(
      5,
      3,
      gaussian(5, 3, 2).data.map((value, at) => (at % 3 === 2 ? 0.1 : 3) * value),
    ),
  )
  const network = NETWORK_SCHEMAS.linear.parse({ family: 'linear', layers: 4, width: 8 })

  it('end with equal ranks, equal norms and aligned layers, far from their start', () => {
    const problem = problemOf(X, Y, 'real', { network, beta: 0.6 })
    const { network: found, first, last } = trained(problem, 6000, 0.05)
    expect(Math.max(...first.ranks)).toBeGreaterThan(2)
    expect(last.ranks).toEqual([2, 2, 2, 2])
    for (const norms of [last.frobeniusNorms, last.operatorNorms]) {
      for (const norm of norms) expect(norm / norms[0]).toBeCloseTo(1, 5)
    }
    for (const alignment of last.alignments) expect(alignment!).toBeCloseTo(1, 6)
    // A Fig. 5a: the neurons lie along the leading predicted directions, as many as the rank.
    const { projections } = endMeasures(problem, found)
    const [rank] = last.ranks
    expect(Math.min(...projections!.sums.slice(0, rank))).toBeGreaterThan(0.1)
    for (const sum of projections!.sums.slice(rank)) expect(sum).toBeLessThan(1e-3)
  })
})

describe('five-layer ReLU networks on rank-one data (A Fig. 3b)', () => {
  it('end with layers of rank one, aligned', () => {
    const c = gaussian(15, 1, 3).data.map(Math.abs)
    const X = multiply(Matrix.column(c), Matrix.fromRows([[0.6, 0.8, 0, 0]]))
    const y = c.map((value) => 2 * value)
    const network = NETWORK_SCHEMAS.relu.parse({ family: 'relu', layers: 5, width: 10 })
    const problem = problemOf(X, Matrix.column(y), 'real', { network, beta: 0.5 })
    const { first, last } = trained(problem, 3000, 0.1)
    expect(Math.max(...first.ranks)).toBeGreaterThan(3)
    for (const stable of last.stableRanks) expect(stable).toBeCloseTo(1, 6)
    for (const alignment of last.alignments) expect(alignment!).toBeCloseTo(1, 6)
    for (const norm of last.frobeniusNorms) expect(norm / last.frobeniusNorms[0]).toBeCloseTo(1, 5)
  })
})
