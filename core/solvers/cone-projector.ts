import { norm2 } from '../linalg/products.ts'
import { ConeFace } from './cone-face.ts'

/** A unit row is violated when its value is below −this·‖z‖. */
const VIOLATION = 1e-13

/** The rows of the cones {u : G_i·u ≥ 0} of a dictionary, scaled to unit length. */
export interface ConeRows {
  /** Writes unit row j of the cone of a cell; false for a zero row, which constrains nothing. */
  row(cell: number, j: number, out: Float64Array): boolean
  /** The row with the least value below `least` at u, −1 when there is none; rows with closed[j] ≠ 0 are left out. */
  mostViolated(cell: number, u: Float64Array, least: number, closed: Uint8Array): number
}

/** Projects vectors on the cones of a dictionary, warm-started along a path of points. */
export interface BlockProjector {
  /** The last projection, `size` entries. */
  readonly projection: Float64Array
  /** Moves to the cone of a cell, starting from constraints expected to be active. */
  load(cell: number, rows?: ArrayLike<number>): void
  activeRows(): Int32Array
  /**
   * Writes Π(z) to `projection` and returns its norm; stops early, with a valid upper bound of the norm, once that is
   * at most `enough` (`projection` is then not the projection).
   */
  project(z: Float64Array, enough?: number): number
  /** Orthonormal rows (k×size) that span the directions in which the last projection moves freely with z. */
  freeDirections(): Float64Array
}

/**
 * Projects on the cones C_i = {u : G_i·u ≥ 0} without forming G_i, warm-started from the face of the previous projection
 * (THEORY §4, 5b).
 *
 * Π(z) = z + Gᵀλ where λ ≥ 0 minimises ‖z + Gᵀλ‖: the active-set method of Lawson and Hanson on the rows of G. Every
 * iterate has λ ≥ 0, so ‖z + Gᵀλ‖ is at all times an upper bound of ‖Π(z)‖: that allows stopping early.
 */
export class ConeProjector implements BlockProjector {
  readonly projection: Float64Array
  private readonly face: ConeFace
  private readonly cones: ConeRows
  /** The cone that the face belongs to. */
  private cell = -1
  private values: Float64Array
  private target: Float64Array
  private readonly scratch: Float64Array
  /** Rows that rounding keeps out until the face has changed. */
  private readonly closed: Uint8Array

  /** @param d entries of u; @param rows of a cone at most */
  constructor(d: number, rows: number, cones: ConeRows) {
    this.cones = cones
    this.face = new ConeFace(d)
    this.projection = new Float64Array(d)
    this.values = new Float64Array(d)
    this.target = new Float64Array(d)
    this.scratch = new Float64Array(d)
    this.closed = new Uint8Array(rows)
  }

  load(cell: number, rows: ArrayLike<number> = []): void {
    this.cell = cell
    this.face.clear()
    this.values.fill(0)
    this.closed.fill(0)
    for (let k = 0; k < rows.length; k++) this.append(rows[k])
  }

  freeDirections(): Float64Array {
    return this.face.Q.subarray(this.face.size * this.face.d)
  }

  activeRows(): Int32Array {
    return this.face.rows.slice(0, this.face.size)
  }

  project(z: Float64Array, enough = 0): number {
    if (this.face.stale) this.load(this.cell, this.activeRows())
    const size = norm2(z)
    if (size <= enough) return size
    this.settle(z)
    const limit = 4 * (this.closed.length + z.length) + 20
    for (let iteration = 0; iteration < limit; iteration++) {
      this.face.projectOnFace(z, this.projection)
      const norm = norm2(this.projection)
      if (norm <= enough) return norm
      const row = this.cones.mostViolated(this.cell, this.projection, -VIOLATION * size, this.closed)
      if (row < 0) return norm
      this.enter(row, z)
    }
    return norm2(this.projection)
  }

  private enter(row: number, z: Float64Array): void {
    const { face } = this
    if (!this.append(row)) {
      this.closed[row] = 1
      return
    }
    this.values[face.size - 1] = 0
    face.multipliers(z, this.target)
    if (this.target[face.size - 1] <= 0) {
      // Rounding chose this row: its multiplier cannot grow from 0.
      face.remove(face.size - 1)
      this.closed[row] = 1
      return
    }
    this.closed.fill(0)
    this.settle(z)
  }

  /** From λ ≥ 0 walks to the multipliers of the face, dropping every constraint whose multiplier reaches zero. */
  private settle(z: Float64Array): void {
    const { face } = this
    for (;;) {
      face.multipliers(z, this.target)
      let step = 1
      for (let k = 0; k < face.size; k++) {
        if (this.target[k] <= 0)
          step = Math.min(step, this.values[k] / (this.values[k] - this.target[k] || 1))
      }
      if (step === 1 && !this.anyNegative()) break
      this.walk(step)
    }
    const kept = this.values
    this.values = this.target
    this.target = kept
  }

  private anyNegative(): boolean {
    for (let k = 0; k < this.face.size; k++) if (this.target[k] <= 0) return true
    return false
  }

  private walk(step: number): void {
    const { face, values, target } = this
    for (let k = 0; k < face.size; k++) {
      const blocked = target[k] <= 0 && values[k] <= step * (values[k] - target[k]) * (1 + 1e-14)
      values[k] = blocked ? -1 : Math.max(0, values[k] + step * (target[k] - values[k]))
    }
    for (let k = face.size - 1; k >= 0; k--) {
      if (values[k] >= 0) continue
      face.remove(k)
      values.copyWithin(k, k + 1, face.size + 1)
    }
  }

  private append(row: number): boolean {
    return this.cones.row(this.cell, row, this.scratch) && this.face.append(this.scratch, row)
  }
}
