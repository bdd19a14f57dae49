import { describe, expect, it } from 'vitest'
import { convexHull, planarGeometry } from '../../../core/geometry/planar-geometry.ts'
import { RectifiedSet } from '../../../core/geometry/rectified-set.ts'
import { spatialGeometry, type Mesh } from '../../../core/geometry/spatial-geometry.ts'
import { spikeFreeTest } from '../../../core/geometry/spike-free.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { dot, multiplyVector, norm2, outerGram } from '../../../core/linalg/products.ts'
import { pseudoInverse } from '../../../core/linalg/svd.ts'
import { stream } from '../../../core/random/index.ts'

const gaussian = (n: number, d: number, seed: number) => new Matrix(n, d, stream(seed).normals(n * d))
const setOf = (A: Matrix) => {
  const G = outerGram(A)
  return new RectifiedSet(Array.from({ length: A.rows }, (_, i) => [...G.row(i)]))
}
const pointsOf = (flat: Float64Array, n: number) =>
  Array.from({ length: flat.length / n }, (_, k) => flat.subarray(n * k, n * k + n))

/** Random points (Au)₊, ‖u‖ ≤ 1, of the definition. */
function sampled(A: Matrix, count = 400): Float64Array[] {
  const source = stream(99)
  return Array.from({ length: count }, (_, k) => {
    const u = source.normals(A.cols)
    const scale = (k % 2 ? 1 : source.uniform()) / norm2(u)
    return multiplyVector(
      A,
      u.map((t) => scale * t),
    ).map((t) => Math.max(0, t))
  })
}

const largest = <T>(items: readonly T[], value: (item: T, index: number) => number): number =>
  items.reduce((most, item, k) => Math.max(most, value(item, k)), -Infinity)

/** A point of Q: some u of length at most 1 responds with it where it is positive and with at most 0 elsewhere. */
function isInside(set: RectifiedSet, x: Float64Array): boolean {
  for (let k = 0; k < 200; k++) {
    const v = stream(k).normals(x.length)
    if (dot(v, x) > set.support(v).value + 1e-9) return false
  }
  return x.every((t) => t >= 0)
}

const CASES: [string, Matrix][] = [
  ['two samples in the plane', gaussian(2, 2, 1)],
  [
    'two samples at an obtuse angle',
    Matrix.fromRows([
      [1, 0.2, 0],
      [-0.8, 1, 0.3],
    ]),
  ],
  [
    'opposite samples',
    Matrix.fromRows([
      [1, 2],
      [-0.5, -1],
    ]),
  ],
  [
    'parallel samples',
    Matrix.fromRows([
      [1, 2],
      [0.5, 1],
    ]),
  ],
  [
    'orthogonal samples of many features',
    Matrix.fromRows([
      [3, 0, 0, 0],
      [0, 0, 0.5, 0],
    ]),
  ],
]

describe('the support of the rectified ellipsoid', () => {
  it.each([
    [2, 2],
    [2, 5],
    [3, 2],
    [3, 3],
    [3, 1],
  ])('is the largest value over directions, %i samples of %i features', (n, d) => {
    const A = gaussian(n, d, 10 * n + d)
    const set = setOf(A)
    expect(set.rank).toBe(Math.min(n, d))
    const cloud = sampled(A, 4000)
    for (let k = 0; k < 20; k++) {
      const v = stream(k).normals(n)
      const { value, point } = set.support(v)
      const best = cloud.reduce((most, x) => Math.max(most, dot(v, x)), 0)
      expect(value).toBeGreaterThanOrEqual(best - 1e-12)
      expect(value).toBeLessThan(best + 0.1 * norm2(v))
      expect(dot(v, point)).toBeCloseTo(value, 10)
    }
  })

  it('refuses more samples than it can go through', () => {
    expect(() => setOf(gaussian(4, 2, 1))).toThrow(/three samples, found 4/)
  })
})

describe.each(CASES)('the planar sets of %s', (_name, A) => {
  const set = setOf(A)
  const geometry = planarGeometry(set)

  it('have the points that their definitions say', () => {
    const inverse = pseudoInverse(A)
    const lengthOf = (x: Float64Array) => norm2(multiplyVector(inverse, x))
    expect(largest(pointsOf(geometry.ellipsoid, 2), lengthOf)).toBeCloseTo(1, 9)
    expect(largest(pointsOf(geometry.relaxation, 2), lengthOf)).toBeLessThan(1 + 1e-9)
    expect(Math.min(...geometry.relaxation)).toBeGreaterThanOrEqual(0)
    for (const polygon of [geometry.relaxation, geometry.hull, ...geometry.spikes]) {
      const some = pointsOf(polygon, 2).filter((_, k) => k % 7 === 0)
      expect(some.every((x) => isInside(set, x))).toBe(true)
    }
  })

  it('are such that Q is the relaxation and the spikes, and the hull contains it', () => {
    const hull = pointsOf(geometry.hull, 2)
    const inverse = pseudoInverse(A)
    for (const x of sampled(A)) {
      // The arc between two points of the polygon is at most this far outside.
      const outside = largest(hull, ([px, py], k) => {
        const [qx, qy] = hull[(k + 1) % hull.length]
        return (qy - py) * (x[0] - px) - (qx - px) * (x[1] - py)
      })
      expect(outside).toBeLessThan(1e-4)
      const onSpike = [0, 1].some((i) => x[1 - i] === 0 && x[i] <= geometry.spikes[i][2 + i] + 1e-12)
      const u = multiplyVector(inverse, x)
      const inRelaxation = norm2(u) <= 1 + 1e-9 && norm2(multiplyVector(A, u).map((t, i) => t - x[i])) < 1e-9
      expect(onSpike || inRelaxation).toBe(true)
    }
  })

  it('are polar to each other: vᵀx ≤ 1, with equality for each v inside the box', () => {
    const cloud = sampled(A)
    const polar = pointsOf(geometry.polar, 2)
    expect(largest(polar, (v) => largest(cloud, (x) => dot(v, x)))).toBeLessThan(1 + 1e-9)
    const inside = polar.filter((v) => v.every((t, i) => Math.abs(t) < geometry.box[i] * (1 - 1e-9)))
    expect(largest(inside, (v) => Math.abs(set.support(v).value - 1))).toBeLessThan(1e-9)
    const dual = pointsOf(geometry.dual, 2)
    expect(largest(dual, (v) => largest(cloud, (x) => Math.abs(dot(v, x))))).toBeLessThan(1 + 1e-9)
  })

  it('have spikes longer than the relaxation exactly where the data are not spike-free', () => {
    const excess = [0, 1].map((i) => {
      const axis = Float64Array.of(1 - i, i)
      const reach = set.rank === 2 ? set.relaxationReach(axis) : 0
      return geometry.spikes[i][2 + i] - reach
    })
    expect(Math.max(...excess) > 1e-9).toBe(!spikeFreeTest(A).spikeFree)
  })
})

describe('figures of the paper', () => {
  it('Fig. 4: a hull that is a triangle has a rectangle as polar set', () => {
    // Rows that are nearly opposite: almost nothing but spikes.
    const set = setOf(
      Matrix.fromRows([
        [2, 0],
        [-1, 0],
      ]),
    )
    const { hull, polar, box } = planarGeometry(set)
    expect(pointsOf(hull, 2).map((p) => Array.from(p, (t) => Math.round(1e9 * t) / 1e9))).toEqual([
      [0, 0],
      [2, 0],
      [0, 1],
    ])
    const inside = pointsOf(polar, 2).filter((v) => v.every((t, i) => Math.abs(t) < box[i] * (1 - 1e-9)))
    for (const v of inside) expect(Math.abs(v[0] - 0.5) < 1e-9 || Math.abs(v[1] - 1) < 1e-9).toBe(true)
    expect(inside.some((v) => Math.abs(v[0] - 0.5) < 1e-9 && Math.abs(v[1] - 1) < 1e-9)).toBe(true)
  })

  it('Fig. 2: diagonal data are spike-free, the polar set of a quarter ellipse is smooth', () => {
    const set = setOf(
      Matrix.fromRows([
        [2, 0],
        [0, 1],
      ]),
    )
    const { spikes } = planarGeometry(set)
    expect(spikes[0][2]).toBeCloseTo(2, 12)
    expect(spikes[1][3]).toBeCloseTo(1, 12)
    for (const angle of [0.2, 0.7, 1.1]) {
      const v = Float64Array.of(Math.cos(angle), Math.sin(angle))
      expect(set.support(v).value).toBeCloseTo(Math.hypot(2 * v[0], v[1]), 12)
    }
  })
})

describe.each([
  ['of rank 3', gaussian(3, 4, 2)],
  ['of rank 2', gaussian(3, 2, 5)],
  ['of rank 1', Matrix.fromRows([[1], [-2], [0.5]])],
])('the spatial sets of three samples %s', (_name, A) => {
  const set = setOf(A)
  const geometry = spatialGeometry(set)
  const vertices = (mesh: Mesh) => pointsOf(mesh.vertices, 3)

  it('have the points that their definitions say', () => {
    const inverse = pseudoInverse(A)
    const lengthOf = (x: Float64Array) => norm2(multiplyVector(inverse, x))
    expect(largest(vertices(geometry.ellipsoid), lengthOf)).toBeCloseTo(1, 9)
    expect(geometry.rectified.vertices).toEqual(geometry.ellipsoid.vertices.map((t) => Math.max(0, t)))
    const relaxed = vertices(geometry.relaxation)
    expect(relaxed.every((x) => x.every((t) => t >= 0) && Math.abs(lengthOf(x) - 1) < 1e-9)).toBe(true)
    expect(relaxed.length > 0).toBe(set.rank === 3)
    for (const x of vertices(geometry.hull).filter((_, k) => k % 29 === 0))
      expect(isInside(set, x)).toBe(true)
  })

  it('are contained in the hull and polar to it', () => {
    const cloud = sampled(A, 200)
    const all = [...cloud, ...vertices(geometry.hull)]
    expect(largest(vertices(geometry.polar), (v) => largest(all, (x) => dot(v, x)))).toBeLessThan(1 + 1e-9)
    const both = largest(vertices(geometry.dual), (v) => largest(all, (x) => Math.abs(dot(v, x))))
    expect(both).toBeLessThan(1 + 1e-9)
  })

  it('have edges and faces between vertices that are there', () => {
    for (const { vertices: flat, edges, faces } of [geometry.ellipsoid, geometry.relaxation, geometry.hull]) {
      const count = flat.length / 3
      for (const list of [edges, faces]) expect(list.every((k) => k < count)).toBe(true)
    }
    expect(geometry.hull.faces.length).toBe(4 * 36 * 18)
  })
})

describe('the convex hull of points', () => {
  it('keeps corners only, counter-clockwise', () => {
    const points = [
      [0, 0],
      [2, 0],
      [1, 0],
      [2, 2],
      [0, 2],
      [1, 1],
      [0, 0],
    ]
    expect(convexHull(points)).toEqual([
      [0, 0],
      [2, 0],
      [2, 2],
      [0, 2],
    ])
    expect(
      convexHull([
        [1, 1],
        [1, 1],
      ]),
    ).toEqual([[1, 1]])
  })
})
