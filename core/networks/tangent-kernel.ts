import type { Matrix } from '../linalg/matrix.ts'
import { multiply, rowNorms } from '../linalg/products.ts'

/**
 * κ(u) = u·κ₀(u) + κ₁(u) for u = cos θ, κ₀ = (π − θ)/π, κ₁ = (u(π − θ) + sin θ)/π (Ergen & Pilanci 2021, §7): what both
 * layers of an infinitely wide two-layer ReLU network contribute. 2 at θ = 0, 0 at θ = π.
 */
export function arcCosine(theta: number): number {
  return (2 * Math.cos(theta) * (Math.PI - theta) + Math.sin(theta)) / Math.PI
}

/** Cosines nearer to ±1 than this lose the angle: κ falls by θ/π from θ = 0 on. */
const NEARLY_PARALLEL = 1e-4

/**
 * K(aᵢ, bⱼ) = |aᵢ||bⱼ|·κ(cos ∠(aᵢ, bⱼ)) of the rows of A (m×d) and B (n×d), m×n; 0 for a zero row.
 *
 * @param bias compare (a, 1) with (b, 1): without it data on a line through the origin have a kernel of rank 2
 */
export function tangentKernel(A: Matrix, B: Matrix, bias: boolean): Matrix {
  const shift = bias ? 1 : 0
  const [a, b] = [A, B].map((rows) => rowNorms(rows).map((norm) => Math.hypot(norm, shift)))
  const K = multiply(A, B, { transposeB: true })
  for (let i = 0, at = 0; i < K.rows; i++) {
    for (let j = 0; j < K.cols; j++, at++) {
      const size = a[i] * b[j]
      const cosine = (K.data[at] + shift) / size
      if (size === 0) K.data[at] = 0
      else if (Math.abs(cosine) < 1 - NEARLY_PARALLEL) K.data[at] = size * arcCosine(Math.acos(cosine))
      else K.data[at] = size * arcCosine(smallAngle(A.row(i), B.row(j), [a[i], b[j]], shift))
    }
  }
  return K
}

/** The angle between (x, shift) and (y, shift) of these norms by the sides of their rhombus, exact near 0 and π. */
function smallAngle(x: Float64Array, y: Float64Array, [p, q]: [number, number], shift: number): number {
  let difference = (shift / p - shift / q) ** 2
  let sum = (shift / p + shift / q) ** 2
  for (let k = 0; k < x.length; k++) {
    difference += (x[k] / p - y[k] / q) ** 2
    sum += (x[k] / p + y[k] / q) ** 2
  }
  return 2 * Math.atan2(Math.sqrt(difference), Math.sqrt(sum))
}
