import { describe, expect, it } from 'vitest'
import { enumerateArrangement } from '../../../core/arrangements/arrangement.ts'
import { boundRho, RhoSearch, type RhoProblem } from '../../../core/certificates/branch-and-bound.ts'
import { cheapRhoBound, unitAtomBound } from '../../../core/certificates/cheap-bound.ts'
import { projectPolyhedralCone } from '../../../core/linalg/cone.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { dot, multiplyTransposeVector, norm2, scale, scaleRows } from '../../../core/linalg/products.ts'
import { stream } from '../../../core/random/index.ts'

/** n samples of p patches in R^r and K outputs, all Gaussian. */
function gaussian(n: number, r: number, { patches = 1, outputs = 1, seed = 1 } = {}): Required<RhoProblem> {
  const source = stream(seed)
  const A = new Matrix(n * patches, r, source.normals(n * patches * r))
  return { A, V: new Matrix(n, outputs, source.normals(n * outputs)), patches }
}

/** ‖Vᵀ·S·(A·u)₊‖ straight from the definition. */
function valueAt({ A, V, patches = 1 }: RhoProblem, u: Float64Array): number {
  const F = new Float64Array(V.cols)
  for (let j = 0; j < A.rows; j++) {
    const t = Math.max(0, dot(A.row(j), u))
    for (let k = 0; k < V.cols; k++) F[k] += t * V.get(Math.floor(j / patches), k)
  }
  return norm2(F)
}

function randomUnit(source: ReturnType<typeof stream>, r: number): Float64Array {
  const u = source.normals(r)
  scale(1 / norm2(u), u)
  return u
}

/** The largest value at random unit vectors. */
function largestSampled(problem: RhoProblem, draws = 10_000): number {
  const source = stream(77)
  let largest = 0
  for (let k = 0; k < draws; k++) {
    largest = Math.max(largest, valueAt(problem, randomUnit(source, problem.A.cols)))
  }
  return largest
}

/** ρ(v) of one output: the largest projection of ±AᵀDv on the cone of a cell, over all cells. */
function exactRho({ A, V, patches = 1 }: RhoProblem): number {
  const { patterns } = enumerateArrangement(A, 20_000)
  let largest = 0
  for (let cell = 0; cell < patterns.count; cell++) {
    const flags = Array.from({ length: A.rows }, (_, j) => patterns.isActive(cell, j))
    const G = scaleRows(
      A,
      flags.map((isActive) => (isActive ? 1 : -1)),
    )
    const masked = Float64Array.from(flags, (isActive, j) =>
      isActive ? V.get(Math.floor(j / patches), 0) : 0,
    )
    const gradient = multiplyTransposeVector(A, masked)
    for (const sign of [1, -1]) {
      const { projection } = projectPolyhedralCone(
        G,
        gradient.map((value) => sign * value),
      )
      largest = Math.max(largest, norm2(projection))
    }
  }
  return largest
}

const exactly = { floor: 0, epsilon: 1e-4 }
const ROUNDING = 1e-11

describe.each([1, 2, 3, 4, 5])('ρ over all neurons of one output, rank %i', (r) => {
  it.each([
    { patches: 1, seed: 1 },
    { patches: 1, seed: 2 },
    { patches: 3, seed: 3 },
  ])('is what enumeration finds: $patches patches, seed $seed', ({ patches, seed }) => {
    const problem = gaussian(patches === 1 ? 9 : 3, r, { patches, seed })
    const exact = exactRho(problem)
    const { lower, upper } = boundRho(problem, exactly)
    expect(upper).toBeGreaterThanOrEqual(exact * (1 - ROUNDING))
    expect(upper).toBeLessThanOrEqual(exact * (1 + 1e-4 + ROUNDING))
    expect(lower).toBeLessThanOrEqual(exact * (1 + ROUNDING))
    expect(cheapRhoBound(problem)).toBeGreaterThanOrEqual(exact * (1 - ROUNDING))
  })
})

describe.each([1, 2, 3, 4])('ρ over all neurons of several outputs, rank %i', (r) => {
  it.each([
    { outputs: 2, patches: 1 },
    { outputs: 3, patches: 1 },
    { outputs: 3, patches: 3 },
    { outputs: 5, patches: 1 },
  ])('is closed in from both sides: $outputs outputs, $patches patches', ({ outputs, patches }) => {
    const problem = gaussian(12, r, { outputs, patches, seed: r })
    const { lower, upper } = boundRho(problem, { floor: 0, epsilon: 1e-2 })
    const sampled = largestSampled(problem, 2000)
    expect(upper).toBeGreaterThanOrEqual(sampled)
    expect(upper).toBeLessThanOrEqual(lower * (1.01 + ROUNDING))
    expect(cheapRhoBound(problem)).toBeGreaterThanOrEqual(lower)
  })

  it('of which one is zero are the others', () => {
    const one = gaussian(12, r)
    const padded = Matrix.fromRows(Array.from(one.V.data, (v) => [0.6 * v, 0, -0.8 * v]))
    const { upper } = boundRho({ ...one, V: padded }, exactly)
    const { lower } = boundRho(one, exactly)
    expect(upper / lower).toBeCloseTo(1, 3)
  })
})

describe('bounds on the way', () => {
  it.each([{ outputs: 1 }, { outputs: 3 }])(
    'hold wherever the budget ends the search, and only fall, $outputs outputs',
    ({ outputs }) => {
      const problem = gaussian(25, 4, { outputs, seed: 9 })
      const sampled = largestSampled(problem)
      let previous = Infinity
      for (const maxCones of [1, 30, 200, 1000, 5000]) {
        const { upper, lower, cones } = boundRho(problem, { floor: 0, epsilon: 1e-6, maxCones })
        expect(upper).toBeGreaterThanOrEqual(Math.max(sampled, lower))
        expect(upper).toBeLessThanOrEqual(previous * (1 + ROUNDING))
        expect(cones).toBeLessThanOrEqual(Math.max(maxCones + 1, 2 ** 4))
        previous = upper
      }
    },
  )

  it.each([{ outputs: 1 }, { outputs: 2 }])(
    'are the same after one run and after many, $outputs outputs',
    ({ outputs }) => {
      const problem = gaussian(40, 4, { outputs, seed: 5 })
      const settings = { floor: 0, epsilon: 1e-3 }
      const whole = new RhoSearch(problem, settings)
      whole.run({ maxCones: 4000 })
      const parts = new RhoSearch(problem, settings)
      for (let maxCones = 100; maxCones <= 4000; maxCones += 300) parts.run({ maxCones })
      let halts = 0
      parts.run({ maxCones: 4000, halt: () => halts++ % 3 === 2 })
      while (!parts.done && parts.cones < 4000) parts.run({ maxCones: 4000 })
      expect(parts.cones).toBe(whole.cones)
      expect([parts.upper, parts.lower]).toEqual([whole.upper, whole.lower])
      expect(parts.best).toEqual(whole.best)
    },
  )

  it('hold when memory runs out, and the search still ends', () => {
    const problem = gaussian(30, 3, { seed: 4 })
    const free = boundRho(problem, exactly)
    const search = new RhoSearch(problem, { ...exactly, memory: 0 })
    search.run()
    expect(search.done).toBe(true)
    expect(Math.abs(search.upper / free.upper - 1)).toBeLessThan(2e-4)
  })

  it('stop at once when they are asked to', () => {
    const search = new RhoSearch(gaussian(30, 3), exactly)
    search.run({ halt: () => true })
    expect(search.cones).toBe(2 ** 3)
    expect(search.done).toBe(false)
  })
})

describe('the floor and the lower bound', () => {
  const problem = gaussian(40, 3, { seed: 6 })
  const { lower, cones } = boundRho(problem, exactly)

  it('values below the floor are not told apart', () => {
    const floor = 2 * lower
    const above = boundRho(problem, { floor, epsilon: 1e-4 })
    expect(above.upper).toBeLessThanOrEqual(floor * (1 + 1e-4 + ROUNDING))
    expect(above.upper).toBeGreaterThanOrEqual(lower)
    expect(above.cones).toBeLessThan(cones / 4)
  })

  it('the best unit vector has the value of the lower bound', () => {
    const search = new RhoSearch(problem, exactly)
    search.run()
    expect(norm2(search.best!)).toBeCloseTo(1, 12)
    expect(valueAt(problem, search.best!)).toBeCloseTo(search.lower, 10)
  })

  it('candidates of any length are welcome', () => {
    const { best } = new RhoSearch(problem, exactly)
    const known = best!.map((value) => 7 * value)
    const search = new RhoSearch(problem, { ...exactly, candidates: [new Float64Array(3), known] })
    expect(search.lower).toBeGreaterThanOrEqual(lower * (1 - 1e-6))
  })
})

describe('degenerate problems', () => {
  it('zero, parallel, antiparallel and duplicate rows change nothing', () => {
    const rows = [
      [0, 0, 0],
      [1, 2, -1],
      [1, 2, -1],
      [-2, -4, 2],
      [2, -1, 0.5],
      [0, 1, 1],
      [0, -3, -3],
      [4, -2, 1],
    ]
    const A = Matrix.fromRows(rows)
    const V = Matrix.column(Float64Array.of(5, 1, 0.5, -1, 0.7, -2, 0.3, -0.1))
    const problem = { A, V }
    const { lower, upper } = boundRho(problem, exactly)
    const exact = exactRho(problem)
    expect(upper / exact).toBeCloseTo(1, 3)
    expect(upper).toBeGreaterThanOrEqual(exact)
    expect(lower).toBeLessThanOrEqual(exact * (1 + ROUNDING))
    const pair = boundRho({ A, V: Matrix.fromRows(Array.from(V.data, (v, i) => [v, i])) }, exactly)
    expect(pair.upper).toBeGreaterThanOrEqual(exact)
  })

  it('rows that nearly coincide are merged within the bound', () => {
    const { A, V } = gaussian(8, 3)
    const shifted = A.clone()
    shifted.data.forEach((value, at) => (shifted.data[at] = value * (1 + 1e-11 * ((at % 3) - 1))))
    const doubled = {
      A: new Matrix(16, 3, Float64Array.of(...A.data, ...shifted.data)),
      V: new Matrix(16, 1, Float64Array.of(...V.data, ...V.data)),
    }
    const { lower, upper } = boundRho(doubled, exactly)
    expect(upper).toBeGreaterThanOrEqual(largestSampled(doubled, 500))
    expect(upper / lower).toBeLessThanOrEqual(1 + 1e-4 + 1e-9)
  })

  it('a function that vanishes has ρ = 0', () => {
    const { A, V } = gaussian(6, 3)
    expect(boundRho({ A, V: Matrix.zeros(6, 1) }, exactly)).toEqual({ upper: 0, lower: 0, cones: 0 })
    expect(cheapRhoBound({ A, V: Matrix.zeros(6, 2) })).toBe(0)
    const twice = new Matrix(12, 3, Float64Array.of(...A.data, ...A.data))
    const opposite = Matrix.column(Float64Array.of(...V.data, ...V.data.map((v) => -v)))
    const { upper } = boundRho({ A: twice, V: opposite }, exactly)
    expect(upper).toBeLessThan(1e-10)
  })

  it('no columns, no rows', () => {
    expect(boundRho({ A: Matrix.zeros(4, 0), V: Matrix.zeros(4, 1) }, exactly).upper).toBe(0)
    expect(boundRho({ A: Matrix.zeros(0, 2), V: Matrix.zeros(0, 1) }, exactly).upper).toBe(0)
    expect(cheapRhoBound({ A: Matrix.zeros(4, 0), V: Matrix.zeros(4, 1) })).toBe(0)
  })

  it('a linear function is bounded exactly', () => {
    const { A, V } = gaussian(10, 4)
    const both = new Matrix(20, 4, Float64Array.of(...A.data, ...A.data.map((a) => -a)))
    const W = Matrix.column(Float64Array.of(...V.data, ...V.data.map((v) => -v)))
    const { upper } = boundRho({ A: both, V: W }, exactly)
    const exact = norm2(multiplyTransposeVector(A, V.data))
    expect(upper / exact).toBeCloseTo(1, 4)
    expect(upper).toBeGreaterThanOrEqual(exact * (1 - ROUNDING))
  })

  it.each([1e-150, 1e-6, 1e6, 1e100])('bounds scale with V and A, by %f', (factor) => {
    const problem = gaussian(20, 3, { seed: 8 })
    const { upper, cones } = boundRho(problem, exactly)
    const larger = (M: Matrix) =>
      new Matrix(
        M.rows,
        M.cols,
        M.data.map((value) => factor * value),
      )
    const scaledV = boundRho({ ...problem, V: larger(problem.V) }, exactly)
    expect(scaledV.upper / factor / upper).toBeCloseTo(1, 9)
    const scaledA = boundRho({ ...problem, A: larger(problem.A) }, exactly)
    expect(scaledA.upper / factor / upper).toBeCloseTo(1, 9)
    expect(Math.abs(scaledV.cones - cones)).toBeLessThanOrEqual(0.02 * cones)
  })

  it('refuses shapes that do not match, and ranks with too many orthants', () => {
    const { A, V } = gaussian(6, 3)
    expect(() => boundRho({ A, V, patches: 2 }, exactly)).toThrow(RangeError)
    expect(() => cheapRhoBound({ A, V, patches: 2 })).toThrow(RangeError)
    expect(() => boundRho({ A: Matrix.zeros(6, 13), V }, exactly)).toThrow('at most 12')
  })
})

describe('cheap bounds', () => {
  it.each([1, 4])('are never below values, %i outputs', (outputs) => {
    for (const seed of [1, 2, 3]) {
      const problem = gaussian(30, 6, { outputs, seed, patches: 2 })
      expect(cheapRhoBound(problem)).toBeGreaterThanOrEqual(largestSampled(problem, 2000))
    }
  })

  it('unit atoms: the norm of v, the largest singular value of V', () => {
    const { V } = gaussian(30, 1, { outputs: 3 })
    const source = stream(3)
    const bound = unitAtomBound(V)
    for (let k = 0; k < 1000; k++) {
      const atom = randomUnit(source, 30)
      expect(norm2(multiplyTransposeVector(V, atom))).toBeLessThanOrEqual(bound)
    }
    const v = V.columnCopy(0)
    expect(unitAtomBound(Matrix.column(v))).toBeCloseTo(norm2(v), 10)
    expect(unitAtomBound(Matrix.zeros(0, 2))).toBe(0)
  })
})
