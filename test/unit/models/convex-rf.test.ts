import { describe, expect, it } from 'vitest'
import { extremeFilters, normalizedPatches, zeroPhaseWhitening } from '../../../core/convex-rf/filters.ts'
import { solveLasso } from '../../../core/convex-rf/lasso.ts'
import { METHOD_SCHEMAS, type SettingsOf } from '../../../core/experiments/document.ts'
import { runConvexRf } from '../../../core/experiments/methods/convex-rf.ts'
import type { Problem } from '../../../core/experiments/problem.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { dot, gram, maxAbs, multiply, multiplyTransposeVector, norm2 } from '../../../core/linalg/products.ts'
import {
  encode,
  encoderOf,
  forward,
  layers,
  normalizePatches,
  objective,
  patchGeometry,
  regularizer,
  score,
} from '../../../core/networks/index.ts'
import { stream } from '../../../core/random/index.ts'
import { context, finish, gaussian, problemOf, RELU } from '../closed-form/fixtures.ts'

const SIDE = 8
const image = { height: SIDE, width: SIDE, channels: 1 }

/** Bars, horizontal or vertical by class, at random places on a noisy ground. */
function bars(n: number, seed: number): { X: Matrix; Y: Matrix } {
  const source = stream(seed)
  const X = Matrix.zeros(n, SIDE * SIDE)
  const Y = Matrix.zeros(n, 2)
  for (let i = 0; i < n; i++) {
    const vertical = i % 2
    const at = source.integer(SIDE)
    for (let k = 0; k < SIDE * SIDE; k++) {
      const onBar = (vertical ? k % SIDE : Math.floor(k / SIDE)) === at
      X.set(i, k, (onBar ? 1 : 0) + 0.2 * source.normal())
    }
    Y.set(i, vertical, 1)
  }
  return { X, Y }
}

function barProblem(beta = 0.5): Problem {
  const { X, Y } = bars(60, 1)
  const problem = problemOf(X, Y, 'one-hot', { network: RELU, beta })
  return { ...problem, test: bars(40, 2), summary: { ...problem.summary, image } }
}
const settings = (changes: Partial<SettingsOf<'convex-rf'>> = {}): SettingsOf<'convex-rf'> => ({
  ...METHOD_SCHEMAS['convex-rf'].parse({ id: 'convex-rf', patches: 60, patch: 3 }),
  ...changes,
})

describe('the output program', () => {
  const B = gaussian(40, 25, 1)
  const y = gaussian(40, 1, 2).data
  const solve = (features: Matrix, beta: number, tolerance = 1e-10) => {
    const lasso = { G: gram(features), c: multiplyTransposeVector(features, y), yy: dot(y, y), beta }
    const run = solveLasso(lasso, tolerance)
    let step = run.next()
    while (!step.done) step = run.next()
    return step.value
  }
  const residual = (features: Matrix, w: Float64Array) => y.map((value, i) => value - dot(features.row(i), w))

  it.each([0.01, 1, 5])('meets the optimality conditions for β = %f', (beta) => {
    const { w, primal, dual, solved } = solve(B, beta)
    expect(solved).toBe(true)
    const r = residual(B, w)
    const direct = 0.5 * dot(r, r) + beta * w.reduce((sum, value) => sum + Math.abs(value), 0)
    expect(primal).toBeCloseTo(direct, 9)
    expect(dual).toBeLessThanOrEqual(primal)
    const slopes = multiplyTransposeVector(B, r)
    slopes.forEach((slope, j) => {
      if (w[j] === 0) expect(Math.abs(slope)).toBeLessThanOrEqual(beta * (1 + 1e-6))
      else expect(slope / (beta * Math.sign(w[j]))).toBeCloseTo(1, 4)
    })
  })

  it('is zero from β = ‖Bᵀy‖∞ on', () => {
    const beta = maxAbs(multiplyTransposeVector(B, y))
    expect(maxAbs(solve(B, beta).w)).toBe(0)
    expect(maxAbs(solve(B, 0.99 * beta).w)).toBeGreaterThan(0)
  })

  it('solves for features that are nearly the same, in few rounds', () => {
    const common = gaussian(40, 1, 5)
    const alike = new Matrix(
      40,
      25,
      B.data.map((value, at) => 1e-3 * value + common.data[Math.floor(at / 25)]),
    )
    const { solved, rounds } = solve(alike, 1e-3, 1e-8)
    expect(solved).toBe(true)
    expect(rounds).toBeLessThan(100)
  })

  it('takes features of which two are equal', () => {
    const twice = B.clone()
    for (let i = 0; i < 40; i++) twice.set(i, 1, B.get(i, 0))
    expect(solve(twice, 0.1).primal).toBeGreaterThanOrEqual(solve(B, 0.1).primal - 1e-9)
    expect(solve(twice, 0.1).solved).toBe(true)
  })
})

describe('patches and filters', () => {
  const { X } = bars(20, 3)
  const geometry = patchGeometry({ filter: 3, stride: 1, padding: 0 }, { d: SIDE * SIDE, image })
  const { patches, varianceFloor } = normalizedPatches(X, geometry, { patches: 40, epsilon: 0.01 }, stream(4))

  it('have mean 0 and variance just below 1', () => {
    expect([patches.rows, patches.cols]).toEqual([40, 9])
    expect(varianceFloor).toBeGreaterThan(0)
    for (let i = 0; i < 40; i++) {
      const p = patches.row(i)
      expect(p.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 10)
      expect(dot(p, p) / 9).toBeLessThan(1)
    }
    const flat = normalizePatches(new Matrix(1, 4, new Float64Array(4).fill(3)), 0.1)
    expect([...flat.data]).toEqual([0, 0, 0, 0])
  })

  it('are white after whitening', () => {
    const { mean, whitening } = zeroPhaseWhitening(patches, 1e-12)
    const centered = new Matrix(
      40,
      9,
      patches.data.map((value, at) => value - mean[at % 9]),
    )
    const white = multiply(centered, whitening)
    // Every patch sums to zero: eight directions are left.
    const covariance = gram(white)
    let trace = 0
    for (let i = 0; i < 9; i++) trace += covariance.get(i, i) / 40
    expect(trace).toBeCloseTo(8, 4)
  })

  it('each filter is a unit vector that responds more on its patch than on any other', () => {
    const whitening = zeroPhaseWhitening(patches, 0.1)
    const search = extremeFilters(patches, whitening)
    let step = search.next()
    while (!step.done) step = search.next()
    const { filters, inside } = step.value
    expect(filters.cols + inside).toBe(40)
    expect(filters.cols).toBeGreaterThan(10)
    const centered = new Matrix(
      40,
      9,
      patches.data.map((value, at) => value - whitening.mean[at % 9]),
    )
    const responses = multiply(multiply(centered, whitening.whitening), filters)
    const own = new Set<number>()
    for (let j = 0; j < filters.cols; j++) {
      expect(norm2(filters.columnCopy(j))).toBeCloseTo(1, 12)
      const column = responses.columnCopy(j)
      own.add(column.indexOf(Math.max(...column)))
    }
    expect(own.size).toBe(filters.cols)
  })
})

describe('the method', () => {
  const problem = barProblem()

  it.each(['max', 'average'] as const)(
    'tells bars by their direction, %s pooling, its output proved optimal',
    (pooling) => {
      const { outcome, progress } = finish(runConvexRf(problem, settings({ pooling }), context()))
      const { status, network, claim, details } = outcome
      expect([status, claim.level, claim.lowerBound]).toEqual(['solved', 'none', null])
      const value = objective(network!, problem.X, problem.Y, 'squared', problem.beta)
      const bound = details!['lower bound of the output program'] as number
      expect(value - bound).toBeGreaterThanOrEqual(-1e-9)
      expect(value - bound).toBeLessThan(1e-5 * value)
      expect(progress.at(-1).objective!).toBeCloseTo(value, 6)
      const { accuracy } = score(network!, problem.test!.X, problem.test!.Y, 'squared', 'one-hot')
      expect(accuracy).toBeGreaterThan(0.75)
    },
  )

  it('predicts by features of patches, counted one by one', () => {
    const { network } = finish(runConvexRf(problem, settings({ whiten: false }), context())).outcome
    const encoder = encoderOf(network!)
    const { filters, varianceFloor } = encoder
    const x = problem.X.row(3)
    const expected = new Float64Array(filters.cols * 4)
    for (let top = 0; top < 6; top++) {
      for (let left = 0; left < 6; left++) {
        const p = Float64Array.from(
          { length: 9 },
          (_, k) => x[(top + Math.floor(k / 3)) * SIDE + left + (k % 3)],
        )
        normalizePatches(new Matrix(1, 9, p), varianceFloor)
        for (let j = 0; j < filters.cols; j++) {
          const at = (Math.floor(top / 3) * 2 + Math.floor(left / 3)) * filters.cols + j
          expected[at] = Math.max(expected[at], dot(p, filters.columnCopy(j)))
        }
      }
    }
    const features = encode(encoder, problem.X)
    features.row(3).forEach((value, k) => expect(value).toBeCloseTo(expected[k], 10))
    const [, W] = layers(network!)
    const F = forward(network!, problem.X)
    expect([...F.data]).toEqual([...multiply(features, W).data])
    expect(regularizer(network!)).toBeCloseTo(
      W.data.reduce((sum, value) => sum + Math.abs(value), 0),
      12,
    )
  })

  it('repeats bit by bit, and differs with another seed', () => {
    const run = (seed: number) => finish(runConvexRf(problem, settings(), context(seed))).outcome
    expect(run(1)).toEqual(run(1))
    expect(run(2).network).not.toEqual(run(1).network)
  })

  it('stops when asked, without a network while there are no features', () => {
    const stopped = finish(
      runConvexRf(
        problem,
        settings(),
        context(0, () => 'cancelled'),
      ),
    ).outcome
    expect([stopped.status, stopped.network]).toEqual(['cancelled', null])
  })

  it('refuses rows that are not images, patches that do not fit, and other losses', () => {
    const run =
      (changed: Problem, changes = {}) =>
      () =>
        finish(runConvexRf(changed, settings(changes), context()))
    expect(run({ ...problem, summary: { ...problem.summary, image: null } })).toThrow('image data')
    expect(run(problem, { patch: 9 })).toThrow('does not fit')
    expect(run({ ...problem, loss: 'cross-entropy' })).toThrow('squared')
    expect(run(problem, { patches: 10_000 })).toThrow('too many')
  })
})
