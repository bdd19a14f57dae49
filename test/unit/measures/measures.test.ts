import { describe, expect, it } from 'vitest'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { multiply } from '../../../core/linalg/products.ts'
import { accuracy } from '../../../core/measures/accuracy.ts'
import { measureLayers } from '../../../core/measures/layers.ts'
import { numericalRanks } from '../../../core/measures/ranks.ts'
import { reluNetwork } from '../../../core/networks/index.ts'
import { stream } from '../../../core/random/index.ts'

const random = (rows: number, cols: number, seed: number): Matrix =>
  new Matrix(rows, cols, stream(seed).normals(rows * cols))

describe('ranks', () => {
  it('counts the directions of each layer', () => {
    const W1 = multiply(random(7, 2, 1), random(2, 5, 2))
    expect(numericalRanks(reluNetwork(W1, random(5, 3, 3)))).toEqual([2, 3])
    expect(numericalRanks(reluNetwork(W1, random(5, 3, 3)), 0.999)).toEqual([1, 1])
    expect(numericalRanks(reluNetwork(Matrix.zeros(7, 0), Matrix.zeros(0, 3)))).toEqual([0, 0])
    expect(numericalRanks(reluNetwork(Matrix.zeros(7, 2), Matrix.zeros(2, 3)))).toEqual([0, 0])
  })
})

describe('measureLayers', () => {
  it('gives norms and stable rank of a diagonal layer', () => {
    const W1 = Matrix.fromRows([
      [3, 0],
      [0, 4],
      [0, 0],
    ])
    const { layers } = measureLayers(reluNetwork(W1, Matrix.fromRows([[0], [2]])))
    expect([...layers[0].singularValues]).toEqual([4, 3])
    expect(layers[0]).toMatchObject({ rank: 2, operatorNorm: 4, frobeniusNorm: 5 })
    expect(layers[0].stableRank).toBeCloseTo(25 / 16, 14)
    expect(layers[1]).toMatchObject({ rank: 1, stableRank: 1, operatorNorm: 2 })
  })

  it('finds aligned rank-one layers aligned and orthogonal ones not', () => {
    const phi = Matrix.fromRows([[0.6, 0.8]])
    const W1 = multiply(random(4, 1, 1), phi)
    const aligned = multiply(phi, random(1, 3, 2), { transposeA: true })
    const across = multiply(Matrix.fromRows([[-0.8], [0.6]]), random(1, 3, 2))
    expect(measureLayers(reluNetwork(W1, aligned)).alignments[0]).toBeCloseTo(1, 12)
    expect(measureLayers(reluNetwork(W1, across)).alignments[0]).toBeCloseTo(0, 12)
    expect(measureLayers(reluNetwork(W1, Matrix.zeros(2, 3))).alignments).toEqual([null])
  })
})

describe('accuracy', () => {
  const column = (...values: number[]): Matrix => Matrix.column(Float64Array.from(values))

  it('reads signs, a prediction of 0 as the class −1', () => {
    expect(accuracy(column(0.1, -2, 0, 3), column(1, -1, -1, -1), 'sign')).toBe(0.75)
  })

  it('reads the largest output, the first of equals', () => {
    const F = Matrix.fromRows([
      [0.1, 0.9],
      [0.5, 0.5],
    ])
    const Y = Matrix.fromRows([
      [0, 1],
      [0, 1],
    ])
    expect(accuracy(F, Y, 'one-hot')).toBe(0.5)
  })

  it('does not exist for regression, no rows or predictions that are not numbers', () => {
    expect(accuracy(column(1), column(1), 'real')).toBeNull()
    expect(accuracy(Matrix.zeros(0, 1), Matrix.zeros(0, 1), 'sign')).toBeNull()
    expect(accuracy(column(NaN), column(1), 'sign')).toBeNull()
  })
})
