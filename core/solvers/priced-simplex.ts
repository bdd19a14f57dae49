import { pivotedInverse } from '../linalg/pivoted-inverse.ts'
import { Matrix } from '../linalg/matrix.ts'
import { axpy, dot, maxAbs } from '../linalg/products.ts'

/** min cᵀx subject to Ax = b, x ≥ 0, A m×N, whose columns can be priced together faster than one by one. */
export interface PricedProgram {
  /** b, m entries. */
  readonly rhs: Float64Array
  /** c, N entries. */
  readonly costs: Float64Array
  /** Column j of A to `out`, m entries. */
  column(j: number, out: Float64Array): void
  /** Aᵀπ to `out`, N entries. */
  products(pi: Float64Array, out: Float64Array): void
}

export interface PricedSolution {
  /** stalled: out of pivots; the point is then feasible but not optimal. */
  status: 'solved' | 'stalled' | 'unbounded'
  /** The columns of the last basis and their values, m entries each. */
  basis: Int32Array
  values: Float64Array
  /** π: Aᵀπ ≤ c to rounding where solved. */
  multipliers: Float64Array
}

/** A reduced cost counts as negative below this share of the largest cost. */
const PRICED = 1e-11
/** A pivot counts as zero below this share of the largest entry of its column. */
const PIVOT = 1e-9
/** The inverse is computed afresh after so many pivots. */
const FRESH = 60
/** Pivots a row at most. */
const MOST = 200

/**
 * The revised simplex method from a given basis, with an explicit inverse: O(m²) a pivot beside the pricing. Columns
 * enter by the largest violation, and by the smallest index (Bland) while pivots do not move the point, so that ties
 * cannot go round for ever.
 *
 * @param basis m columns with B⁻¹b ≥ 0 (kept)
 */
export function pricedSimplex(program: PricedProgram, basis: Int32Array): PricedSolution {
  const table = new Table(program, basis.slice())
  const m = program.rhs.length
  let idle = 0
  for (let pivot = 0; pivot < MOST * m; pivot++) {
    if (pivot > 0 && pivot % FRESH === 0) table.refresh()
    let entering = table.entering(idle > m)
    if (entering < 0) {
      // What the updated inverse prices as optimal has to be so with a fresh one.
      table.refresh()
      entering = table.entering(idle > m)
      if (entering < 0) return table.solution('solved')
    }
    const step = table.pivot(entering, idle > m)
    if (step === null) return table.solution('unbounded')
    idle = step > 0 ? 0 : idle + 1
  }
  return table.solution('stalled')
}

class Table {
  private readonly program: PricedProgram
  private readonly basis: Int32Array
  private readonly isBasic: Uint8Array
  private readonly tolerance: number
  private readonly column: Float64Array
  private readonly reduced: Float64Array
  private inverse: Matrix
  private values: Float64Array
  private multipliers: Float64Array

  constructor(program: PricedProgram, basis: Int32Array) {
    const m = program.rhs.length
    this.program = program
    this.basis = basis
    this.isBasic = new Uint8Array(program.costs.length)
    for (const j of basis) this.isBasic[j] = 1
    this.tolerance = PRICED * maxAbs(program.costs)
    this.column = new Float64Array(m)
    this.reduced = new Float64Array(program.costs.length)
    this.inverse = Matrix.zeros(m, m)
    this.values = new Float64Array(m)
    this.multipliers = new Float64Array(m)
    this.refresh()
  }

  /** B⁻¹, x and π from the basis alone. */
  refresh(): void {
    const { rhs, costs } = this.program
    const m = rhs.length
    const transposed = Matrix.zeros(m, m)
    this.basis.forEach((j, i) => this.program.column(j, transposed.row(i)))
    this.inverse = pivotedInverse(transposed).transpose()
    this.values = Float64Array.from({ length: m }, (_, i) => Math.max(0, dot(this.inverse.row(i), rhs)))
    this.multipliers = new Float64Array(m)
    this.basis.forEach((j, i) => axpy(costs[j], this.inverse.row(i), this.multipliers))
  }

  /** The column to enter, −1 when no reduced cost is negative. */
  entering(byIndex: boolean): number {
    const { costs } = this.program
    this.program.products(this.multipliers, this.reduced)
    let best = -1
    let least = -this.tolerance
    for (let j = 0; j < costs.length; j++) {
      const price = costs[j] - this.reduced[j]
      if (this.isBasic[j] === 1 || price >= least) continue
      best = j
      if (byIndex) return best
      least = price
    }
    return best
  }

  /** Enters a column; returns how far the point moved, null when nothing stops it. */
  pivot(entering: number, byIndex: boolean): number | null {
    this.program.column(entering, this.column)
    const direction = Float64Array.from(this.basis, (_, i) => dot(this.inverse.row(i), this.column))
    const leaving = this.leaving(direction, byIndex)
    if (leaving < 0) return null
    const step = this.values[leaving] / direction[leaving]
    const price = this.program.costs[entering] - dot(this.multipliers, this.column)
    const row = this.inverse.row(leaving)
    axpy(price / direction[leaving], row, this.multipliers)
    for (let c = 0; c < row.length; c++) row[c] /= direction[leaving]
    for (let i = 0; i < direction.length; i++) {
      if (i === leaving || direction[i] === 0) continue
      axpy(-direction[i], row, this.inverse.row(i))
      this.values[i] = Math.max(0, this.values[i] - step * direction[i])
    }
    this.values[leaving] = step
    this.isBasic[this.basis[leaving]] = 0
    this.isBasic[entering] = 1
    this.basis[leaving] = entering
    return step
  }

  solution(status: PricedSolution['status']): PricedSolution {
    return { status, basis: this.basis, values: this.values, multipliers: this.multipliers }
  }

  /** The row whose value reaches zero first; of ties the largest pivot, or the smallest column. */
  private leaving(direction: Float64Array, byIndex: boolean): number {
    const least = PIVOT * maxAbs(direction)
    let best = -1
    let reach = Infinity
    direction.forEach((rate, i) => {
      if (rate <= least) return
      const ratio = this.values[i] / rate
      const isBetter = byIndex ? this.basis[i] < this.basis[best] : rate > direction[best]
      if (ratio < reach || (ratio === reach && isBetter)) [best, reach] = [i, ratio]
    })
    return best
  }
}
