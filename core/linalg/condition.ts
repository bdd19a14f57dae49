import type { Cholesky } from './cholesky.ts'
import type { Matrix } from './matrix.ts'

const maxRounds = 5

/**
 * An estimate, from below and rarely off by more than a factor of 3, of κ₁(A) = ‖A‖₁‖A⁻¹‖₁ for a symmetric positive
 * definite A and its factorisation (Hager 1984; Higham 1988). Costs a few solves.
 */
export function conditionEstimate(A: Matrix, factorisation: Cholesky): number {
  return symmetricNorm1(A) * inverseNorm1(factorisation)
}

/** The largest sum of magnitudes along a row. */
function symmetricNorm1({ data, rows, cols }: Matrix): number {
  let largest = 0
  for (let i = 0, at = 0; i < rows; i++) {
    let sum = 0
    for (const end = at + cols; at < end; at++) sum += Math.abs(data[at])
    largest = Math.max(largest, sum)
  }
  return largest
}

function inverseNorm1(factorisation: Cholesky): number {
  const n = factorisation.order
  if (n === 0) return 0
  let x: Float64Array = new Float64Array(n).fill(1 / n)
  let estimate = 0
  for (let round = 0; round < maxRounds; round++) {
    const y = factorisation.solve(x)
    estimate = Math.max(
      estimate,
      y.reduce((sum, value) => sum + Math.abs(value), 0),
    )
    const z = factorisation.solve(y.map((value) => (value < 0 ? -1 : 1)))
    const best = z.reduce((at, value, i) => (Math.abs(value) > Math.abs(z[at]) ? i : at), 0)
    const along = z.reduce((sum, value, i) => sum + value * x[i], 0)
    if (Math.abs(z[best]) <= along) break
    x = new Float64Array(n)
    x[best] = 1
  }
  return estimate
}
