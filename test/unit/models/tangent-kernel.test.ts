import { describe, expect, it } from 'vitest'
import { METHOD_SCHEMAS, type LossId, type SettingsOf } from '../../../core/experiments/document.ts'
import { runNtk } from '../../../core/experiments/methods/ntk.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { dot, multiply } from '../../../core/linalg/products.ts'
import { numericalRank, pseudoInverse, singularValues } from '../../../core/linalg/svd.ts'
import {
  activeNeurons,
  forward,
  gradient,
  kernelModel,
  layers,
  objective,
  regularizer,
} from '../../../core/networks/index.ts'
import { arcCosine, tangentKernel } from '../../../core/networks/tangent-kernel.ts'
import { stream } from '../../../core/random/index.ts'
import { context, finish, gaussian, oneHot, problemOf, RELU } from '../closed-form/fixtures.ts'

const settings = (changes: Partial<SettingsOf<'ntk'>> = {}): SettingsOf<'ntk'> => ({
  ...METHOD_SCHEMAS.ntk.parse({ id: 'ntk' }),
  ...changes,
})
const line = Matrix.column(Float64Array.of(-2, -1.5, -0.5, 0.3, 1, 2.5))

function run(X: Matrix, Y: Matrix, loss: LossId, changes: Partial<SettingsOf<'ntk'>> = {}, beta = 0.3) {
  const problem = problemOf(X, Y, 'real', { network: RELU, loss, beta })
  return { problem, ...finish(runNtk(problem, settings(changes), context())).outcome }
}

describe('the kernel', () => {
  it('has κ(1) = 2, κ(0) = 1/π and κ(−1) = 0', () => {
    expect(arcCosine(0)).toBe(2)
    expect(arcCosine(Math.PI / 2)).toBeCloseTo(1 / Math.PI, 15)
    expect(arcCosine(Math.PI)).toBeCloseTo(0, 15)
  })

  it.each([false, true])(
    'is twice the inner product of gradients of a wide random network (bias %s)',
    (bias) => {
      const A = gaussian(4, 3, 1)
      const extended = bias ? Matrix.fromRows(Array.from({ length: 4 }, (_, i) => [...A.row(i), 1])) : A
      const draws = 200_000
      const source = stream(5)
      const sums = Matrix.zeros(4, 4)
      for (let draw = 0; draw < draws; draw++) {
        const w = source.normals(extended.cols)
        const z = Float64Array.from({ length: 4 }, (_, i) => dot(extended.row(i), w))
        for (let i = 0; i < 4; i++) {
          for (let j = 0; j < 4; j++) {
            if (!(z[i] > 0 && z[j] > 0)) continue
            sums.data[i * 4 + j] += z[i] * z[j] + dot(extended.row(i), extended.row(j))
          }
        }
      }
      const K = tangentKernel(A, A, bias)
      K.data.forEach((value, at) => expect((2 * sums.data[at]) / draws / value - 1).toBeCloseTo(0, 1))
    },
  )

  it('of data on a line has rank 2 without bias and full rank with one', () => {
    const rankOf = (bias: boolean): number =>
      numericalRank(singularValues(tangentKernel(line, line, bias)), 1e-12)
    expect([rankOf(false), rankOf(true)]).toEqual([2, 6])
  })

  it('keeps the angle of rows that are nearly parallel', () => {
    const angle = 1e-9
    const A = Matrix.fromRows([
      [3, 0],
      [2 * Math.cos(angle), 2 * Math.sin(angle)],
    ])
    const K = tangentKernel(A, A, false)
    expect(K.get(0, 0)).toBe(18)
    expect((12 - K.get(0, 1)) / (6 * angle)).toBeCloseTo(1 / Math.PI, 5)
  })

  it('is zero for a zero row without bias', () => {
    const A = Matrix.fromRows([
      [0, 0],
      [1, 2],
    ])
    expect([...tangentKernel(A, A, false).data]).toEqual([0, 0, 0, expect.closeTo(10, 12)])
  })
})

describe('the method', () => {
  const y = Matrix.column(Float64Array.of(1, -1, 0.5, 2, -1, 1))

  it('interpolates points on a line with bias, by the least coefficients', () => {
    const { problem, status, network, claim, details } = run(line, y, 'equality')
    expect([status, claim.level, claim.lowerBound]).toEqual(['solved', 'none', null])
    expect(details!['rank of the kernel']).toBe(6)
    const F = forward(network!, line)
    F.data.forEach((value, i) => expect(value).toBeCloseTo(y.data[i], 8))
    const C = multiply(pseudoInverse(tangentKernel(line, line, true)), y)
    const value = 0.5 * dot(C.data, C.data)
    expect(objective(network!, problem.X, problem.Y, 'equality', 1) / value).toBeCloseTo(1, 8)
  })

  it('cannot interpolate them without, and says so', () => {
    const { status, details } = run(line, y, 'equality', { bias: false })
    expect(status).toBe('stalled')
    expect(details!['rank of the kernel']).toBe(2)
    expect(details!['relative residual'] as number).toBeGreaterThan(0.1)
  })

  it.each(['coefficients', 'function'] as const)(
    'is stationary for the squared loss, norm of the %s',
    (norm) => {
      const [X, Y] = [gaussian(15, 3, 2), gaussian(15, 2, 3)]
      const { problem, network } = run(X, Y, 'squared', { norm })
      const at = objective(network!, X, Y, 'squared', problem.beta)
      const C = layers(network!)[0]
      const source = stream(8)
      for (let trial = 0; trial < 20; trial++) {
        const moved = C.clone()
        for (let k = 0; k < moved.data.length; k++) moved.data[k] += 1e-4 * source.normal()
        const other = kernelModel(X, moved, { bias: true, norm })
        expect(objective(other, X, Y, 'squared', problem.beta)).toBeGreaterThan(at)
      }
      const K = tangentKernel(X, X, true)
      const penalty = 0.5 * dot(C.data, norm === 'function' ? multiply(K, C).data : C.data)
      expect(regularizer(network!)).toBeCloseTo(penalty, 9)
      expect(activeNeurons(network!)).toBe(15)
    },
  )

  it('tends to the minimum-norm solution as β falls', () => {
    const [X, Y] = [gaussian(8, 3, 2), gaussian(8, 1, 3)]
    const exact = layers(run(X, Y, 'equality').network!)[0]
    const ridge = layers(run(X, Y, 'squared', {}, 1e-10).network!)[0]
    ridge.data.forEach((value, i) => expect(value).toBeCloseTo(exact.data[i], 6))
  })

  it('predicts unseen rows by their kernel with the training rows', () => {
    const [X, Y, T] = [gaussian(15, 3, 2), oneHot(15, 2, 3), gaussian(4, 3, 9)]
    const { network } = run(X, Y, 'squared')
    const F = multiply(tangentKernel(T, X, true), layers(network!)[0])
    expect([...forward(network!, T).data]).toEqual([...F.data])
  })

  it('refuses other losses and has no parameters to train', () => {
    expect(() => run(line, y, 'logistic')).toThrow('squared or equality')
    const { network } = run(line, y, 'squared')
    expect(() => gradient(network!, line, y, 'squared', 1)).toThrow('no parameters')
  })
})
