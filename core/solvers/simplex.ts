import { Matrix } from '../linalg/matrix.ts'
import { pivotedInverse } from '../linalg/pivoted-inverse.ts'
import { dot, maxAbs, multiplyVector } from '../linalg/products.ts'

/** A reduced cost counts as negative below −this times the sum of the absolute values of its terms. */
const COST_ROUNDING = 1e-12
/** An entry of a column can be pivoted on above this share of the largest. */
const PIVOT = 1e-9
/** Basic values below this share of the largest right-hand side are zero. */
const ZERO = 1e-13
/** Pivots between two inversions from scratch. */
const REFACTOR = 40
/** Pivots without progress after which the first candidate enters, which cannot cycle (Bland 1977). */
const BLAND = 30
const MOST_PIVOTS = 50

/** How a run of the simplex method ended. */
export type SimplexStatus = 'solved' | 'unbounded' | 'maxIterations'

/**
 * min cᵀx subject to Σⱼ aⱼxⱼ = b, x ≥ 0, by the revised simplex method with a dense basis inverse: O(m²) a pivot. Columns
 * can be added between runs, each of which goes on from the last basis: what column generation asks for.
 *
 * It starts from a basis of artificial columns ±eᵢ, whose costs are given: 1 to find a feasible point first, see
 * {@link barArtificials}.
 */
export class Simplex {
  private readonly b: Float64Array
  private readonly columns: Float64Array[] = []
  private readonly costs: number[] = []
  /** Column in each place of the basis; −1 − i stands for the artificial column of row i. */
  private readonly basis: Int32Array
  private readonly signs: Float64Array
  /** B⁻¹, m rows. */
  private inverse: Float64Array[] = []
  private x: Float64Array
  private artificialCost = 1
  private age = 0

  /** @param b m entries */
  constructor(b: Float64Array) {
    this.b = b
    this.basis = Int32Array.from(b, (_, i) => -1 - i)
    this.signs = b.map((value) => (value < 0 ? -1 : 1))
    this.x = b.map(Math.abs)
    this.invert()
  }

  /** @param a m entries; @returns the number of the column */
  add(a: Float64Array, cost: number): number {
    this.columns.push(a)
    this.costs.push(cost)
    return this.columns.length - 1
  }

  /** The cost of a column from the next run on. */
  setCost(column: number, cost: number): void {
    this.costs[column] = cost
  }

  /** cᵀx, artificial columns included. */
  get value(): number {
    return this.x.reduce((sum, x, k) => sum + x * this.costOf(this.basis[k]), 0)
  }

  /** Σ of the artificial columns: 0 where x meets the constraints. */
  get infeasibility(): number {
    return this.x.reduce((sum, x, k) => sum + (this.basis[k] < 0 ? x : 0), 0)
  }

  /** From now on artificial columns cost nothing and must stay at 0: once {@link infeasibility} is. */
  barArtificials(): void {
    this.artificialCost = 0
  }

  /** The x of every column added. */
  solution(): Float64Array {
    const values = new Float64Array(this.columns.length)
    this.basis.forEach((j, k) => {
      if (j >= 0) values[j] = this.x[k]
    })
    return values
  }

  /** The multipliers v of the constraints: vᵀaⱼ ≤ cⱼ for every column at a solution. m entries. */
  duals(): Float64Array {
    const v = new Float64Array(this.b.length)
    this.basis.forEach((j, k) => {
      const cost = this.costOf(j)
      if (cost !== 0) this.inverse[k].forEach((value, i) => (v[i] += cost * value))
    })
    return v
  }

  run(): SimplexStatus {
    this.invert()
    const limit = MOST_PIVOTS * (this.b.length + this.columns.length) + 100
    let idle = 0
    for (let pivot = 0; pivot < limit; pivot++) {
      const entering = this.entering(this.duals(), idle > BLAND)
      if (entering < 0) {
        if (this.age === 0) return 'solved'
        this.invert()
        continue
      }
      const direction = this.inverse.map((row) => dot(row, this.columns[entering]))
      const leaving = this.leaving(direction, idle > BLAND)
      if (leaving < 0) return 'unbounded'
      idle = this.pivot(entering, leaving, direction) > 0 ? 0 : idle + 1
      if (this.age >= REFACTOR) this.invert()
    }
    return 'maxIterations'
  }

  private costOf(j: number): number {
    return j < 0 ? this.artificialCost : this.costs[j]
  }

  /** The column of most negative reduced cost, or the first one; −1 when there is none. */
  private entering(v: Float64Array, first: boolean): number {
    let best = -1
    let lowest = 0
    for (let j = 0; j < this.columns.length; j++) {
      const a = this.columns[j]
      let sum = this.costs[j]
      let size = Math.abs(sum)
      for (let i = 0; i < a.length; i++) {
        sum -= v[i] * a[i]
        size += Math.abs(v[i] * a[i])
      }
      if (sum >= -COST_ROUNDING * size || sum >= lowest || this.basis.includes(j)) continue
      best = j
      lowest = sum
      if (first) break
    }
    return best
  }

  /** The place whose value reaches zero first; barred artificials leave at once. Ties: the largest pivot, or the first column. */
  private leaving(direction: readonly number[], first: boolean): number {
    const least = PIVOT * direction.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    let best = -1
    let step = Infinity
    for (let k = 0; k < this.basis.length; k++) {
      const d = direction[k]
      const isBarred = this.basis[k] < 0 && this.artificialCost === 0
      if (isBarred ? Math.abs(d) <= least : d <= least) continue
      const ratio = isBarred ? 0 : this.x[k] / d
      const better =
        best < 0 ||
        ratio < step ||
        (ratio === step &&
          (first ? this.basis[k] < this.basis[best] : Math.abs(d) > Math.abs(direction[best])))
      if (better) [best, step] = [k, ratio]
    }
    return best
  }

  /** Exchanges a column of the basis; returns by how much the entering one grew. */
  private pivot(entering: number, leaving: number, direction: readonly number[]): number {
    const step = this.x[leaving] / direction[leaving]
    const row = this.inverse[leaving]
    for (let i = 0; i < row.length; i++) row[i] /= direction[leaving]
    for (let k = 0; k < this.inverse.length; k++) {
      if (k === leaving || direction[k] === 0) continue
      const other = this.inverse[k]
      for (let i = 0; i < other.length; i++) other[i] -= direction[k] * row[i]
      this.x[k] = this.clean(this.x[k] - step * direction[k])
    }
    this.x[leaving] = this.clean(step)
    this.basis[leaving] = entering
    this.age++
    return step
  }

  private clean(value: number): number {
    return value <= ZERO * (1 + maxAbs(this.b)) ? 0 : value
  }

  /** B⁻¹ and x from scratch, with one refinement of x. */
  private invert(): void {
    const m = this.b.length
    const B = Matrix.zeros(m, m)
    this.basis.forEach((j, k) => {
      if (j < 0) B.set(-1 - j, k, this.signs[-1 - j])
      else for (let i = 0; i < m; i++) B.set(i, k, this.columns[j][i])
    })
    const inverse = pivotedInverse(B)
    const x = multiplyVector(inverse, this.b)
    const rest = multiplyVector(B, x).map((value, i) => this.b[i] - value)
    const correction = multiplyVector(inverse, rest)
    this.x = x.map((value, k) => this.clean(value + correction[k]))
    this.inverse = Array.from({ length: m }, (_, k) => inverse.row(k))
    this.age = 0
  }
}
