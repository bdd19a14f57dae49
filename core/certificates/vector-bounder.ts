import { BallBound } from './ball-bound.ts'
import type { ConeBounder } from './cone-bounder.ts'
import type { PooledForm } from './pooled-form.ts'
import type { WorkingCone } from './simplicial-cone.ts'

/**
 * Bounds of ‖F‖ for several outputs.
 *
 * On a cone, (t)₊ = c·t + e with c = 1 where the normal is positive at the centre, else 0, and 0 ≤ e ≤ Σλ_ke_k, where
 * e_k is (−t)₊ or (t)₊ at vertex k. So F(u) = Σλ_k(LᵀV_k + Σ_j τ_je_jkW_j) with L the form and slopes of the active
 * normals and τ_j in [0, 1]. Split along d, the direction of F at the centre, and across it:
 *
 *     |dᵀF| ≤ Σλ_km_k,   ‖F − (dᵀF)d‖ ≤ Σλ_ks_k,   so   ‖F‖ ≤ Σλ_k√(m_k² + s_k²):
 *     m_k = max(dᵀLᵀV_k + Σe_jk(dᵀW_j)₊, −dᵀLᵀV_k + Σe_jk(−dᵀW_j)₊),   s_k = ‖(LᵀV_k)⊥‖ + Σe_jk‖W_j⊥‖.
 *
 * F⊥ shrinks with the cone and enters squared, so the bound is as good as that of one output in the end.
 *
 * Form of a cone: the linear map of the terms that are active on all of it, r×K.
 */
export class VectorBounder implements ConeBounder {
  readonly formSize: number
  readonly needsImages = true
  private readonly pooled: PooledForm
  private readonly ball: BallBound
  private readonly K: number
  private readonly h: Float64Array
  /** r×K: L. */
  private readonly map: Float64Array
  /** K entries: d. */
  private readonly main: Float64Array
  /** K entries: F at a point. */
  private readonly value: Float64Array
  /** For every vertex: sums over the rows of e·(dᵀW)₊, e·(−dᵀW)₊ and e·‖W⊥‖. */
  private readonly excess: Float64Array

  constructor(pooled: PooledForm) {
    const r = pooled.normals.cols
    this.pooled = pooled
    this.K = pooled.weights.cols
    this.formSize = r * this.K
    this.ball = new BallBound(r)
    this.h = new Float64Array(r)
    this.map = new Float64Array(r * this.K)
    this.main = new Float64Array(this.K)
    this.value = new Float64Array(this.K)
    this.excess = new Float64Array(3 * r)
  }

  get direction(): Float64Array {
    return this.ball.g
  }

  /** ‖F‖ is curved where F is linear: ρ·length²/8 is what the chord of an arc misses. */
  curvature(closing: number): number {
    return closing / 8
  }

  start({ form }: WorkingCone): void {
    form.set(this.pooled.linear.data)
  }

  absorb({ form }: WorkingCone, row: number): void {
    this.addOuter(form, row)
  }

  settle(
    { r, form, vertices, rows, count }: WorkingCone,
    k: number,
    images: Float64Array,
    first: number,
    stride: number,
  ): number {
    const { K, value, pooled } = this
    const weights = pooled.weights.data
    applyTransposed(form, vertices, k * r, r, value)
    for (let e = 0, at = first; e < count; e++, at += stride) {
      const t = images[at]
      if (t > 0) for (let o = 0, w = rows[e] * K; o < K; o++) value[o] += t * weights[w + o]
    }
    return length(value)
  }

  bound(cone: WorkingCone, closing: number): void {
    const { r, vertices, bounds } = cone
    const { h, map, main, value, excess } = this
    this.linearize(cone)
    this.collectExcess(cone)
    for (let k = 0; k < r; k++) {
      applyTransposed(map, vertices, k * r, r, value)
      let along = 0
      let square = 0
      for (let o = 0; o < value.length; o++) {
        along += main[o] * value[o]
        square += value[o] * value[o]
      }
      const most = Math.max(along + excess[3 * k], -along + excess[3 * k + 1])
      const across = Math.sqrt(Math.max(0, square - along * along)) + excess[3 * k + 2]
      h[k] = Math.sqrt(most * most + across * across)
    }
    bounds[0] = Math.min(bounds[0], this.ball.bound(cone, h, closing))
    bounds[1] = 0
  }

  /** L, and d from the value at the centre. */
  private linearize({ r, form, vertices, rows, count, images }: WorkingCone): void {
    const { map, main, value } = this
    map.set(form)
    for (let e = 0; e < count; e++) {
      if (isAhead(images, e, r)) this.addOuter(map, rows[e])
    }
    main.fill(0)
    for (let k = 0; k < r; k++) {
      applyTransposed(map, vertices, k * r, r, value)
      for (let o = 0; o < main.length; o++) main[o] += value[o]
    }
    const size = length(main)
    if (size > 0) for (let o = 0; o < main.length; o++) main[o] /= size
    else main[0] = 1
  }

  private collectExcess({ r, rows, count, images }: WorkingCone): void {
    const { main, excess, K, pooled } = this
    const { sizes, weights } = pooled
    excess.fill(0)
    for (let e = 0, at = 0; e < count; e++, at += r) {
      const row = rows[e]
      let along = 0
      for (let o = 0, w = row * K; o < K; o++) along += main[o] * weights.data[w + o]
      const across = Math.sqrt(Math.max(0, sizes[row] ** 2 - along * along))
      const side = isAhead(images, e, r) ? -1 : 1
      const raised = along > 0 ? 0 : 1
      for (let k = 0; k < r; k++) {
        const over = side * images[at + k]
        if (over <= 0) continue
        excess[3 * k + raised] += over * Math.abs(along)
        excess[3 * k + 2] += over * across
      }
    }
  }

  /** map += n·Wᵀ for one hyperplane. */
  private addOuter(map: Float64Array, row: number): void {
    const { K, pooled } = this
    const { normals, weights } = pooled
    const r = normals.cols
    for (let c = 0, to = 0; c < r; c++) {
      const factor = normals.data[row * r + c]
      for (let o = 0, w = row * K; o < K; o++, to++) map[to] += factor * weights.data[w + o]
    }
  }
}

/** Whether the centre is before hyperplane e. */
function isAhead(images: Float64Array, e: number, r: number): boolean {
  let middle = 0
  for (let k = 0, at = e * r; k < r; k++, at++) middle += images[at]
  return middle > 0
}

/** out = Mᵀx for M r×K and x = V[at … at + r). */
function applyTransposed(M: Float64Array, V: Float64Array, at: number, r: number, out: Float64Array): void {
  const K = out.length
  out.fill(0)
  for (let c = 0, from = 0; c < r; c++) {
    const factor = V[at + c]
    for (let o = 0; o < K; o++, from++) out[o] += factor * M[from]
  }
}

function length(x: Float64Array): number {
  let sum = 0
  for (let o = 0; o < x.length; o++) sum += x[o] * x[o]
  return Math.sqrt(sum)
}
