/** Weighted least squares over linear splines with given knots: tridiagonal in the values at the knots. */

/** A spline whose values at the knots are the unknowns; knots are indices of points, the first and last among them. */
export class HatSystem {
  private readonly points: Float64Array
  readonly knots: Int32Array
  /** Of the factorisation L·D·Lᵀ of H = BᵀWB, B the hat functions at the points. */
  private readonly diagonal: Float64Array
  private readonly multipliers: Float64Array
  private readonly weights: Float64Array

  /** @param weights positive, one a point */
  constructor(points: Float64Array, weights: Float64Array, knots: Int32Array) {
    this.points = points
    this.weights = weights
    this.knots = knots
    this.diagonal = new Float64Array(knots.length)
    this.multipliers = new Float64Array(knots.length)
    this.assemble()
    this.factor()
  }

  /** BᵀWz. */
  project(z: Float64Array): Float64Array {
    const result = new Float64Array(this.knots.length)
    this.eachPoint((k, j, share) => {
      result[j] += this.weights[k] * (1 - share) * z[k]
      if (share > 0) result[j + 1] += this.weights[k] * share * z[k]
    })
    return result
  }

  /** H⁻¹b, in place. */
  solve(b: Float64Array): Float64Array {
    const last = b.length - 1
    for (let j = 1; j <= last; j++) b[j] -= this.multipliers[j] * b[j - 1]
    for (let j = 0; j <= last; j++) b[j] /= this.diagonal[j]
    for (let j = last - 1; j >= 0; j--) b[j] -= this.multipliers[j + 1] * b[j + 1]
    return b
  }

  /** The spline at all points. */
  interpolate(theta: Float64Array): Float64Array {
    const f = new Float64Array(this.points.length)
    this.eachPoint((k, j, share) => {
      f[k] = share > 0 ? (1 - share) * theta[j] + share * theta[j + 1] : theta[j]
    })
    return f
  }

  /** Adds factor·(slope of piece j) as a functional of the values at the knots. */
  addSlope(j: number, factor: number, out: Float64Array): void {
    const h = this.points[this.knots[j + 1]] - this.points[this.knots[j]]
    out[j] -= factor / h
    out[j + 1] += factor / h
  }

  /** The slope of piece j. */
  slope(j: number, theta: Float64Array): number {
    return (theta[j + 1] - theta[j]) / (this.points[this.knots[j + 1]] - this.points[this.knots[j]])
  }

  private assemble(): void {
    this.eachPoint((k, j, share) => {
      const weight = this.weights[k]
      this.diagonal[j] += weight * (1 - share) ** 2
      if (share === 0) return
      this.diagonal[j + 1] += weight * share ** 2
      this.multipliers[j + 1] += weight * share * (1 - share)
    })
  }

  private factor(): void {
    for (let j = 1; j < this.diagonal.length; j++) {
      const off = this.multipliers[j]
      this.multipliers[j] = off / this.diagonal[j - 1]
      this.diagonal[j] -= off * this.multipliers[j]
    }
  }

  /** Calls with each point k, the knot j before it and its share of the way to the next one, 0 at the knot itself. */
  private eachPoint(visit: (k: number, j: number, share: number) => void): void {
    const { points, knots } = this
    for (let j = 0; j < knots.length - 1; j++) {
      const [from, to] = [points[knots[j]], points[knots[j + 1]]]
      for (let k = knots[j]; k < knots[j + 1]; k++) visit(k, j, (points[k] - from) / (to - from))
    }
    visit(knots[knots.length - 1], knots.length - 1, 0)
  }
}
