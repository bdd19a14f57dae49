import { Matrix } from '../../linalg/matrix.ts'
import { conicLeastSquares } from '../../linalg/nnls.ts'
import { axpy, dot } from '../../linalg/products.ts'

/** A residual this small says that rounding has left no point. */
const NOTHING = 1e-14

/** normalᵀv ≤ limit. */
export interface HalfSpace {
  readonly normal: Float64Array
  readonly limit: number
}

/** The nearest point of a polyhedron, and the half-spaces that hold it there. */
export interface Nearest {
  readonly v: Float64Array
  /** Numbers of the half-spaces with a positive multiplier. */
  readonly active: readonly number[]
}

/** The polyhedron of dual vectors that satisfy the cuts so far. The origin is in it. */
export class DualCuts {
  readonly cuts: HalfSpace[] = []
  private warm: readonly number[] = []

  /** Adds a half-space, its normal of norm 1; returns its number. */
  add(normal: Float64Array, limit: number): number {
    this.cuts.push({ normal, limit })
    return this.cuts.length - 1
  }

  /**
   * The point nearest to a target that satisfies the cuts, by least-distance programming (Lawson and Hanson 1974, ch. 23):
   * a non-negative least-squares problem, exact to rounding, whatever depends on each other or meets in a corner.
   *
   * @param extra one more half-space, for this question only
   * @returns null when rounding leaves no such point
   */
  nearest(target: Float64Array, extra?: HalfSpace): Nearest | null {
    const n = target.length
    const all = extra ? [...this.cuts, extra] : this.cuts
    const excess = all.map(({ normal, limit }) => dot(normal, target) - limit)
    const scale = excess.reduce((most, value) => Math.max(most, value), 0)
    if (scale === 0) return { v: target, active: [] }
    const lifted = Matrix.zeros(all.length, n + 1)
    all.forEach(({ normal }, k) => {
      const row = lifted.row(k)
      for (let i = 0; i < n; i++) row[i] = -normal[i]
      row[n] = excess[k] / scale
    })
    const unit = new Float64Array(n + 1)
    unit[n] = 1
    const { residual, passive } = conicLeastSquares(lifted, unit, this.warm)
    if (!(residual[n] > NOTHING)) return null
    this.warm = passive.filter((k) => k < this.cuts.length)
    const v = target.slice()
    axpy(-scale / residual[n], residual.subarray(0, n), v)
    return { v, active: this.warm }
  }

  /** y as a combination of the normals of some cuts with non-negative weights, as nearly as that is possible. */
  combination(y: Float64Array, active: readonly number[]): { weights: Float64Array; residual: Float64Array } {
    if (active.length === 0) return { weights: new Float64Array(0), residual: y }
    const normals = Matrix.fromRows(active.map((k) => this.cuts[k].normal))
    const { x, residual } = conicLeastSquares(normals, y, active.keys())
    return { weights: x, residual }
  }
}
