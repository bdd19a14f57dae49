import type { PatternSet } from '../arrangements/patterns.ts'
import type { Matrix } from '../linalg/matrix.ts'
import { norm2 } from '../linalg/products.ts'
import { ConeFace, sideOf } from './cone-face.ts'
import { dotAt } from '../arrangements/strided.ts'

/** A row is violated when it is below −this·‖aⱼ‖·‖z‖. */
const VIOLATION = 1e-13

/**
 * Projects on the cones Cᵢ = {u : (2Dᵢ − I)A·u ≥ 0} without forming (2Dᵢ − I)A, warm-started from the face of the
 * previous projection (THEORY §4, 5b).
 *
 * Π(z) = z + Gᵀλ where λ ≥ 0 minimises ‖z + Gᵀλ‖: the active-set method of Lawson and Hanson on the rows of G. Every
 * iterate has λ ≥ 0, so ‖z + Gᵀλ‖ is at all times an upper bound of ‖Π(z)‖: that allows stopping early.
 */
export class ConeProjector {
  readonly A: Matrix
  readonly patterns: PatternSet
  readonly norms: Float64Array
  readonly face: ConeFace
  /** The last projection, d entries. */
  readonly projection: Float64Array
  /** The cone that the face belongs to. */
  private pattern = -1
  private values: Float64Array
  private target: Float64Array
  /** Rows that rounding keeps out until the face has changed. */
  private readonly closed: Uint8Array

  /** @param norms of the rows of A (see constraintNorms). */
  constructor(A: Matrix, patterns: PatternSet, norms: Float64Array) {
    this.A = A
    this.patterns = patterns
    this.norms = norms
    this.face = new ConeFace(A.cols)
    this.projection = new Float64Array(A.cols)
    this.values = new Float64Array(A.cols)
    this.target = new Float64Array(A.cols)
    this.closed = new Uint8Array(A.rows)
  }

  /** Moves to the cone of pattern i, starting from constraints expected to be active. */
  load(i: number, rows: ArrayLike<number> = []): void {
    this.pattern = i
    this.face.clear()
    this.values.fill(0)
    for (let k = 0; k < rows.length; k++) this.face.append(this.A, rows[k], sideOf(this.patterns, i, rows[k]))
  }

  /** The active constraints of the last projection. */
  activeRows(): Int32Array {
    return this.face.rows.slice(0, this.face.size)
  }

  /**
   * Writes Π(z) to `projection` and returns its norm; stops early, with a valid upper bound of the norm, once that is
   * at most `enough` (`projection` is then not the projection).
   *
   * @param z d entries
   */
  project(z: Float64Array, enough = 0): number {
    if (this.face.stale) this.load(this.pattern, this.activeRows())
    const size = norm2(z)
    if (size <= enough) return size
    this.settle(z)
    const limit = 4 * (this.A.rows + this.A.cols) + 20
    for (let iteration = 0; iteration < limit; iteration++) {
      this.face.projectOnFace(z, this.projection)
      const norm = norm2(this.projection)
      if (norm <= enough) return norm
      const row = this.mostViolated(VIOLATION * size)
      if (row < 0) return norm
      this.enter(row, z)
    }
    return norm2(this.projection)
  }

  private enter(row: number, z: Float64Array): void {
    const { face, A, patterns, pattern } = this
    if (!face.append(A, row, sideOf(patterns, pattern, row))) {
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

  /** The row with the most negative gⱼᵀu/‖gⱼ‖ below −tolerance, −1 when there is none. */
  private mostViolated(tolerance: number): number {
    const { A, patterns, pattern, projection, norms, closed } = this
    const d = A.cols
    const bits = patterns.pattern(pattern)
    let worst = -1
    let least = -tolerance
    for (let j = 0, at = 0; j < A.rows; j++, at += d) {
      const sum = dotAt(A.data, at, projection, 0, d)
      const side = ((bits[j >>> 5] >>> (j & 31)) & 1) === 1 ? sum : -sum
      if (side < least * norms[j] && closed[j] === 0) {
        least = side / norms[j]
        worst = j
      }
    }
    return worst
  }
}
