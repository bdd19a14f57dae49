import type { Matrix } from '../linalg/matrix.ts'
import { norm2, scale } from '../linalg/products.ts'
import { HingedQuadratic } from './hinged.ts'
import { rowProducts, weightedRows } from './row-products.ts'

const MAX_STEPS = 100
/** A climb that gains less (relative) has arrived. */
const ENOUGH = 1e-10
/** A climb is given up when this many more of its last gain would not reach what counts. */
const HOPE = 10

/**
 * Climbs to a local maximum of f(u) = ‖Vᵀφ(u)‖ on the sphere, φ(u)ᵢ = Σₖ(aᵢₖᵀu)₊.
 *
 * With g = Vᵀφ/f and w = Vg, f ≥ Σ wᵢ(aᵢᵀu)₊, and equal here. Terms with w > 0 are convex in u and bounded below by
 * their tangents; those with w < 0 are concave, and maxima sit on their kinks: they are kept as they are. What is left,
 * max qᵀu − Σ|wᵢ|(aᵢᵀu)₊ − ½‖u‖², is concave and solved exactly; its solution never has a smaller f/‖u‖.
 */
export class PooledClimber {
  private readonly A: Matrix
  private readonly patches: number
  private readonly norms: Float64Array

  /** @param A (n·p)×r; @param norms of its rows */
  constructor(A: Matrix, patches: number, norms: Float64Array) {
    this.A = A
    this.patches = patches
    this.norms = norms
  }

  /**
   * @param theta unit, r entries; @param V n×K; @param floor maxima below it do not count: climbs that will not reach
   * it may end early
   */
  climb(theta: Float64Array, V: Matrix, floor: number): Float64Array {
    let best: Float64Array = theta.slice()
    let state = this.evaluate(best, V)
    for (let step = 0; step < MAX_STEPS && state.value > 0; step++) {
      const start = best.map((value) => state.value * value)
      const next = new HingedQuadratic(this.A, state.tangent, state.concave, start, this.norms).minimize()
      const size = norm2(next)
      if (!(size > 0)) break
      scale(1 / size, next)
      const reached = this.evaluate(next, V)
      const gain = reached.value - state.value
      if (!(gain > 0)) break
      best = next
      state = reached
      if (gain <= ENOUGH * state.value || state.value + HOPE * gain < floor) break
    }
    return best
  }

  private evaluate(u: Float64Array, V: Matrix): Ascent {
    const { A, patches } = this
    const K = V.cols
    const H = new Float64Array(A.rows)
    rowProducts(A, u, H)
    const projected = new Float64Array(K)
    for (let row = 0, at = 0; row < H.length; row++) {
      if (H[row] > 0) for (let k = 0; k < K; k++) projected[k] += H[row] * V.data[at + k]
      if ((row + 1) % patches === 0) at += K
    }
    const value = norm2(projected)
    const weights = new Float64Array(H.length)
    const concave = new Float64Array(H.length)
    for (let row = 0, at = 0; row < H.length; row++) {
      let w = 0
      for (let k = 0; k < K; k++) w += V.data[at + k] * projected[k]
      if (value > 0) w /= value
      if (w < 0) concave[row] = -w
      else if (H[row] > 0) weights[row] = w
      if ((row + 1) % patches === 0) at += K
    }
    return { value, tangent: weightedRows(A, weights, new Float64Array(A.cols)), concave }
  }
}

interface Ascent {
  /** ‖Vᵀφ(u)‖. */
  value: number
  /** Σ of wᵢaᵢ over active rows with w > 0. */
  tangent: Float64Array
  /** |wᵢ| where w < 0, else 0; one entry a row of A. */
  concave: Float64Array
}
