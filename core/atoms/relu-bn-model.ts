import type { Cholesky } from '../linalg/cholesky.ts'
import { Matrix } from '../linalg/matrix.ts'
import { multiplyVector } from '../linalg/products.ts'
import { solveLower, solveLowerTranspose } from '../linalg/triangular.ts'
import type { ModelAround } from './climb-model.ts'

/**
 * The model of {@link reluBnAtoms}: with w̃ = w − mean(w) the response contributes w̃ᵀ(Aω)₊ + a·1ᵀw/√n. Coordinates
 * (Lᵀω; a) with LLᵀ the squared size within the cell; the size has no kinks.
 *
 * @param metric of the cell of θ
 */
export const reluBnModel =
  (A: Matrix, metric: (theta: Float64Array) => Cholesky): ModelAround =>
  (theta, w) => {
    const { rows: n, cols: r } = A
    const L = metric(theta).factor
    const H = multiplyVector(A, theta.subarray(0, r))
    const total = w.reduce((sum, value) => sum + value, 0)
    const omega = new Float64Array(n)
    const tangent = new Float64Array(r + 1)
    for (let i = 0; i < n; i++) {
      const weight = w[i] - total / n
      if (weight < 0) omega[i] = -weight
      else if (H[i] > 0) for (let c = 0; c < r; c++) tangent[c] += weight * A.get(i, c)
    }
    tangent.set(solveLower(L, Matrix.column(tangent.slice(0, r))).data)
    tangent[r] = total / Math.sqrt(n)
    const moved = solveLower(L, A.transpose())
    const rows = Matrix.zeros(n, r + 1)
    for (let i = 0; i < n; i++) for (let c = 0; c < r; c++) rows.set(i, c, moved.get(c, i))
    const start = new Float64Array(r + 1)
    for (let c = 0; c < r; c++) for (let k = c; k < r; k++) start[c] += L.get(k, c) * theta[k]
    start[r] = theta[r]
    const toTheta = (u: Float64Array): Float64Array => {
      const back = u.slice()
      back.set(solveLowerTranspose(L, Matrix.column(u.slice(0, r))).data)
      return back
    }
    return { tangent, rows, omega, start, toTheta }
  }
