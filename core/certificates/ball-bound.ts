import type { WorkingCone } from './simplicial-cone.ts'

/** A multiplier this far below zero, as a share of ‖g‖‖W_k‖, is negative. */
const NEGATIVE = 1e-12

/**
 * Upper bounds of max hᵀλ over u = Σλ_kV_k, λ ≥ 0, ‖u‖ ≤ 1.
 *
 * For any vector g, hᵀλ ≤ gᵀu + max_k(h_k − gᵀV_k)₊·Σλ_k ≤ ‖g‖ + max_k(h_k − gᵀV_k)₊/least, so whatever g is, with all
 * its rounding errors, the bound is valid. It is exact for the g of smallest norm with gᵀV_k ≥ h_k: the projection on
 * the cone of the g₀ that meets all of them with equality, found by giving up, one after the other, the equalities
 * whose multipliers are negative.
 */
export class BallBound {
  /** The g of the last bound: when it is exact, the maximiser is g/‖g‖. */
  readonly g: Float64Array
  private readonly best: Float64Array
  private readonly given: Float64Array
  private readonly dropped: Uint8Array

  constructor(r: number) {
    this.g = new Float64Array(r)
    this.best = new Float64Array(r)
    this.given = new Float64Array(r * r)
    this.dropped = new Uint8Array(r)
  }

  /**
   * @param h r entries
   * @param closing a bound up to this is good enough
   */
  bound(cone: WorkingCone, h: Float64Array, closing: number): number {
    let most = 0
    for (const value of h) if (value > most) most = value
    let bound = most / cone.least
    if (bound <= closing) return bound
    const { g, best } = this
    this.meetAll(cone, h)
    const first = this.certified(cone, h)
    if (first <= closing) return first
    if (first < bound) bound = first
    best.set(g)
    if (this.giveUp(cone)) {
      const second = this.certified(cone, h)
      if (second < bound) bound = second
      else g.set(best)
    }
    return bound
  }

  /** g with gᵀV_k = h_k. */
  private meetAll({ r, dual }: WorkingCone, h: Float64Array): void {
    const { g } = this
    g.fill(0)
    for (let k = 0, at = 0; k < r; k++) {
      const factor = h[k]
      for (let c = 0; c < r; c++, at++) g[c] += factor * dual[at]
    }
  }

  /** Projects g off the W_k of negative multipliers; false when there are none. */
  private giveUp({ r, dual }: WorkingCone): boolean {
    const { g, given, dropped } = this
    dropped.fill(0)
    for (let count = 0; count < r - 1; count++) {
      const k = this.mostNegative(r, dual)
      if (k < 0) return count > 0
      dropped[k] = 1
      const at = count * r
      for (let c = 0; c < r; c++) given[at + c] = dual[k * r + c]
      for (let j = 0; j < count; j++) removeComponent(given, at, given, j * r, r)
      let square = 0
      for (let c = 0; c < r; c++) square += given[at + c] ** 2
      const inverse = 1 / Math.sqrt(square)
      for (let c = 0; c < r; c++) given[at + c] *= inverse
      removeComponent(g, 0, given, at, r)
    }
    return true
  }

  private mostNegative(r: number, dual: Float64Array): number {
    const { g, dropped } = this
    let least = -NEGATIVE
    let found = -1
    let size = 0
    for (let c = 0; c < r; c++) size += g[c] * g[c]
    for (let k = 0, at = 0; k < r; k++, at += r) {
      if (dropped[k]) continue
      let product = 0
      let square = 0
      for (let c = 0; c < r; c++) {
        product += dual[at + c] * g[c]
        square += dual[at + c] ** 2
      }
      const cosine = product / Math.sqrt(square * size)
      if (cosine < least) {
        least = cosine
        found = k
      }
    }
    return found
  }

  /** ‖g‖ + max_k(h_k − gᵀV_k)₊/least. */
  private certified({ r, vertices, least }: WorkingCone, h: Float64Array): number {
    const { g } = this
    let square = 0
    let lacking = 0
    for (let k = 0, at = 0; k < r; k++) {
      let product = 0
      for (let c = 0; c < r; c++, at++) product += g[c] * vertices[at]
      if (h[k] - product > lacking) lacking = h[k] - product
      square += g[k] * g[k]
    }
    return Math.sqrt(square) + lacking / least
  }
}

/** x −= (xᵀq)q for the unit q at `from`. */
function removeComponent(x: Float64Array, at: number, q: Float64Array, from: number, r: number): void {
  let product = 0
  for (let c = 0; c < r; c++) product += x[at + c] * q[from + c]
  for (let c = 0; c < r; c++) x[at + c] -= product * q[from + c]
}
