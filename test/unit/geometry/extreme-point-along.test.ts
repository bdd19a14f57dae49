import { describe, expect, it } from 'vitest'
import { extremePointAlong } from '../../../core/geometry/extreme-point-along.ts'
import { extremePointNeuron } from '../../../core/geometry/extreme-points.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { multiplyVector, norm2 } from '../../../core/linalg/products.ts'
import { stream } from '../../../core/random/index.ts'

const gaussian = (n: number, d: number, seed: number) => new Matrix(n, d, stream(seed).normals(n * d))
const centered = (alpha: Float64Array) =>
  alpha.map((value) => value - alpha.reduce((a, b) => a + b) / alpha.length)

const valueAt = (A: Matrix, alpha: Float64Array, u: Float64Array, b: number) =>
  multiplyVector(A, u).reduce((sum, t, i) => sum + alpha[i] * Math.max(0, t + b), 0)

/** u as Lemma 2.8 writes it. */
function fromMultipliers(
  A: Matrix,
  alpha: Float64Array,
  active: readonly number[],
  multipliers: Float64Array,
) {
  const sum = new Float64Array(A.cols)
  for (let i = 0; i < A.rows; i++) {
    const share = active.includes(i) ? alpha[i] + multipliers[i] : -multipliers[i]
    A.row(i).forEach((value, c) => (sum[c] += share * value))
  }
  return sum.map((value) => value / norm2(sum))
}

describe('extreme points along any direction (Lemma 2.8)', () => {
  it.each([1, 2, 3, 4])('are the largest value over directions and kinks (seed %i)', (seed) => {
    const A = gaussian(8, 2, seed)
    const alpha = centered(gaussian(8, 1, seed + 50).data)
    const point = extremePointAlong(A, alpha)!
    let best = 0
    for (let k = 0; k < 3000; k++) {
      const angle = (2 * Math.PI * k) / 3000
      const u = Float64Array.of(Math.cos(angle), Math.sin(angle))
      for (const t of multiplyVector(A, u)) best = Math.max(best, valueAt(A, alpha, u, -t))
    }
    expect(point.value).toBeGreaterThanOrEqual(best - 1e-12)
    expect(point.value).toBeCloseTo(best, 4)
    expect(point.value).toBeCloseTo(valueAt(A, alpha, point.u, point.b), 12)
    expect(norm2(point.u)).toBeCloseTo(1, 12)
  })

  it.each([1, 2, 3, 4, 5])(
    'are combinations of the samples with non-negative multipliers (seed %i)',
    (seed) => {
      const A = gaussian(7, 3, seed)
      for (const bias of [true, false]) {
        const raw = gaussian(7, 1, seed + 20).data
        const alpha = bias ? centered(raw) : raw
        const { u, active, multipliers } = extremePointAlong(A, alpha, { bias })!
        const combined = fromMultipliers(A, alpha, active, multipliers)
        u.forEach((value, c) => {
          expect(combined[c]).toBeCloseTo(value, 8)
        })
        expect(Math.min(...multipliers)).toBeGreaterThan(-1e-9)
        if (!bias) continue
        const sum = multipliers.reduce((s, m, i) => s + (active.includes(i) ? alpha[i] + m : -m), 0)
        expect(sum).toBeCloseTo(0, 10)
      }
    },
  )

  it('have their kink at a sample (Cor. 2.1)', () => {
    const A = gaussian(9, 3, 4)
    const { u, b } = extremePointAlong(A, centered(gaussian(9, 1, 5).data))!
    expect(Math.min(...multiplyVector(A, u).map((t) => Math.abs(t + b)))).toBeLessThan(1e-13)
  })

  it('agree with Lemma 2.7 where every other sample pays dearly', () => {
    const A = gaussian(6, 3, 8)
    for (let i = 0; i < 6; i++) {
      const alpha = new Float64Array(6).fill(-1e6)
      alpha[i] = 1
      const along = extremePointAlong(A, alpha)
      const point = extremePointNeuron(A, i)
      expect(along === null).toBe(point === null)
      point?.u.forEach((value, c) => {
        expect(along!.u[c]).toBeCloseTo(value, 8)
      })
      if (point) expect(along!.b).toBeCloseTo(point.b, 8)
    }
  })

  it('refuse directions with an unbounded value, and find none where all pay', () => {
    const A = gaussian(5, 2, 1)
    expect(() => extremePointAlong(A, new Float64Array(5).fill(1))).toThrow(/1ᵀα ≤ 0/)
    expect(extremePointAlong(A, new Float64Array(5).fill(-1))).toBeNull()
    expect(extremePointAlong(A, new Float64Array(5).fill(1), { bias: false })).not.toBeNull()
  })
})
