import { BallBound } from './ball-bound.ts'
import type { ConeBounder } from './cone-bounder.ts'
import type { PooledForm } from './pooled-form.ts'
import type { WorkingCone } from './simplicial-cone.ts'

/**
 * Bounds of F and −F for one output (THEORY §4).
 *
 * F = P − Q with P and Q convex, the terms of positive and of negative weight; the linear part of F belongs to P. On a
 * cone P lies below Σλ_kP(V_k), and a term w·(nᵀu)₊ of Q lies above w·c·nᵀu for any c in [0, 1]: c = 1 where n is
 * positive at the centre. So F ≤ hᵀλ with h_k = P(V_k) − qᵀV_k, and the same with P and Q exchanged for −F.
 *
 * Form of a cone: P(V_k) | Q(V_k) | p | q, p and q the gradients of the terms that are active on all of it: 4r entries.
 */
export class ScalarBounder implements ConeBounder {
  readonly formSize: number
  readonly needsImages = false
  private readonly pooled: PooledForm
  private readonly ball: BallBound
  private readonly h: Float64Array
  /** Gradients of the minorants of P and Q. */
  private readonly slopes: readonly [Float64Array, Float64Array]

  constructor(pooled: PooledForm) {
    const r = pooled.normals.cols
    this.pooled = pooled
    this.formSize = 4 * r
    this.ball = new BallBound(r)
    this.h = new Float64Array(r)
    this.slopes = [new Float64Array(r), new Float64Array(r)]
  }

  get direction(): Float64Array {
    return this.ball.g
  }

  /** Where no hyperplane crosses, the bound is exact. */
  curvature(): number {
    return 0
  }

  start({ r, form }: WorkingCone): void {
    form.fill(0)
    form.set(this.pooled.linear.data, 2 * r)
  }

  absorb({ r, form }: WorkingCone, row: number): void {
    const { weights, normals } = this.pooled
    const weight = weights.data[row]
    const to = weight > 0 ? 2 * r : 3 * r
    const size = Math.abs(weight)
    for (let c = 0, at = row * r; c < r; c++) form[to + c] += size * normals.data[at + c]
  }

  settle(
    { r, form, vertices, rows, count }: WorkingCone,
    k: number,
    images: Float64Array,
    first: number,
    stride: number,
  ): number {
    const weights = this.pooled.weights.data
    let P = 0
    let Q = 0
    for (let c = 0, at = k * r; c < r; c++, at++) {
      P += form[2 * r + c] * vertices[at]
      Q += form[3 * r + c] * vertices[at]
    }
    for (let e = 0, at = first; e < count; e++, at += stride) {
      const t = images[at]
      if (t <= 0) continue
      const weight = weights[rows[e]]
      if (weight > 0) P += weight * t
      else Q -= weight * t
    }
    form[k] = P
    form[r + k] = Q
    return Math.abs(P - Q)
  }

  bound(cone: WorkingCone, closing: number): void {
    const { bounds, r } = cone
    this.collectSlopes(cone)
    if (bounds[0] > closing) bounds[0] = Math.min(bounds[0], this.signed(cone, 0, this.slopes[1], closing))
    if (bounds[1] > closing) bounds[1] = Math.min(bounds[1], this.signed(cone, r, this.slopes[0], closing))
  }

  /** The bound of P − Q or Q − P; `convex` is where the values of the first at the vertices begin. */
  private signed(cone: WorkingCone, convex: number, slope: Float64Array, closing: number): number {
    const { r, form, vertices } = cone
    const { h } = this
    for (let k = 0, at = 0; k < r; k++) {
      let sum = form[convex + k]
      for (let c = 0; c < r; c++, at++) sum -= slope[c] * vertices[at]
      h[k] = sum
    }
    return this.ball.bound(cone, h, closing)
  }

  private collectSlopes({ r, form, rows, count, center }: WorkingCone): void {
    const { weights, normals } = this.pooled
    const [p, q] = this.slopes
    for (let c = 0; c < r; c++) {
      p[c] = form[2 * r + c]
      q[c] = form[3 * r + c]
    }
    for (let e = 0; e < count; e++) {
      const row = rows[e]
      const from = row * r
      let middle = 0
      for (let c = 0; c < r; c++) middle += normals.data[from + c] * center[c]
      if (middle <= 0) continue
      const weight = weights.data[row]
      const slope = weight > 0 ? p : q
      const size = Math.abs(weight)
      for (let c = 0; c < r; c++) slope[c] += size * normals.data[from + c]
    }
  }
}
