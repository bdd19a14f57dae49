import type { Matrix } from '../linalg/matrix.ts'
import { axpy, dot, norm2 } from '../linalg/products.ts'
import { OrthonormalBasis } from '../linalg/orthonormal-basis.ts'
import { addRow, rowProducts } from './row-products.ts'

/** A row this close (relative) to its hyperplane starts on it; changes this small along a step are rounding. */
const ON_KINK = 1e-10
const ROUNDING = 1e-12
/** Sides of a row: (aᵢᵀu)₊ is zero, counts, or u sits on the hyperplane. */
const OFF = 0
const ON = 1
const KINK = 2

/**
 * Minimises h(u) = ½‖u‖² − qᵀu + Σ ωᵢ(aᵢᵀu)₊, ω ≥ 0, exactly: a primal active-set method on the hyperplanes that u
 * sits on. On a face the minimiser is a projection; the way there is searched through all kinks that it crosses, where
 * the slope only grows; a hyperplane is left when its multiplier leaves [0, ωᵢ].
 */
export class HingedQuadratic {
  private readonly A: Matrix
  private readonly norms: Float64Array
  private readonly omega: Float64Array
  private readonly u: Float64Array
  /** A·u. */
  private readonly H: Float64Array
  private readonly side: Uint8Array
  /** q − Σ ωᵢaᵢ over the rows that count. */
  private readonly b: Float64Array
  private readonly kinks: number[] = []
  private readonly basis = new OrthonormalBasis()
  private readonly slopes: Float64Array

  /** @param omega one weight a row of A; rows of weight or length 0 are ignored. @param norms ‖aᵢ‖ */
  constructor(A: Matrix, q: Float64Array, omega: Float64Array, start: Float64Array, norms: Float64Array) {
    this.A = A
    this.norms = norms
    this.omega = omega
    this.u = start.slice()
    this.H = new Float64Array(A.rows)
    this.slopes = new Float64Array(A.rows)
    this.b = q.slice()
    rowProducts(A, start, this.H)
    this.side = Uint8Array.from(this.H, (h) => (h > 0 ? ON : OFF))
    const near = ON_KINK * norm2(start)
    for (let i = 0; i < A.rows; i++) {
      if (omega[i] === 0 || norms[i] === 0) continue
      if (this.side[i] === ON) addRow(A, i, -omega[i], this.b)
      if (Math.abs(this.H[i]) <= near * norms[i]) this.stick(i)
    }
  }

  minimize(): Float64Array {
    const target = new Float64Array(this.u.length)
    for (let iteration = 0; iteration < 10 * this.u.length + 50; iteration++) {
      this.basis.residual(this.b, target)
      if (this.moveTowards(target) && !this.release()) break
    }
    return this.u
  }

  /** Exact line search towards the minimiser on the face; true when it was reached without crossing a kink. */
  private moveTowards(target: Float64Array): boolean {
    const { A, u, H, slopes, omega } = this
    const direction = target
    for (let c = 0; c < u.length; c++) direction[c] -= u[c]
    const square = dot(direction, direction)
    if (square <= ROUNDING ** 2 * dot(u, u)) return true
    rowProducts(A, direction, slopes)
    let gained = 0
    let t = 1
    let kink = -1
    for (const i of this.crossings(Math.sqrt(square))) {
      const at = Math.max(0, -H[i] / slopes[i])
      if (gained >= (1 - at) * square) break
      gained += omega[i] * Math.abs(slopes[i])
      if (gained >= (1 - at) * square) {
        t = at
        kink = i
        break
      }
      this.flip(i)
    }
    if (kink < 0) t = 1 - gained / square
    axpy(t, direction, u)
    axpy(t, slopes, H)
    if (kink >= 0) this.stick(kink)
    return kink < 0 && gained === 0
  }

  /** Rows whose kink is crossed before the end of the step, in the order of their crossing. */
  private crossings(length: number): number[] {
    const { H, slopes, omega, norms, side } = this
    const rows: number[] = []
    for (let i = 0; i < slopes.length; i++) {
      const slope = slopes[i]
      if (omega[i] === 0 || side[i] === KINK) continue
      const leaves = side[i] === ON ? slope < 0 && -H[i] > slope : slope > 0 && -H[i] < slope
      if (leaves && Math.abs(slope) > ROUNDING * length * norms[i]) rows.push(i)
    }
    return rows.sort((i, j) => H[j] / slopes[j] - H[i] / slopes[i])
  }

  private flip(i: number): void {
    const isOn = this.side[i] === ON
    addRow(this.A, i, isOn ? this.omega[i] : -this.omega[i], this.b)
    this.side[i] = isOn ? OFF : ON
  }

  private stick(i: number): void {
    const unit = new Float64Array(this.u.length)
    addRow(this.A, i, 1 / this.norms[i], unit)
    const wasOn = this.side[i] === ON
    if (!this.basis.append(unit)) {
      this.flip(i)
      return
    }
    if (wasOn) this.flip(i)
    this.side[i] = KINK
    this.kinks.push(i)
  }

  /** Leaves the hyperplane whose multiplier is furthest outside [0, ω]; false when all are inside. */
  private release(): boolean {
    const multipliers = this.basis.coefficients(this.b)
    let worst = -1
    let most = ROUNDING * norm2(this.b)
    let side = OFF
    for (let k = 0; k < this.kinks.length; k++) {
      const i = this.kinks[k]
      const over = multipliers[k] - this.omega[i] * this.norms[i]
      const outside = Math.max(-multipliers[k], over)
      if (outside <= most) continue
      most = outside
      worst = k
      side = over > 0 ? ON : OFF
    }
    if (worst < 0) return false
    const i = this.kinks[worst]
    this.side[i] = OFF
    if (side === ON) this.flip(i)
    this.basis.remove(worst)
    this.kinks.splice(worst, 1)
    return true
  }
}
