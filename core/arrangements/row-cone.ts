import { ConeProjector, type ConeRows } from '../solvers/cone-projector.ts'
import { dotAt } from './strided.ts'

/** A projection this short, of a unit vector, is rounding: the cone has no point on that side. */
const NOTHING = 1e-9

/** One cone {u : Gu ≥ 0} whose rows are added and taken back like a stack, and which sides of a hyperplane it reaches. */
export class RowCone {
  /** Rows at present; set it back to drop the last ones. */
  size = 0
  private readonly d: number
  /** Unit rows. */
  private readonly data: Float64Array
  private readonly projector: ConeProjector

  /** @param d entries of u; @param capacity rows at most */
  constructor(d: number, capacity: number) {
    this.d = d
    this.data = new Float64Array(capacity * d)
    this.projector = new ConeProjector(d, capacity, this.rows())
  }

  /** Adds scale·row; a unit vector. */
  push(row: Float64Array, scale = 1): void {
    const { d, data } = this
    for (let c = 0, at = this.size * d; c < d; c++) data[at + c] = scale * row[c]
    this.size++
  }

  /**
   * A point strictly inside the cone with side·hᵀu > 0, null when there is none.
   *
   * @param h unit vector; @param inside a unit vector strictly inside the cone
   */
  beyond(h: Float64Array, side: 1 | -1, inside: Float64Array): Float64Array | null {
    const { projector, d } = this
    const towards = h.map((value) => side * value)
    projector.load(0)
    const norm = projector.project(towards, NOTHING)
    if (norm <= NOTHING) return null
    // side·hᵀp = ‖p‖² for the projection p: half of it is left after a step towards the inside.
    const back = Math.min(0.5, (0.5 * norm) / (Math.abs(dotAt(h, 0, inside, 0, d)) || 1))
    const point = projector.projection.map((value, c) => value / norm + back * inside[c])
    const size = Math.sqrt(dotAt(point, 0, point, 0, d))
    for (let c = 0; c < d; c++) point[c] /= size
    return point
  }

  private rows(): ConeRows {
    const { d, data } = this
    return {
      row(_cell, j, out) {
        for (let c = 0; c < d; c++) out[c] = data[j * d + c]
        return true
      },
      mostViolated: (_cell, u, least, closed) => {
        let worst = -1
        let lowest = least
        for (let j = 0; j < this.size; j++) {
          const value = dotAt(data, j * d, u, 0, d)
          if (value >= lowest || closed[j] !== 0) continue
          lowest = value
          worst = j
        }
        return worst
      },
    }
  }
}
