import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleArrangement } from '../../../core/arrangements/arrangement.ts'
import { projectPolyhedralCone } from '../../../core/linalg/cone.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { norm2 } from '../../../core/linalg/products.ts'
import { stream } from '../../../core/random/index.ts'
import { PooledDictionary } from '../../../core/programs/dictionaries/pooled.ts'

function setting(A: Matrix, seed: number) {
  const arrangement = sampleArrangement(A, 6, seed)
  const dictionary = new PooledDictionary(A, arrangement)
  return { arrangement, projector: dictionary.projector(), cone: (i: number) => dictionary.constraints(i) }
}

describe('projection on the cones of an arrangement', () => {
  it.each([
    [30, 4],
    [60, 12],
    [12, 12],
    [8, 10],
  ])('is that of the general method for %i rows in dimension %i, along a path of points', (n, d) => {
    const source = stream(n + d)
    const A = new Matrix(n, d, source.normals(n * d))
    const { arrangement, projector, cone } = setting(A, 1)
    for (let i = 0; i < arrangement.patterns.count; i++) {
      projector.load(i)
      const z = source.normals(d)
      for (let step = 0; step < 10; step++) {
        const drift = source.normals(d)
        for (let c = 0; c < d; c++) z[c] += 0.2 * drift[c]
        const size = projector.project(z)
        const { projection } = projectPolyhedralCone(cone(i), z)
        expect(size).toBeCloseTo(norm2(projection), 10)
        projection.forEach((value, c) => expect(projector.projection[c]).toBeCloseTo(value, 9))
      }
    }
  })

  it('copes with duplicate, parallel, antiparallel and zero rows', () => {
    const entry = fc.integer({ min: -2, max: 2 })
    const rows = fc.array(fc.array(entry, { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 9 })
    const points = fc.array(fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 3, maxLength: 3 }), {
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(rows, points, (list, path) => {
        const { arrangement, projector, cone } = setting(Matrix.fromRows(list), 2)
        projector.load(0)
        for (const point of path) {
          const z = Float64Array.from(point)
          projector.project(z)
          const { projection } = projectPolyhedralCone(cone(0), z)
          projection.forEach((value, c) => expect(projector.projection[c]).toBeCloseTo(value, 9))
        }
        expect(arrangement.patterns.count).toBeGreaterThan(0)
      }),
      { numRuns: 200, seed: 3 },
    )
  })

  it('stops early only with a valid upper bound of the norm', () => {
    const A = new Matrix(40, 8, stream(5).normals(320))
    const { projector, cone } = setting(A, 3)
    const z = stream(6).normals(8)
    const exact = norm2(projectPolyhedralCone(cone(1), z).projection)
    for (const enough of [0.99 * norm2(z), 1.5 * exact, 0.5 * exact]) {
      projector.load(1)
      const bound = projector.project(z, enough)
      expect(bound).toBeGreaterThanOrEqual(exact - 1e-12)
      if (enough > exact) expect(bound).toBeLessThanOrEqual(enough)
    }
  })

  it('starts from any guess of the active rows', () => {
    const A = new Matrix(40, 8, stream(7).normals(320))
    const { projector, cone } = setting(A, 3)
    const z = stream(8).normals(8)
    const exact = norm2(projectPolyhedralCone(cone(0), z).projection)
    for (const guess of [[], [0, 1, 2, 3], [5, 9, 30, 31, 32, 33, 34, 35, 36]]) {
      projector.load(0, guess)
      expect(projector.project(z)).toBeCloseTo(exact, 11)
    }
  })
})
