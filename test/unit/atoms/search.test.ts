import { describe, expect, it } from 'vitest'
import { HingedQuadratic } from '../../../core/atoms/hinged.ts'
import { atomsOf } from '../../../core/atoms/index.ts'
import { reluBiasAtoms } from '../../../core/atoms/relu-bias.ts'
import { searchMaxima } from '../../../core/atoms/search.ts'
import type { AtomFamily } from '../../../core/atoms/family.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import {
  dot,
  multiply,
  multiplyTransposeVector,
  multiplyVector,
  norm2,
  rowNorms,
} from '../../../core/linalg/products.ts'
import { singularValues } from '../../../core/linalg/svd.ts'
import { stream } from '../../../core/random/index.ts'
import { problemFor } from './fixtures.ts'

function reach(family: AtomFamily, theta: Float64Array, V: Matrix): number {
  const out = new Float64Array(family.rows)
  family.respond(theta, out)
  return norm2(multiplyTransposeVector(V, out))
}

describe('local search', () => {
  it.each([1, 3])('finds the largest ‖Vᵀ(Xu)₊‖ of a fine grid on the circle, %i outputs', (outputs) => {
    const problem = problemFor('relu', { n: 25, d: 2, outputs })
    const { X } = problem
    const family = atomsOf(problem)
    const V = new Matrix(25, outputs, stream(8).normals(25 * outputs))
    // Maxima at kinks, of size 1 each, are in the list themselves; others are smooth.
    const kinks = Array.from({ length: 25 }, (_, i) => Math.atan2(X.get(i, 0), -X.get(i, 1)))
    const grid = Array.from({ length: 20_000 }, (_, k) => (2 * Math.PI * k) / 20_000)
    const angles = [...grid, ...kinks, ...kinks.map((angle) => angle + Math.PI)]
    const best = Math.max(
      ...angles.map((angle) => reach(family, Float64Array.of(Math.cos(angle), Math.sin(angle)), V)),
    )
    const [top] = searchMaxima(family, V, stream(1), { starts: 30 })
    expect(top.value).toBeGreaterThanOrEqual(best * (1 - 1e-12))
    expect(top.value).toBeLessThanOrEqual(best * (1 + 1e-6))
    expect(reach(family, top.theta, V)).toBeCloseTo(top.value, 10)
  })

  it('returns distinct maxima, the largest first, the same for the same stream', () => {
    const family = atomsOf(problemFor('relu', { n: 30, d: 4 }))
    const V = new Matrix(30, 1, stream(8).normals(30))
    const maxima = searchMaxima(family, V, stream(1), { starts: 40 })
    const values = maxima.map(({ value }) => value)
    expect(values).toEqual([...values].sort((p, q) => q - p))
    expect(values.length).toBeGreaterThan(1)
    expect(searchMaxima(family, V, stream(1), { starts: 40 })).toEqual(maxima)
  })

  it.each(['relu-bn', 'parallel', 'conv-bn'] as const)(
    '%s: beats every random atom and keeps what it is given',
    (id) => {
      const family = atomsOf(problemFor(id, { outputs: 2 }))
      const V = new Matrix(family.rows, 2, stream(8).normals(2 * family.rows))
      const source = stream(5)
      const drawn = Array.from({ length: 300 }, () => family.draw(source))
      const best = Math.max(...drawn.map((theta) => reach(family, theta, V)))
      const found = searchMaxima(family, V, stream(1), { starts: 20, warm: drawn.slice(0, 5), rounds: 40 })
      expect(found[0].value).toBeGreaterThan(best)
      expect(reach(family, found[0].theta, V)).toBeCloseTo(found[0].value, 9)
      expect(family.square(found[0].theta, new Float64Array(family.size))).toBeCloseTo(1, 10)
    },
  )

  it('linear: the largest singular value of XᵀV', () => {
    const problem = problemFor('linear', { outputs: 3 })
    const V = new Matrix(12, 3, stream(8).normals(36))
    const [top] = searchMaxima(atomsOf(problem), V, stream(1), { starts: 1 })
    expect(top.value).toBeCloseTo(singularValues(multiply(problem.X, V, { transposeA: true }))[0], 10)
  })

  it('relu-bias: the largest over all 2n kinks, also with repeated points', () => {
    const x = stream(2).normals(15)
    x[3] = x[7]
    const family = reluBiasAtoms(x, Float64Array.of(1), 1, true)
    const V = new Matrix(15, 1, stream(8).normals(15))
    const sum = V.data.reduce((total, v) => total + v, 0)
    const centered = new Matrix(
      15,
      1,
      V.data.map((v) => v - sum / 15),
    )
    const kinks = Array.from(x).flatMap((t) => [Float64Array.of(1, -t), Float64Array.of(-1, t)])
    const best = Math.max(...kinks.map((theta) => reach(family, theta, centered)))
    expect(searchMaxima(family, centered, stream(1), { starts: 0 })[0].value).toBeCloseTo(best, 11)
  })
})

describe('the concave problem of a climb', () => {
  it.each([1, 2, 3, 4, 5])('is solved to its optimality conditions, seed %i', (seed) => {
    const source = stream(seed)
    const A = new Matrix(40, 6, source.normals(240))
    const q = source.normals(6).map((value) => 3 * value)
    const omega = source.normals(40).map((value) => Math.max(0, value))
    const u = new HingedQuadratic(A, q, omega, source.normals(6), rowNorms(A)).minimize()
    const h = (x: Float64Array): number => {
      const H = multiplyVector(A, x)
      return 0.5 * dot(x, x) - dot(q, x) + H.reduce((sum, t, i) => sum + omega[i] * Math.max(0, t), 0)
    }
    // Convex: no direction from u may lead down.
    for (let k = 0; k < 200; k++) {
      const step = source.normals(6)
      for (const t of [1e-6, 1e-3, 1])
        expect(h(u.map((value, c) => value + t * step[c]))).toBeGreaterThanOrEqual(h(u) - 1e-13)
    }
  })
})
