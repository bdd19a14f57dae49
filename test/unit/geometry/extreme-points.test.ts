import { describe, expect, it } from 'vitest'
import { extremePointNeuron, extremePoints } from '../../../core/geometry/extreme-points.ts'
import { leastSquares } from '../../../core/linalg/svd.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { dot, norm2 } from '../../../core/linalg/products.ts'
import { stream } from '../../../core/random/index.ts'

const gaussian = (n: number, d: number, seed: number) => new Matrix(n, d, stream(seed).normals(n * d))

/** Distance of a point to the affine hull of every subset of the others, where the nearest point is inside: all faces. */
function distanceByFaces(A: Matrix, i: number): number {
  const others = Array.from({ length: A.rows }, (_, j) => j).filter((j) => j !== i)
  let best = Infinity
  for (let mask = 1; mask < 2 ** others.length; mask++) {
    const subset = others.filter((_, k) => (mask >> k) & 1)
    const base = A.row(subset[0])
    const target = A.row(i).map((a, c) => a - base[c])
    const edges = subset.slice(1).map((j) => A.row(j).map((a, c) => a - base[c]))
    let shares = new Float64Array(0)
    let rest = target
    if (edges.length > 0) {
      const E = Matrix.fromRows(edges).transpose()
      shares = leastSquares(E, Matrix.column(target)).data.slice()
      rest = target.map((t, c) => t - edges.reduce((sum, edge, k) => sum + shares[k] * edge[c], 0))
    }
    const first = 1 - shares.reduce((sum, share) => sum + share, 0)
    if (first >= -1e-9 && shares.every((share) => share >= -1e-9)) best = Math.min(best, norm2(rest))
  }
  return best
}

describe('extreme points along the basis vectors (Lemma 2.7)', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'have the distance to the hull of the others, face by face (seed %i)',
    (seed) => {
      const A = gaussian(7, 1 + (seed % 4), seed)
      extremePoints(A).forEach((point, i) => {
        const distance = distanceByFaces(A, i)
        if (point === null) {
          expect(distance).toBeLessThan(1e-8)
          return
        }
        expect(point.value).toBeCloseTo(distance, 10)
        expect(norm2(point.u)).toBeCloseTo(1, 12)
        for (let j = 0; j < A.rows; j++) {
          if (j !== i) expect(dot(A.row(j), point.u) + point.b).toBeLessThanOrEqual(1e-12)
        }
      })
    },
  )

  it('are the residual of a mixture of the other samples', () => {
    const A = gaussian(6, 4, 9)
    extremePoints(A).forEach((point, i) => {
      if (!point) throw new Error('no point')
      expect(point.lambda[i]).toBe(0)
      expect(Math.min(...point.lambda)).toBeGreaterThanOrEqual(0)
      expect(point.lambda.reduce((a, b) => a + b)).toBeCloseTo(1, 12)
      const residual = A.row(i).map(
        (a, c) => a - A.columnCopy(c).reduce((s, t, j) => s + t * point.lambda[j], 0),
      )
      residual.forEach((r, c) => {
        expect(r / norm2(residual)).toBeCloseTo(point.u[c], 10)
      })
    })
  })

  it('do not exist for a sample in the hull of the others, nor for one that is there twice', () => {
    const square = Matrix.fromRows([
      [0, 0],
      [4, 0],
      [0, 4],
      [4, 4],
      [2, 2],
      [4, 4],
    ])
    const points = extremePoints(square)
    expect(points.map((point) => point !== null)).toEqual([true, true, true, false, false, false])
    expect(points[0]!.value).toBeCloseTo(Math.SQRT2 * 2, 12)
  })

  it('are u = ±1 with the kink at the neighbour on a line', () => {
    const line = Matrix.fromRows([[-2], [-1], [0], [1], [3]])
    expect(extremePointNeuron(line, 0)).toMatchObject({ u: Float64Array.of(-1), b: -1, value: 1 })
    expect(extremePointNeuron(line, 4)).toMatchObject({ u: Float64Array.of(1), b: -1, value: 2 })
    expect(extremePointNeuron(line, 2)).toBeNull()
  })

  it('do not depend on where the origin is or on the unit of length', () => {
    const A = gaussian(8, 3, 4)
    const moved = new Matrix(
      8,
      3,
      A.data.map((a) => 1e6 * a + 3e6),
    )
    extremePoints(A).forEach((point, i) => {
      const other = extremePointNeuron(moved, i)
      expect(other === null).toBe(point === null)
      point?.u.forEach((u, c) => {
        expect(other!.u[c]).toBeCloseTo(u, 8)
      })
    })
  })

  it('exist for every row of wide Gaussian data, and fit any labels (Theorem 3.5)', () => {
    const A = gaussian(6, 40, 2)
    const points = extremePoints(A)
    expect(points).not.toContain(null)
    points.forEach((point, i) => {
      for (let j = 0; j < 6; j++) {
        const response = Math.max(0, dot(A.row(j), point!.u) + point!.b)
        expect(response).toBeCloseTo(i === j ? point!.value : 0, 10)
      }
    })
  })

  it('without bias are the best of many directions that only sample i sees', () => {
    const A = gaussian(5, 2, 3)
    extremePoints(A, false).forEach((point, i) => {
      let best = 0
      for (let k = 0; k < 20_000; k++) {
        const angle = (2 * Math.PI * k) / 20_000
        const t = Array.from(
          { length: 5 },
          (_, j) => A.get(j, 0) * Math.cos(angle) + A.get(j, 1) * Math.sin(angle),
        )
        if (t.every((value, j) => j === i || value <= 0)) best = Math.max(best, t[i])
      }
      if (point === null) {
        expect(best).toBe(0)
        return
      }
      expect(point.b).toBe(0)
      expect(point.value).toBeGreaterThanOrEqual(best - 1e-12)
      expect(point.value).toBeCloseTo(best, 3)
    })
  })

  it('refuses a sample that is not there', () => {
    expect(() => extremePointNeuron(gaussian(3, 2, 1), 3)).toThrow(/from 0 to 2/)
  })
})
