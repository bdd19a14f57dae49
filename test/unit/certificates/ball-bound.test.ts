import { describe, expect, it } from 'vitest'
import { BallBound } from '../../../core/certificates/ball-bound.ts'
import { WorkingCone } from '../../../core/certificates/simplicial-cone.ts'
import { projectPolyhedralCone } from '../../../core/linalg/cone.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { dot, norm2, scale } from '../../../core/linalg/products.ts'
import { stream } from '../../../core/random/index.ts'

/** A random cone: unit vectors around a common direction, the closer the smaller `spread` is. */
function randomCone(r: number, spread: number, source: ReturnType<typeof stream>): WorkingCone {
  const cone = new WorkingCone(r, 0, 0)
  const center = source.normals(r)
  scale(1 / norm2(center), center)
  for (let k = 0; k < r; k++) {
    const vertex = cone.vertices.subarray(k * r, (k + 1) * r)
    source.normals(r).forEach((value, c) => (vertex[c] = center[c] + spread * value))
    scale(1 / norm2(vertex), vertex)
  }
  cone.measureCenter()
  cone.invert()
  return cone
}

describe.each([2, 3, 4, 6])('max hᵀλ on a cone in the unit ball, rank %i', (r) => {
  it.each([0.3, 0.01])('is the norm of a projection, spread %f', (spread) => {
    const source = stream(r)
    const ball = new BallBound(r)
    let exactOnes = 0
    for (let trial = 0; trial < 100; trial++) {
      const cone = randomCone(r, spread, source)
      const h = source.normals(r).map((value) => 1 + spread * value)
      const g = new Float64Array(r)
      for (let k = 0; k < r; k++) for (let c = 0; c < r; c++) g[c] += h[k] * cone.dual[k * r + c]
      const exact = norm2(projectPolyhedralCone(new Matrix(r, r, cone.dual), g).projection)
      const bound = ball.bound(cone, h, 0)
      expect(bound).toBeGreaterThanOrEqual(exact * (1 - 1e-9))
      if (bound <= exact * (1 + 1e-9)) exactOnes++
    }
    expect(exactOnes).toBeGreaterThanOrEqual(90)
  })

  it('holds for a wrong dual basis, too', () => {
    const source = stream(10 + r)
    const ball = new BallBound(r)
    for (let trial = 0; trial < 20; trial++) {
      const cone = randomCone(r, 0.3, source)
      const h = source.normals(r)
      cone.dual.forEach((value, at) => (cone.dual[at] = value * (1 + 0.1 * source.normal())))
      const bound = ball.bound(cone, h, 0)
      for (let draw = 0; draw < 200; draw++) {
        const weights = Float64Array.from({ length: r }, () => source.uniform())
        const u = new Float64Array(r)
        for (let k = 0; k < r; k++) for (let c = 0; c < r; c++) u[c] += weights[k] * cone.vertices[k * r + c]
        expect(dot(h, weights) / norm2(u)).toBeLessThanOrEqual(bound * (1 + 1e-12))
      }
    }
  })
})

it('vertices that are nearly dependent leave the bound by the centre', () => {
  const cone = new WorkingCone(2, 0, 0)
  cone.vertices.set([1, 0, 1, 0])
  cone.measureCenter()
  cone.invert()
  expect(new BallBound(2).bound(cone, Float64Array.of(2, 3), 0)).toBeCloseTo(3, 12)
})

describe('cuts', () => {
  it('the parts have the dual basis of their vertices and share the new one', () => {
    const r = 4
    const cone = randomCone(r, 0.4, stream(5))
    const part = new WorkingCone(r, 0, 0)
    const cut = cone.chooseCut(new Float64Array(0), 0, 1)
    const middles = [cut.first, cut.second].map((replaced) => {
      part.becomePart(cone, cut, replaced)
      for (let k = 0; k < r; k++) {
        for (let l = 0; l < r; l++) {
          const product = dot(
            part.dual.subarray(k * r, (k + 1) * r),
            part.vertices.subarray(l * r, (l + 1) * r),
          )
          expect(product).toBeCloseTo(k === l ? 1 : 0, 10)
        }
      }
      return part.vertices.slice(replaced * r, (replaced + 1) * r)
    })
    expect(norm2(middles[0])).toBeCloseTo(1, 14)
    middles[0].forEach((value, c) => expect(value).toBeCloseTo(middles[1][c], 14))
  })
})
