/**
 * Piecewise linear functions of one variable with kinks at data points t₀ < … < t₍ₚ₋₁₎: sums of the atoms (x − tᵢ)₊ and
 * (tᵢ − x)₊ of THEORY 5.7, and a constant where there is an intercept.
 */

/** weight·(x − t)₊ for side 1, weight·(t − x)₊ for side −1, with t = points[point]. */
export interface Kink {
  side: 1 | -1
  point: number
  weight: number
}

export interface KinkedFunction {
  kinks: Kink[]
  /** 0 where there is none. */
  intercept: number
}

/** Σ|weight|: half the weight decay of a two-layer network with these neurons. */
export const sizeOf = ({ kinks }: Pick<KinkedFunction, 'kinks'>): number =>
  kinks.reduce((sum, { weight }) => sum + Math.abs(weight), 0)

/** The values of a function at the points, p entries. */
export function valuesAt(points: Float64Array, { kinks, intercept }: KinkedFunction): Float64Array {
  return points.map((x) => {
    let value = intercept
    for (const { side, point, weight } of kinks) value += weight * Math.max(0, side * (x - points[point]))
    return value
  })
}

export interface Prices {
  /** φᵀv of the atom (x − tᵢ)₊, p entries. */
  right: Float64Array
  /** φᵀv of the atom (tᵢ − x)₊, p entries. */
  left: Float64Array
}

/** φᵀv of all 2p atoms, by running sums. v: one entry a point. */
export function pricesOf(points: Float64Array, v: Float64Array): Prices {
  const p = points.length
  const right = new Float64Array(p)
  const left = new Float64Array(p)
  let sum = 0
  for (let i = p - 2; i >= 0; i--) {
    sum += v[i + 1]
    right[i] = right[i + 1] + sum * (points[i + 1] - points[i])
  }
  sum = 0
  for (let i = 1; i < p; i++) {
    sum += v[i - 1]
    left[i] = left[i - 1] + sum * (points[i] - points[i - 1])
  }
  return { right, left }
}

/** max |φᵀv| over all 2p atoms. */
export function largestPrice(points: Float64Array, v: Float64Array): number {
  const { right, left } = pricesOf(points, v)
  let largest = 0
  for (let i = 0; i < points.length; i++) {
    largest = Math.max(largest, Math.abs(right[i]), Math.abs(left[i]))
  }
  return largest
}
