import { requireFinite, requireFiniteVector } from './checks.ts'
import type { Matrix } from './matrix.ts'
import { OrthonormalBasis } from './orthonormal-basis.ts'
import { norm2, rowNorms } from './products.ts'

export interface NnlsResult {
  /** x ≥ 0. */
  readonly x: Float64Array
  /** b − A·x. */
  readonly residual: Float64Array
  /** Where x > 0, in the order of entry: the warm start of a neighbouring problem. */
  readonly passive: readonly number[]
  readonly iterations: number
  /** `maxIterations` leaves a feasible x that is not optimal. */
  readonly status: 'solved' | 'maxIterations'
}

/**
 * minimise ‖A·x − b‖₂ over x ≥ 0, by the active-set method of Lawson and Hanson (1974, ch. 23).
 *
 * @param A n×d
 * @param b n entries
 * @param warmStart columns expected to be positive; any list is correct, a good one is fast.
 * @throws NotFiniteError naming the entry.
 */
export function nnls(A: Matrix, b: Float64Array, warmStart: Iterable<number> = []): NnlsResult {
  return conicLeastSquares(A.transpose(), b, warmStart)
}

/**
 * The same with the columns of A given as the rows of C (m×n): the nearest point to b in the cone that the
 * rows of C generate. Rows may be zero, repeated or parallel: a dependent row never enters the passive set.
 */
export function conicLeastSquares(C: Matrix, b: Float64Array, warmStart: Iterable<number> = []): NnlsResult {
  if (C.cols !== b.length) throw new RangeError(`b has ${b.length} entries where ${C.cols} are needed.`)
  requireFinite(C)
  requireFiniteVector(b)
  const search = new ActiveSetSearch(C, b)
  search.start(warmStart)
  const limit = 3 * (C.rows + C.cols) + 10
  let iterations = 0
  while (iterations < limit && search.step()) iterations++
  return {
    x: search.solution(),
    residual: search.residual,
    passive: search.passive,
    iterations,
    status: iterations < limit ? 'solved' : 'maxIterations',
  }
}

/** The state of the method, in coordinates where every row of C has norm 1. */
class ActiveSetSearch {
  readonly residual: Float64Array
  readonly passive: number[] = []
  private values: Float64Array = new Float64Array(0)
  private readonly C: Matrix
  private readonly b: Float64Array
  private readonly norms: Float64Array
  private readonly tolerance: number
  private readonly basis = new OrthonormalBasis()
  /** Rows that may not enter now: passive, zero, or found dependent on the passive ones. */
  private readonly closed: Uint8Array

  constructor(C: Matrix, b: Float64Array) {
    this.C = C
    this.b = b
    this.residual = b.slice()
    this.norms = rowNorms(C)
    this.closed = Uint8Array.from(this.norms, (norm) => (norm === 0 ? 1 : 0))
    this.tolerance = 32 * Number.EPSILON * Math.sqrt(C.cols) * norm2(b)
  }

  /** Takes the least-squares solution on the given rows, dropping those that come out negative. */
  start(rows: Iterable<number>): void {
    for (const j of rows) if (!this.closed[j]) this.enter(j)
    this.settle(new Float64Array(this.passive.length))
  }

  /** Lets the row of steepest descent enter; false when there is none: the optimum. */
  step(): boolean {
    const j = this.steepest()
    if (j < 0) return false
    if (!this.enter(j)) {
      this.closed[j] = 1
      return true
    }
    const target = this.basis.coefficients(this.b)
    if (target[target.length - 1] <= 0) {
      // Rounding chose this row: it cannot be positive, so it waits until the passive set has changed.
      this.leave(this.passive.length - 1)
      this.closed[j] = 1
      return true
    }
    const before = new Float64Array(this.passive.length)
    before.set(this.values)
    this.settle(before)
    this.reopen()
    return true
  }

  /** x in the caller's coordinates. */
  solution(): Float64Array {
    const x = new Float64Array(this.C.rows)
    this.passive.forEach((j, i) => (x[j] = this.values[i] / this.norms[j]))
    return x
  }

  /** The open row with the largest positive cⱼᵀr / ‖cⱼ‖, −1 when none exceeds the tolerance. */
  private steepest(): number {
    let best = -1
    let bestSlope = this.tolerance
    const { data, rows, cols } = this.C
    for (let j = 0, start = 0; j < rows; j++, start += cols) {
      if (this.closed[j]) continue
      // Rows are short and many: a view on each would cost more than its product.
      let product = 0
      for (let i = 0; i < cols; i++) product += data[start + i] * this.residual[i]
      const slope = product / this.norms[j]
      if (slope > bestSlope) [best, bestSlope] = [j, slope]
    }
    return best
  }

  private enter(j: number): boolean {
    const norm = this.norms[j]
    if (!this.basis.append(this.C.row(j).map((value) => value / norm))) return false
    this.passive.push(j)
    this.closed[j] = 1
    return true
  }

  private leave(index: number): void {
    const [j] = this.passive.splice(index, 1)
    this.basis.remove(index)
    this.closed[j] = 0
  }

  /** From feasible values, walks to the least-squares solution, dropping every row that reaches zero. */
  private settle(from: Float64Array): void {
    let x: Float64Array = from
    let target: Float64Array = this.basis.coefficients(this.b)
    while (target.some((value) => value <= 0)) {
      x = this.dropBlocking(x, target)
      target = this.basis.coefficients(this.b)
    }
    this.values = target
    this.basis.residual(this.b, this.residual)
  }

  /** Moves from x towards `target` until entries vanish, and drops them. */
  private dropBlocking(x: Float64Array, target: Float64Array): Float64Array {
    const ratio = (i: number) => (target[i] <= 0 ? x[i] / (x[i] - target[i] || 1) : Infinity)
    const alpha = x.reduce((least, _, i) => Math.min(least, ratio(i)), 1)
    const moved = x.map((value, i) => value + alpha * (target[i] - value))
    const stays = moved.map((value, i) => (ratio(i) > alpha && value > 0 ? 1 : 0))
    for (let i = moved.length - 1; i >= 0; i--) if (!stays[i]) this.leave(i)
    return moved.filter((_, i) => stays[i] === 1)
  }

  private reopen(): void {
    for (let j = 0; j < this.closed.length; j++) this.closed[j] = this.norms[j] === 0 ? 1 : 0
    for (const j of this.passive) this.closed[j] = 1
  }
}
