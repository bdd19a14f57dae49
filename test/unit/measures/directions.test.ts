import { describe, expect, it } from 'vitest'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { multiply } from '../../../core/linalg/products.ts'
import { thinSvd } from '../../../core/linalg/svd.ts'
import {
  dataDirections,
  neuronProjections,
  predictedDirections,
  similarities,
} from '../../../core/measures/directions.ts'
import { solveLinear } from '../../../core/programs/linear/index.ts'
import { layers } from '../../../core/networks/index.ts'
import { NETWORK_SCHEMAS } from '../../../core/experiments/document.ts'
import { gaussian, problemOf } from '../closed-form/fixtures.ts'

const LINEAR = NETWORK_SCHEMAS.linear.parse({ family: 'linear', width: 10 })

describe('projections of neurons', () => {
  it('are the sums of |cos| over the neurons that are not zero', () => {
    const W = Matrix.fromRows([
      [3, 0, 0, -5],
      [4, 2, 0, 0],
    ])
    const V = Matrix.fromRows([
      [1, 0],
      [0, 1],
    ])
    expect([...neuronProjections(W, V)]).toEqual([0.6 + 1, 0.8 + 1])
  })

  it('lie on the leading predicted directions at the optimum of a linear network of rank two (A Fig. 5a)', () => {
    const { U: X } = thinSvd(gaussian(30, 8, 1))
    const Y = gaussian(30, 5, 2)
    const { s } = thinSvd(multiply(X, Y, { transposeA: true }))
    const beta = (s[1] + s[2]) / 2
    const problem = problemOf(X, Y, 'real', { network: LINEAR, beta })
    const run = solveLinear(problem, { solver: 'active-set', tolerance: 1e-12, stop: () => null })
    let step = run.next()
    while (!step.done) step = run.next()
    const [W1] = layers(step.value.network)
    const directions = predictedDirections(problem)!
    expect(directions.name).toContain('XᵀY')
    const sums = neuronProjections(W1, directions.V)
    const total = sums[0] ** 2 + sums[1] ** 2
    expect(total).toBeGreaterThan(0.9)
    for (const sum of sums.subarray(2)) expect(sum).toBeLessThan(1e-5)
  })

  it('know the direction of rank-one data for ReLU networks, and none where no theorem names one', () => {
    const a = Matrix.fromRows([[0.6, 0.8, 0]])
    const X = multiply(gaussian(9, 1, 1), a)
    const relu = NETWORK_SCHEMAS.relu.parse({ family: 'relu' })
    const found = predictedDirections(problemOf(X, gaussian(9, 1, 2), 'real', { network: relu }))!
    expect(Math.abs(multiply(a, found.V).data[0])).toBeCloseTo(1, 12)
    expect(
      predictedDirections(problemOf(gaussian(9, 3, 1), gaussian(9, 1, 2), 'real', { network: relu })),
    ).toBeNull()
  })
})

describe('similarity along directions of the data (C (21))', () => {
  const X = gaussian(20, 6, 3)

  it('takes right singular vectors of the centred data, from the first to the last', () => {
    const { indices, V } = dataDirections(X, 3)
    expect(indices).toEqual([0, 3, 5])
    const centered = X.clone()
    for (let j = 0; j < 6; j++) {
      const mean = X.columnCopy(j).reduce((sum, value) => sum + value, 0) / 20
      for (let i = 0; i < 20; i++) centered.set(i, j, X.get(i, j) - mean)
    }
    const { s } = thinSvd(centered)
    indices.forEach((index, k) => {
      const image = multiply(centered, Matrix.column(V.columnCopy(k))).data
      expect(Math.hypot(...image)).toBeCloseTo(s[index], 10)
    })
  })

  it('is 1 for the start itself, −1 for its negative, 0 across, and null where there is no part', () => {
    const { V } = dataDirections(X, 6)
    const W = gaussian(6, 4, 4)
    for (const cosine of similarities(W, W, V)) expect(cosine).toBeCloseTo(1, 14)
    const negative = new Matrix(
      6,
      4,
      W.data.map((value) => -2 * value),
    )
    for (const cosine of similarities(negative, W, V)) expect(cosine).toBeCloseTo(-1, 14)
    const v = V.columnCopy(0)
    const [row, other] = [Matrix.fromRows([[1, 0]]), Matrix.fromRows([[0, 1]])]
    const along = (part: Matrix): Matrix => multiply(Matrix.column(v), part)
    const first = new Matrix(6, 1, v)
    expect(similarities(along(row), along(other), first)).toEqual([0])
    expect(similarities(along(row), Matrix.zeros(6, 2), first)).toEqual([null])
  })
})
