import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  interpolateFreely,
  interpolateWithoutIntercept,
} from '../../../core/closed-form/one-dimensional/interpolation.ts'
import {
  largestPrice,
  pricesOf,
  sizeOf,
  valuesAt,
  type Kink,
} from '../../../core/closed-form/one-dimensional/kinks.ts'
import { pointsOf } from '../../../core/closed-form/one-dimensional/line.ts'
import { fitAt, splinePath, type PathProblem } from '../../../core/closed-form/one-dimensional/spline-path.ts'
import { squaredSolver } from '../../../core/closed-form/one-dimensional/squared.ts'
import {
  supportVectorSolver,
  type LabelledPoint,
} from '../../../core/closed-form/one-dimensional/support-vectors.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { pricedSimplex } from '../../../core/solvers/priced-simplex.ts'
import { stream } from '../../../core/random/index.ts'

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0)
const inner = (a: Float64Array, b: Float64Array): number => sum(a.map((value, k) => value * b[k]))

/** Points and values of one of three kinds: random, on a grid with small whole values, and symmetric. */
const drawn = fc
  .record({
    seed: fc.integer({ min: 0, max: 1e6 }),
    p: fc.integer({ min: 2, max: 14 }),
    kind: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ seed, p, kind }) => {
    const source = stream(seed)
    const whole = kind > 0
    const points = whole
      ? Float64Array.from({ length: p }, (_, k) => k - (p - 1) / 2)
      : source.normals(p).sort()
    const y = source.normals(p).map((value) => (whole ? Math.round(1.5 * value) : value))
    if (kind === 2) y.forEach((_, k) => (y[p - 1 - k] = y[k]))
    return { points, y }
  })

describe('points', () => {
  it('are the distinct values, and rounding makes no new ones', () => {
    const { points, place } = pointsOf(Float64Array.of(3, 1, 3 + 1e-15, -2, 1))
    expect([...points]).toEqual([-2, 1, 3])
    expect([...place]).toEqual([2, 1, 2, 0, 1])
  })
})

describe('prices', () => {
  it('are the inner products with every atom', () => {
    const points = Float64Array.of(-1, 0.5, 2, 2.5)
    const v = Float64Array.of(3, -1, 2, 0.5)
    const { right, left } = pricesOf(points, v)
    points.forEach((_, point) => {
      for (const [side, prices] of [
        [1, right],
        [-1, left],
      ] as const) {
        const atom = valuesAt(points, { kinks: [{ side, point, weight: 1 }], intercept: 0 })
        expect(prices[point]).toBeCloseTo(inner(atom, v), 12)
      }
    })
  })
})

describe('interpolation of least size', () => {
  it.each([
    ['with an intercept', interpolateFreely],
    ['without', interpolateWithoutIntercept],
  ] as const)('%s is proved by its dual vector', (name, interpolate) => {
    fc.assert(
      fc.property(drawn, ({ points, y }) => {
        const f = interpolate(points, y)
        const scale = 1 + sizeOf(f)
        valuesAt(points, f).forEach((value, k) => expect(Math.abs(value - y[k])).toBeLessThan(1e-9 * scale))
        expect(Math.abs(inner(f.dual, y) - sizeOf(f))).toBeLessThan(1e-9 * scale)
        expect(largestPrice(points, f.dual)).toBeLessThan(1 + 1e-9)
        const steepest = f.dual.reduce((most, v) => Math.max(most, Math.abs(v)), 1)
        if (name !== 'without') expect(Math.abs(sum(f.dual))).toBeLessThan(1e-9 * steepest)
      }),
      { numRuns: 300, seed: 1 },
    )
  })

  it('is a basic solution of the linear program, whose optimum the simplex method finds', () => {
    const source = stream(5)
    const points = source.normals(9).sort()
    const y = source.normals(9)
    // Columns ±atoms; the start interpolates with right atoms, and a left one for the first value.
    const kinks = [
      ...Array.from({ length: 8 }, (_, point) => ({ side: 1 as const, point, weight: 1 })),
      { side: -1 as const, point: 8, weight: 1 },
      ...Array.from({ length: 7 }, (_, k) => ({ side: -1 as const, point: k + 1, weight: 1 })),
    ]
    const atoms = kinks.map((kink) => valuesAt(points, { kinks: [kink], intercept: 0 }))
    const columns = atoms.flatMap((atom) => [atom, atom.map((value) => -value)])
    const costs = new Float64Array(columns.length).fill(1)
    const weights = startOf(points, y)
    const basis = Int32Array.from(weights, (weight, j) => 2 * j + (weight < 0 ? 1 : 0))
    const solution = pricedSimplex(
      {
        rhs: y,
        costs,
        column: (j, out) => out.set(columns[j]),
        products: (pi, out) => columns.forEach((column, j) => (out[j] = inner(column, pi))),
      },
      basis,
    )
    expect(solution.status).toBe('solved')
    expect(sum(solution.values)).toBeCloseTo(sizeOf(interpolateWithoutIntercept(points, y)), 9)
    expect(inner(solution.multipliers, y)).toBeCloseTo(sum(solution.values), 9)
  })
})

/** Weights of the right atoms at 0 … p − 2, then of the left one at p − 1, that interpolate. */
function startOf(points: Float64Array, y: Float64Array): number[] {
  const last = points.length - 1
  const left = y[0] / (points[last] - points[0])
  let slope = -left
  const right = Array.from({ length: last }, (_, k) => {
    const next = (y[k + 1] - y[k]) / (points[k + 1] - points[k])
    const weight = next - slope
    slope = next
    return weight
  })
  return [...right, left]
}

const problemOn = ({ points, y }: { points: Float64Array; y: Float64Array }): PathProblem => ({
  points,
  weights: points.map((_, k) => 1 + (k % 3)),
  targets: y,
})

/** The gap of ½Σ W(f − z)² + β·size at a fit, with the dual vector W(z + δ − f). */
function relativeGap(
  { points, weights, targets }: PathProblem,
  f: { kinks: Kink[]; intercept: number },
  beta: number,
  shift: Float64Array = new Float64Array(points.length),
): number {
  const values = valuesAt(points, f)
  const v = values.map((value, k) => weights[k] * (targets[k] + shift[k] - value))
  const scale = Math.min(1, beta / largestPrice(points, v))
  const loss = sum(values.map((value, k) => 0.5 * weights[k] * (value - targets[k]) ** 2))
  const primal = loss + beta * sizeOf(f)
  const dual = sum(v.map((value, k) => scale * value * targets[k] - (scale * value) ** 2 / (2 * weights[k])))
  return (primal - dual) / (1e-6 + primal)
}

describe('the squared loss', () => {
  it.each([true, false])('is solved to rounding, ties included (intercept: %s)', (hasIntercept) => {
    const beta = fc.double({ min: -3, max: 1, noNaN: true }).map((power) => 10 ** power)
    fc.assert(
      fc.property(drawn, beta, (data, at) => {
        const problem = problemOn(data)
        const found = squaredSolver(problem, hasIntercept)(at)
        expect(found.status).toBe('solved')
        expect(relativeGap(problem, found, at, found.shift)).toBeLessThan(1e-8)
      }),
      { numRuns: 300, seed: 2 },
    )
  })

  it('has a path that is continuous and linear between breakpoints, and starts at the mean', () => {
    const source = stream(8)
    const points = source.normals(30).sort()
    const problem = problemOn({ points, y: points.map((t) => Math.sin(3 * t) + 0.3 * source.normal()) })
    const path = splinePath(problem, 1e-3)!
    expect(path.length).toBeGreaterThan(20)
    const mean = inner(problem.weights, problem.targets) / sum(problem.weights)
    const first = fitAt(problem, path, 2 * path[1].beta)
    expect(first.kinks).toEqual([])
    for (const value of first.values) expect(value).toBeCloseTo(mean, 12)
    for (let j = 1; j < path.length - 1; j++) {
      const [high, low] = [path[j].beta, path[j + 1].beta]
      expect(low).toBeLessThanOrEqual(high)
      const before = fitAt(problem, path.slice(0, j), high)
      const after = fitAt(problem, path.slice(0, j + 1), high)
      expect(distance(before.values, after.values)).toBeLessThan(1e-9)
      const middle = fitAt(problem, path, (high + low) / 2).values
      const ends = [fitAt(problem, path, high).values, fitAt(problem, path, low * (1 + 1e-15)).values]
      expect(
        distance(
          middle,
          ends[0].map((value, k) => (value + ends[1][k]) / 2),
        ),
      ).toBeLessThan(1e-9)
    }
  })

  it('takes the same values from one path as from a path of their own', () => {
    const problem = problemOn({ points: stream(3).normals(20).sort(), y: stream(4).normals(20) })
    const shared = squaredSolver(problem, true)
    for (const beta of [0.01, 0.3, 2, 0.05]) {
      const own = valuesAt(problem.points, squaredSolver(problem, true)(beta))
      expect(distance(valuesAt(problem.points, shared(beta)), own)).toBeLessThan(1e-10)
    }
  })
})

const distance = (a: Float64Array, b: Float64Array): number =>
  a.reduce((most, value, k) => Math.max(most, Math.abs(value - b[k])), 0)

describe('ℓ₁ support vectors', () => {
  it.each([true, false])(
    'have a dual vector of equal value, from any start (intercept: %s)',
    (hasIntercept) => {
      fc.assert(
        fc.property(drawn, fc.integer({ min: 1, max: 9 }), ({ points, y }, tenth) => {
          const rows = y.reduce<LabelledPoint[]>((all, value, point) => {
            const label = value > 0 ? 1 : -1
            all.push({ point, label, count: 1 + (point % 2) })
            if (point % 3 === 0) all.push({ point, label: label > 0 ? -1 : 1, count: 1 })
            return all
          }, [])
          const solve = supportVectorSolver(points, rows, hasIntercept)
          for (const beta of [tenth / 10, tenth]) {
            const found = solve(beta)
            expect(found.status).toBe('solved')
            const f = valuesAt(points, found)
            const loss = rows.reduce(
              (total, { point, label, count }) => total + count * Math.max(0, 1 - label * f[point]),
              0,
            )
            const v = new Float64Array(points.length)
            rows.forEach(({ point, label, count }, i) => (v[point] += label * count * found.shares[i]))
            const dual = rows.reduce((total, { count }, i) => total + count * found.shares[i], 0)
            expect(Math.abs(loss + beta * sizeOf(found) - dual)).toBeLessThan(1e-8 * (1 + loss))
            expect(largestPrice(points, v)).toBeLessThan(beta * (1 + 1e-8))
            if (hasIntercept) expect(Math.abs(sum(v))).toBeLessThan(1e-8)
          }
        }),
        { numRuns: 100, seed: 3 },
      )
    },
  )
})

describe('pricedSimplex', () => {
  const program = (rows: number[][], rhs: number[], costs: number[]) => {
    const A = Matrix.fromRows(rows)
    return {
      rhs: Float64Array.from(rhs),
      costs: Float64Array.from(costs),
      column: (j: number, out: Float64Array) => out.set(A.columnCopy(j)),
      products: (pi: Float64Array, out: Float64Array) => {
        for (let j = 0; j < A.cols; j++) out[j] = inner(A.columnCopy(j), pi)
      },
    }
  }

  it('solves a program with a known optimum', () => {
    // max 3x + 5y, x ≤ 4, 2y ≤ 12, 3x + 2y ≤ 18: 36 at (2, 6).
    const { status, basis, values, multipliers } = pricedSimplex(
      program(
        [
          [1, 0, 1, 0, 0],
          [0, 2, 0, 1, 0],
          [3, 2, 0, 0, 1],
        ],
        [4, 12, 18],
        [-3, -5, 0, 0, 0],
      ),
      Int32Array.of(2, 3, 4),
    )
    expect(status).toBe('solved')
    const at = (j: number): number => values[basis.indexOf(j)]
    expect([at(0), at(1)]).toEqual([2, 6])
    expect([...multipliers].map((pi) => Math.abs(pi))).toEqual([0, 1.5, 1])
  })

  it('does not cycle on the example of Beale, and says when nothing stops it', () => {
    const beale = program(
      [
        [0.25, -60, -1 / 25, 9, 1, 0, 0],
        [0.5, -90, -1 / 50, 3, 0, 1, 0],
        [0, 0, 1, 0, 0, 0, 1],
      ],
      [0, 0, 1],
      [-0.75, 150, -0.02, 6, 0, 0, 0],
    )
    const { status, basis, values } = pricedSimplex(beale, Int32Array.of(4, 5, 6))
    expect(status).toBe('solved')
    expect(sum(values.map((value, i) => value * beale.costs[basis[i]]))).toBeCloseTo(-0.05, 12)
    const open = program([[1, -1]], [1], [0, -1])
    expect(pricedSimplex(open, Int32Array.of(0)).status).toBe('unbounded')
  })
})
