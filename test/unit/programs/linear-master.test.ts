import { describe, expect, it } from 'vitest'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { dot, norm2 } from '../../../core/linalg/products.ts'
import { leastSquares } from '../../../core/linalg/svd.ts'
import { LOSSES } from '../../../core/losses/index.ts'
import { LinearMaster } from '../../../core/programs/cutting-planes/linear-master.ts'
import { stream } from '../../../core/random/index.ts'

const N = 3

function responsesOf(count: number, seed: number): Float64Array[] {
  const source = stream(seed)
  return Array.from({ length: count }, () => source.normals(N).map(Math.abs))
}

/** max yᵀv over |φᵀv| ≤ β and further half-spaces aᵀv ≤ l, by all corners. */
function byCorners(
  y: Float64Array,
  responses: readonly Float64Array[],
  beta: number,
  more: [number[], number][] = [],
): number {
  const cuts: [ArrayLike<number>, number][] = [
    ...responses.flatMap((phi): [ArrayLike<number>, number][] => [
      [phi, beta],
      [phi.map((t) => -t), beta],
    ]),
    ...more,
  ]
  let best = -Infinity
  for (let i = 0; i < cuts.length; i++) {
    for (let j = 0; j < i; j++) {
      for (let k = 0; k < j; k++) {
        const three = [cuts[i], cuts[j], cuts[k]]
        const B = Matrix.fromRows(three.map(([a]) => a))
        const v = leastSquares(B, Matrix.column(Float64Array.from(three, ([, limit]) => limit))).data
        const inside = cuts.every(([a, limit]) => dot(Float64Array.from(a), v) <= limit + 1e-9)
        if (inside) best = Math.max(best, dot(y, v))
      }
    }
  }
  return best
}

function masterOf(loss: 'equality' | 'hinge', y: Float64Array, responses: readonly Float64Array[], beta = 1) {
  const task = { y: Matrix.column(y), loss: LOSSES[loss], beta, bias: false, tolerance: 1e-12 }
  const master = new LinearMaster(task)
  for (const response of responses) master.add(response)
  return master
}

describe('linear programs over the neurons so far', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'are solved to the corner, with the weights that prove it (seed %i)',
    (seed) => {
      const y = stream(seed + 100).normals(N)
      const responses = responsesOf(6, seed)
      const { weights, v, feasible } = masterOf('equality', y, responses).solve(0)
      const best = byCorners(y, responses, 1)
      expect(feasible).toBe(true)
      expect(dot(y, v)).toBeCloseTo(best, 10)
      expect(weights.reduce((sum, weight) => sum + Math.abs(weight), 0)).toBeCloseTo(best, 10)
      y.forEach((value, i) => {
        expect(responses.reduce((sum, phi, j) => sum + weights[j] * phi[i], 0)).toBeCloseTo(value, 10)
      })
    },
  )

  it.each([1, 2, 3, 4])('have a dual in the box of the hinge loss (seed %i)', (seed) => {
    const y = Float64Array.of(1, -1, seed % 2 ? 1 : -1)
    const responses = responsesOf(5, seed + 30)
    const box = Array.from({ length: N }, (_, i): [number[], number][] => {
      const e = Array.from({ length: N }, (_entry, c) => (c === i ? y[i] : 0))
      return [
        [e, 1],
        [e.map((t) => -t), 0],
      ]
    }).flat()
    const { weights, v } = masterOf('hinge', y, responses, 0.4).solve(0)
    const F = y.map((_, i) => responses.reduce((sum, phi, j) => sum + weights[j] * phi[i], 0))
    const cost = weights.reduce((sum, weight) => sum + Math.abs(weight), 0)
    const objective = LOSSES.hinge.value(Matrix.column(F), Matrix.column(y)) + 0.4 * cost
    expect(dot(y, v)).toBeCloseTo(byCorners(y, responses, 0.4, box), 10)
    expect(objective).toBeCloseTo(dot(y, v), 10)
  })

  it('do not mind responses that depend on each other or are there twice', () => {
    const y = Float64Array.of(1, -2, 0.5)
    const responses = responsesOf(4, 8)
    const sum = responses[0].map((t, i) => t + responses[1][i])
    const { v } = masterOf('equality', y, [...responses, sum, responses[2].slice()]).solve(0)
    expect(dot(y, v)).toBeCloseTo(byCorners(y, [...responses, sum], 1), 10)
  })

  it('say what part of the labels no response reaches', () => {
    const responses = [Float64Array.of(1, 0, 0), Float64Array.of(0, 1, 0)]
    const { feasible, v } = masterOf('equality', Float64Array.of(1, 2, 3), responses).solve(0)
    expect(feasible).toBe(false)
    expect(norm2(v.map((value, i) => value - [0, 0, 3][i]))).toBeLessThan(1e-12)
  })

  it('have points between a feasible one and the corner', () => {
    const y = stream(3).normals(N)
    const responses = responsesOf(5, 9)
    const master = masterOf('equality', y, responses)
    const { v } = master.solve(0)
    const center = v.map((value) => 0.2 * value)
    const level = master.between(center)!
    expect(dot(y, level)).toBeCloseTo(0.1 * dot(y, center) + 0.9 * dot(y, v), 9)
    expect(Math.max(...responses.map((phi) => Math.abs(dot(phi, level))))).toBeLessThan(1 + 1e-10)
    expect(norm2(level.map((value, i) => value - center[i]))).toBeLessThanOrEqual(
      norm2(v.map((value, i) => value - center[i])),
    )
  })
})
