import { Matrix } from '../linalg/matrix.ts'
import { multiply } from '../linalg/products.ts'
import type { ModelAround } from './climb-model.ts'

/**
 * The model of {@link parallelAtoms} in the coordinates z: with the second layer hᵢ = Σⱼ σⱼ(aᵢᵀzⱼ)₊, the kinks that are
 * concave are those of a first-layer unit with wᵢσⱼ < 0 in an active sample, and those of hᵢ itself with wᵢ < 0,
 * where hᵢ is continued linearly from the cell of θ.
 */
export const parallelModel =
  (A: Matrix, m1: number, gain: number): ModelAround =>
  (theta, w) => {
    const { rows: n, cols: r } = A
    const hidden = m1 * r
    const signs = theta.slice(hidden)
    const H = multiply(A, new Matrix(m1, r, theta.subarray(0, hidden)), { transposeB: true })
    const rows = Matrix.zeros(n * (m1 + 1), hidden)
    const omega = new Float64Array(n * (m1 + 1))
    const tangent = new Float64Array(hidden)
    for (let i = 0; i < n; i++) {
      const a = A.row(i)
      const weight = gain * w[i]
      let second = 0
      for (let j = 0; j < m1; j++) second += signs[j] * Math.max(0, H.get(i, j))
      // Its own kink, in every sample of negative weight.
      if (weight < 0) {
        omega[n * m1 + i] = -weight
        for (let j = 0; j < m1; j++) {
          if (H.get(i, j) > 0)
            rows.row(n * m1 + i).set(
              a.map((value) => signs[j] * value),
              j * r,
            )
        }
      }
      if (!(second > 0)) continue
      for (let j = 0; j < m1; j++) {
        const slope = weight * signs[j]
        const isOn = H.get(i, j) > 0
        if (slope < 0) {
          omega[i * m1 + j] = -slope
          rows.row(i * m1 + j).set(a, j * r)
        }
        // What the hinges above do not count, or count already, is linear.
        const counted = (slope < 0 && isOn ? slope : 0) + (weight < 0 && isOn ? slope : 0)
        const linear = (isOn ? slope : 0) - counted
        if (linear !== 0) for (let c = 0; c < r; c++) tangent[j * r + c] += linear * a[c]
      }
    }
    return {
      tangent,
      rows,
      omega,
      start: theta.slice(0, hidden),
      toTheta: (u) => Float64Array.of(...u, ...signs),
    }
  }
