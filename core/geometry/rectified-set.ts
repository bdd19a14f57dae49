/**
 * The rectified ellipsoid Q = {(Au)₊ : ‖u‖ ≤ 1} of two or three samples as a set in Rⁿ (Ergen & Pilanci 2021 (JMLR),
 * §2.2–2.4): n is the number of samples, whatever their dimension. Without matrix kernels: the window draws it.
 */
import { dotOf, lengthOf, scaled, SmallCones, type Vector } from './small-cone.ts'

/** Squared lengths below this share of the largest are zero. */
const NEGLIGIBLE = 1e-12

/** The point of Q that is furthest along a direction. */
export interface SupportPoint {
  /** max vᵀx over x ∈ Q, at least 0: the origin is in Q. */
  readonly value: number
  /** n entries. */
  readonly point: Vector
}

export class RectifiedSet {
  /** n: the number of samples. */
  readonly dimension: number
  /** r: the dimension of the ellipsoid. */
  readonly rank: number
  /** ‖aᵢ‖. */
  readonly lengths: readonly number[]
  /** Coordinates of the samples, n vectors of r entries: Q = {(Mw)₊ : ‖w‖ ≤ 1}. */
  private readonly M: readonly Vector[]
  private readonly cones: SmallCones
  /** For each pattern the sign of every sample: 1 where it is active. */
  private readonly patterns: number[][]

  /** @param gram AAᵀ, n×n: all that Q depends on. @throws RangeError for more than three samples */
  constructor(gram: readonly (readonly number[])[]) {
    const n = gram.length
    if (n > 3) throw new RangeError(`Expected at most three samples, found ${n}.`)
    this.M = coordinatesOf(gram)
    this.dimension = n
    this.rank = this.M[0].length
    this.lengths = gram.map((row, i) => Math.sqrt(row[i]))
    this.cones = new SmallCones(this.M)
    this.patterns = Array.from({ length: 2 ** n }, (_, bits) =>
      Array.from({ length: n }, (_sample, i) => ((bits >> i) & 1 ? 1 : -1)),
    )
  }

  /** The image Mw, n entries. */
  image(w: Vector): Vector {
    return Float64Array.from(this.M, (row) => dotOf(row, w))
  }

  /** Exact: the best point of every pattern is a cone projection. */
  support(v: Vector): SupportPoint {
    let value = 0
    let best: { w: Vector; signs: readonly number[] } | null = null
    for (const signs of this.patterns) {
      const g = this.pull(v, signs)
      if (lengthOf(g) <= value) continue
      const w = this.cones.project(signs, g)
      const length = lengthOf(w)
      if (length <= value) continue
      value = length
      best = { w, signs }
    }
    if (!best) return { value, point: new Float64Array(this.dimension) }
    const response = this.image(scaled(best.w, 1 / value))
    return { value, point: response.map((t, i) => (best.signs[i] > 0 ? Math.max(0, t) : 0)) }
  }

  /** The end of the spike along axis i: the largest response of sample i alone, 0 where it has none. */
  spike(i: number): number {
    return lengthOf(this.cones.project(this.patterns[2 ** i], this.M[i]))
  }

  /** How far {Mw ≥ 0 : ‖w‖ ≤ 1}, the spike-free relaxation, reaches along a direction of Rⁿ; 0 where it does not go. */
  relaxationReach(direction: Vector): number {
    if (this.rank < this.dimension || direction.some((value) => value < 0)) return 0
    return 1 / lengthOf(this.preimage(direction))
  }

  /** Σ of the active samples' coordinates, weighted by v. */
  private pull(v: Vector, signs: readonly number[]): Vector {
    const g = new Float64Array(this.rank)
    this.M.forEach((row, i) => {
      if (signs[i] > 0) row.forEach((value, c) => (g[c] += v[i] * value))
    })
    return g
  }

  /** M⁻¹t by Gaussian elimination with pivoting. */
  private preimage(t: Vector): Vector {
    const rows = this.M.map((row, i) => [...row, t[i]])
    const n = rows.length
    for (let c = 0; c < n; c++) {
      const best = rows
        .slice(c)
        .reduce((most, row, k) => (Math.abs(row[c]) > Math.abs(rows[most][c]) ? c + k : most), c)
      const pivotRow = rows[best]
      rows[best] = rows[c]
      rows[c] = pivotRow
      for (const row of rows) {
        if (row === pivotRow) continue
        const factor = row[c] / pivotRow[c]
        for (let k = c; k <= n; k++) row[k] -= factor * pivotRow[k]
      }
    }
    return Float64Array.from(rows, (row, c) => row[n] / row[c])
  }
}

/** M with MMᵀ = gram, of full column rank: Cholesky with pivoting. */
function coordinatesOf(gram: readonly (readonly number[])[]): Vector[] {
  const rest = gram.map((row) => [...row])
  const largest = Math.max(...gram.map((row, i) => row[i]))
  const columns: number[][] = []
  for (let k = 0; k < gram.length; k++) {
    const pivot = rest.reduce((most, row, i) => (row[i] > rest[most][most] ? i : most), 0)
    const size = rest[pivot][pivot]
    if (!(size > NEGLIGIBLE * largest)) break
    const column = rest.map((row) => row[pivot] / Math.sqrt(size))
    rest.forEach((row, i) => {
      row.forEach((_, j) => (row[j] -= column[i] * column[j]))
    })
    columns.push(column)
  }
  return gram.map((_, i) => Float64Array.from(columns, (column) => column[i]))
}
