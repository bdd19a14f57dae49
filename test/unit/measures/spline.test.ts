import { describe, expect, it } from 'vitest'
import { solveOnLine } from '../../../core/closed-form/one-dimensional/solve.ts'
import { branchNetwork, trunkNetwork } from '../../../core/closed-form/one-dimensional/network.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { runMeasuresSchema } from '../../../core/experiments/result.ts'
import { endMeasures } from '../../../core/measures/end-state.ts'
import { alongLine, kinksOf, valueAt } from '../../../core/measures/line-kinks.ts'
import { measureSpline } from '../../../core/measures/spline.ts'
import { bnReluNetwork, forward, reluBiasNetwork, reluNetwork } from '../../../core/networks/index.ts'
import { deepReluBiasNetwork } from '../../../core/networks/relu-bias.ts'
import { problemOf } from '../closed-form/fixtures.ts'
import { random } from '../networks/fixtures.ts'

const X = Matrix.column(Float64Array.of(-2, -1, 0, 1, 2))
const y = Float64Array.of(1, -1, 1, 1, -1)

/** w·(s·x − s·t)₊ + c. */
const neuron = (side: number, t: number, w: number, c = 0) =>
  reluBiasNetwork({
    W1: Matrix.fromRows([[side]]),
    b1: Float64Array.of(-side * t),
    W2: Matrix.fromRows([[w]]),
    b2: Float64Array.of(c),
  })

describe('a network along a line', () => {
  it('has the kinks of its units', () => {
    const network = reluBiasNetwork({
      W1: Matrix.fromRows([[1, -2]]),
      b1: Float64Array.of(-0.5, 1.5),
      W2: Matrix.fromRows([[3], [1]]),
      b2: Float64Array.of(4),
    })
    const along = alongLine(network, { origin: new Float64Array(1), direction: Float64Array.of(1) }, [-1, 2])
    expect([...along.t]).toEqual([-1, 0.5, 0.75, 2])
    expect([...along.values]).toEqual([7.5, 4.5, 4.75, 8.5])
    expect(kinksOf(along)).toEqual([
      { t: 0.5, jump: 3 },
      { t: 0.75, jump: 2 },
    ])
    expect(valueAt(along, 0.6)).toBeCloseTo(4.6, 12)
  })

  it.each([2, 3, 5])('of %i layers is exactly what the network predicts there', (layers) => {
    const sizes = [3, 6, 5, 6, 4]
    const network = deepReluBiasNetwork(
      Array.from({ length: layers }, (_, l) => {
        const cols = l === layers - 1 ? 1 : sizes[l + 1]
        return { W: random(sizes[l], cols, 30 + l), b: random(1, cols, 40 + l).data }
      }),
    )
    const origin = random(1, 3, 7).data
    const direction = random(1, 3, 8).data
    const along = alongLine(network, { origin, direction }, [-4, 4])
    expect(along.t.length).toBeGreaterThan(2)
    const at = Array.from({ length: 400 }, (_, k) => -4 + (8 * k) / 399)
    const F = forward(
      network,
      Matrix.fromRows(at.map((t) => origin.map((value, i) => value + t * direction[i]))),
    )
    at.forEach((t, k) => expect(valueAt(along, t)).toBeCloseTo(F.data[k], 8))
  })

  it('is not asked of normalised networks', () => {
    const network = bnReluNetwork(
      {
        W1: random(1, 2, 1),
        gamma: Float64Array.of(1, 1),
        alpha: Float64Array.of(0, 0),
        W2: random(2, 1, 2),
      },
      X,
    )
    expect(() => measureSpline(network, X, y)).toThrow(/not measured along a line/)
  })
})

describe('the deviation from the linear spline', () => {
  it('is 0 for an interpolant with kinks at the points only, and by hand elsewhere', () => {
    const line = neuron(1, -3, 1)
    const exact = measureSpline(line, X, Float64Array.of(1, 2, 3, 4, 5))!
    expect(exact.deviation).toBeCloseTo(0, 14)
    expect(exact.kinks).toEqual([])
    expect(exact.jumpAtPoints).toBe(1)
    // A kink in the middle of a gap: the spline through its values at the points cuts the corner by a quarter.
    const kinked = measureSpline(neuron(1, 0.5, 1), X, Float64Array.of(0, 0, 0, 0.5, 1.5))!
    expect(kinked.deviation).toBeCloseTo(0.25, 14)
    expect(kinked.relativeDeviation).toBeCloseTo(0.25 / 1.5, 14)
    expect(kinked.kinks).toEqual([{ at: 0.5, jump: 1, distance: 0.5 }])
    expect(kinked.jumpAtPoints).toBe(0)
  })

  it('is measured along the line that rows of rank one lie on, shifted or not', () => {
    const a = Float64Array.of(0.6, 0.8)
    const rows = Matrix.fromRows([-2, -1, 0, 1, 2].map((t) => [t * a[0] + 3, t * a[1] - 1]))
    // The rows' coordinates along a are t + 3·0.6 − 0.8 = t + 1.
    const network = reluBiasNetwork({
      W1: new Matrix(2, 1, a),
      b1: Float64Array.of(-1.5),
      W2: Matrix.fromRows([[1]]),
      b2: null,
    })
    const measure = measureSpline(network, rows, Float64Array.of(0, 0, 0, 0.5, 1.5))!
    expect(measure.deviation).toBeCloseTo(0.25, 12)
    expect(measure.kinks[0].distance).toBeCloseTo(0.5, 10)
  })

  it('does not exist for rows at one point', () => {
    expect(
      measureSpline(reluNetwork(random(1, 2, 1), random(2, 1, 2)), Matrix.fromRows([[1], [1]]), y),
    ).toBeNull()
  })
})

describe.each([2, 3, 5])('the closed form of %i layers', (layers) => {
  const problem = { X, Y: Matrix.column(y), loss: 'equality', beta: 1 } as const
  const shape = { layers, outputBias: true }

  it.each([branchNetwork, trunkNetwork])(
    'has its kinks at data points, and is the linear spline',
    (build) => {
      const { line, ...f } = solveOnLine(problem, true)
      const measure = measureSpline(build(line, f, shape), X, y)!
      expect(measure.deviation).toBeLessThan(1e-9)
      expect(measure.kinks.map(({ at }) => Math.round(at)).sort()).toEqual([-1, 0, 1])
      for (const { distance } of measure.kinks) expect(distance).toBeLessThan(1e-8)
      expect(measure.jumpAtPoints).toBe(1)
    },
  )

  it('keeps them there under weight decay', () => {
    const { line, ...f } = solveOnLine({ ...problem, loss: 'squared', beta: 0.2 }, true)
    const { kinks, jumpAtPoints } = measureSpline(branchNetwork(line, f, shape), X, y)!
    expect(kinks.length).toBeGreaterThan(0)
    expect(jumpAtPoints).toBe(1)
  })
})

describe('the record of a run', () => {
  const Y = Matrix.column(y)
  const network = neuron(1, 0.5, 1)

  it('has these measures for one output on a line, and for nothing else', () => {
    const { spline } = endMeasures(problemOf(X, Y, 'real'), network)
    expect(runMeasuresSchema.shape.spline.parse(spline)).toEqual(measureSpline(network, X, y))
    expect(endMeasures(problemOf(X, random(5, 2, 1), 'real'), network)).not.toHaveProperty('spline')
    const plane = reluNetwork(random(2, 3, 1), random(3, 1, 2))
    expect(endMeasures(problemOf(random(5, 2, 3), Y, 'real'), plane)).not.toHaveProperty('spline')
  })
})
