/**
 * The hinge loss over the 2p atoms as a linear program, the ℓ₁ support vector machine of THEORY 5.7 (Ergen & Pilanci
 * 2021 JMLR, Thm 5.2):
 *
 *     min Σ wᵢξᵢ + β‖c‖₁   subject to   yᵢ(Φc + b)ᵢ + ξᵢ − sᵢ = 1,   ξ, s ≥ 0,
 *
 * a row for each point and label that occur, with its number wᵢ. c is split into positive and negative parts, and so is
 * the intercept b where there is one. ξ = 1 is a feasible basis; the multipliers of the rows are wᵢaᵢ with v = y∘a.
 */
import { pricedSimplex, type PricedProgram } from '../../solvers/priced-simplex.ts'
import { pricesOf, type Kink, type KinkedFunction } from './kinks.ts'

/** Rows of one point and label. */
export interface LabelledPoint {
  point: number
  label: 1 | -1
  count: number
}

export interface SupportVectors extends KinkedFunction {
  status: 'solved' | 'stalled'
  /** a in [0, 1], one for each labelled point: vᵢ = yᵢaᵢ of each of its rows. */
  shares: Float64Array
}

/**
 * For any β: each solution starts at the basis of the one before, which is feasible for all β.
 *
 * @param points p ascending points, at least two
 */
export function supportVectorSolver(
  points: Float64Array,
  rows: readonly LabelledPoint[],
  hasIntercept: boolean,
): (beta: number) => SupportVectors {
  // ξ = 1.
  let start: Int32Array = Int32Array.from(rows.keys())
  return (beta) => {
    const program = new SupportVectorProgram(points, rows, beta, hasIntercept)
    const { status, basis, values, multipliers } = pricedSimplex(program, start)
    start = basis
    return {
      // Costs are not negative: the program is never unbounded but by rounding.
      status: status === 'solved' ? 'solved' : 'stalled',
      ...program.read(basis, values),
      shares: multipliers.map((pi, i) => Math.min(1, Math.max(0, pi / rows[i].count))),
    }
  }
}

/**
 * Columns: ξ and s of every row, b⁺ and b⁻, then c⁺ and c⁻ of the right atoms at the points 0 … p − 2 and of the left
 * ones at 1 … p − 1. Coordinates are divided by their range, so that entries are at most 1.
 */
class SupportVectorProgram implements PricedProgram {
  readonly rhs: Float64Array
  readonly costs: Float64Array
  private readonly units: Float64Array
  private readonly range: number
  private readonly rows: readonly LabelledPoint[]
  private readonly firstAtom: number
  private readonly hasIntercept: boolean

  constructor(points: Float64Array, rows: readonly LabelledPoint[], beta: number, hasIntercept: boolean) {
    const p = points.length
    this.range = points[p - 1] - points[0]
    this.units = points.map((t) => (t - points[0]) / this.range)
    this.rows = rows
    this.hasIntercept = hasIntercept
    this.firstAtom = 2 * rows.length + (hasIntercept ? 2 : 0)
    this.rhs = new Float64Array(rows.length).fill(1)
    this.costs = new Float64Array(this.firstAtom + 2 * this.atoms).fill(beta / this.range, this.firstAtom)
    rows.forEach(({ count }, i) => (this.costs[i] = count))
  }

  private get atoms(): number {
    return 2 * this.units.length - 2
  }

  column(j: number, out: Float64Array): void {
    const m = this.rows.length
    if (j < 2 * m) {
      out.fill(0)
      out[j % m] = j < m ? 1 : -1
      return
    }
    const response = this.response(j)
    this.rows.forEach(({ point, label }, i) => (out[i] = label * response(this.units[point])))
  }

  products(pi: Float64Array, out: Float64Array): void {
    const m = this.rows.length
    const v = new Float64Array(this.units.length)
    let total = 0
    this.rows.forEach(({ point, label }, i) => {
      out[i] = pi[i]
      out[m + i] = -pi[i]
      v[point] += label * pi[i]
      total += label * pi[i]
    })
    if (this.hasIntercept) {
      out[2 * m] = total
      out[2 * m + 1] = -total
    }
    const { right, left } = pricesOf(this.units, v)
    for (let atom = 0; atom < this.atoms; atom++) {
      const { side, point } = this.kinkOf(atom)
      const price = side > 0 ? right[point] : left[point]
      out[this.firstAtom + 2 * atom] = price
      out[this.firstAtom + 2 * atom + 1] = -price
    }
  }

  /** The function that a basic point stands for. */
  read(basis: Int32Array, values: Float64Array): KinkedFunction {
    const kinks: Kink[] = []
    let intercept = 0
    basis.forEach((j, i) => {
      if (j < 2 * this.rows.length || values[i] === 0) return
      const signed = j % 2 === 0 ? values[i] : -values[i]
      if (j < this.firstAtom) intercept += signed
      else kinks.push({ ...this.kinkOf((j - this.firstAtom) >> 1), weight: signed / this.range })
    })
    return { kinks: kinks.sort((a, b) => a.point - b.point || b.side - a.side), intercept }
  }

  /** What the variable adds to the prediction at a coordinate; b⁺ and c⁺ have even numbers. */
  private response(j: number): (x: number) => number {
    const sign = j % 2 === 0 ? 1 : -1
    if (j < this.firstAtom) return () => sign
    const { side, point } = this.kinkOf((j - this.firstAtom) >> 1)
    return (x) => sign * Math.max(0, side * (x - this.units[point]))
  }

  private kinkOf(atom: number): Omit<Kink, 'weight'> {
    const p = this.units.length
    return atom < p - 1 ? { side: 1, point: atom } : { side: -1, point: atom - p + 2 }
  }
}
