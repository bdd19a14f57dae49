import type { Matrix } from '../linalg/matrix.ts'
import { multiply, rowNorms } from '../linalg/products.ts'

/**
 * κ(u) = u·κ₀(u) + κ₁(u) for u = cos of an angle θ, κ₀ = (π − θ)/π, κ₁ = (u(π − θ) + √(1 − u²))/π (Ergen & Pilanci
 * 2021, §7): what both layers of an infinitely wide two-layer ReLU network contribute. κ(1) = 2, κ(−1) = 0.
 */
export function arcCosine(u: number): number {
  const cosine = Math.min(1, Math.max(-1, u))
  const left = Math.PI - Math.acos(cosine)
  return (2 * cosine * left + Math.sqrt(1 - cosine * cosine)) / Math.PI
}

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
      K.data[at] = size === 0 ? 0 : size * arcCosine((K.data[at] + shift) / size)
    }
  }
  return K
}
