import type { Matrix } from '../linalg/matrix.ts'
import { dot, multiply, multiplyTransposeVector, multiplyVector, norm2 } from '../linalg/products.ts'
import { rowSpace } from '../data/spectrum.ts'

const STEPS = 50

/**
 * The minimiser of ½‖Xw − y‖² + (βL/2)‖w‖^{2/L} near w, to rounding (THEORY 3.7, 5.8): w = (XᵀX + μI)⁻¹Xᵀy with
 * μ = β‖w‖^{2/L−2}, so that y − Xw is the projection of y on {u : ‖Xᵀu‖ ≤ β‖w‖^{2/L−1}}. Newton's method on the logarithm of
 * μ·‖w(μ)‖^{2−2/L} = β, from where w is.
 *
 * @param w d entries, near a local minimum; zero stays
 */
export function polishSize(
  X: Matrix,
  y: Float64Array,
  w: Float64Array,
  beta: number,
  layers: number,
): Float64Array {
  const size = norm2(w)
  if (size === 0) return w
  const { V, s } = rowSpace(X)
  const A = multiply(X, V)
  const b = multiplyTransposeVector(A, y)
  const power = 1 - 1 / layers
  const solution = (mu: number) => b.map((value, k) => value / (s[k] ** 2 + mu))
  let mu = beta * size ** (-2 * power)
  for (let step = 0; step < STEPS; step++) {
    const c = solution(mu)
    const square = dot(c, c)
    const slope = -2 * c.reduce((sum, value, k) => sum + (value * value) / (s[k] ** 2 + mu), 0)
    const change = (Math.log(mu / beta) + power * Math.log(square)) / (1 + (power * mu * slope) / square)
    mu *= Math.exp(-change)
    if (Math.abs(change) <= 4 * Number.EPSILON) break
  }
  return multiplyVector(V, solution(mu))
}
