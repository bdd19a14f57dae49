import { Matrix } from '../../linalg/matrix.ts'
import { multiply, scaleColumns } from '../../linalg/products.ts'
import { thinSvd, type Svd } from '../../linalg/svd.ts'

/**
 * The prox of κ‖·‖_* at Z = P·diag(s)·Qᵀ: W = P·diag(f)·Qᵀ, f = (s − κ)₊, with an element of its generalised
 * derivative.
 *
 * In the singular bases the derivative scales, for every pair a, b of directions, the symmetric part of the entries
 * (a, b), (b, a) by (f_a − f_b)/(s_a − s_b) and the antisymmetric part by (f_a + f_b)/(s_a + s_b); what lies outside
 * the bases by f_a/s_a. All of these are 0 where neither direction is active, so that only rank(W)·(r + K) of its
 * r·K directions take part.
 */
export class SpectralShrinkage {
  /** r×K. */
  readonly point: Matrix
  private readonly svd: Svd
  private readonly f: Float64Array
  /** Singular values above κ. */
  private readonly rank: number

  constructor(Z: Matrix, kappa: number) {
    this.svd = thinSvd(Z)
    this.f = this.svd.s.map((value) => Math.max(value - kappa, 0))
    this.rank = this.f.filter((value) => value > 0).length
    this.point = multiply(scaleColumns(this.svd.U, this.f), this.svd.V, { transposeB: true })
  }

  /** Columns of the factor for n×r data, r as in Z. */
  get directionCount(): number {
    const { rank, svd } = this
    const [r, k, K] = [svd.U.rows, svd.s.length, svd.V.rows]
    return rank * rank + 2 * rank * (k - rank) + rank * ((r > k ? r : 0) + (K > k ? K : 0))
  }

  /** J·H for H r×K. */
  derivative(H: Matrix): Matrix {
    const { f, rank } = this
    const { U: P, s, V: Q } = this.svd
    const rows = multiply(P, H, { transposeA: true })
    const columns = multiply(H, Q)
    const inner = multiply(rows, Q)
    const outside = s.map((value, a) => (a < rank ? f[a] / value : 0))
    const core = Matrix.zeros(s.length, s.length)
    for (let a = 0; a < s.length; a++) {
      for (let b = 0; b < s.length; b++) {
        const { symmetric, antisymmetric } = this.weights(Math.min(a, b), Math.max(a, b))
        const [entry, mirror] = [inner.get(a, b), inner.get(b, a)]
        const scaled = 0.5 * (symmetric * (entry + mirror) + antisymmetric * (entry - mirror))
        // What the two products below add to this entry.
        core.set(a, b, scaled - (outside[a] + outside[b]) * entry)
      }
    }
    const result = multiply(multiply(P, core), Q, { transposeB: true })
    multiply(scaleColumns(P, outside), rows, { beta: 1, out: result })
    return multiply(scaleColumns(columns, outside), Q, { transposeB: true, beta: 1, out: result })
  }

  /** How J scales the two parts of the entries (a, b) and (b, a), a ≤ b. */
  private weights(a: number, b: number): { symmetric: number; antisymmetric: number } {
    const { f, rank } = this
    const { s } = this.svd
    if (a >= rank) return { symmetric: 0, antisymmetric: 0 }
    return {
      symmetric: b < rank ? 1 : f[a] / (s[a] - s[b]),
      antisymmetric: (f[a] + f[b]) / (s[a] + s[b]),
    }
  }

  /**
   * M (nK×p) with M·Mᵀ = σ·(A ⊗ I)·J·(A ⊗ I)ᵀ, J the derivative on matrices read row by row.
   *
   * @param A n×r
   */
  factor(A: Matrix, sigma: number): Matrix {
    const { U: P, V: Q } = this.svd
    const images = multiply(A, P)
    const left = [images]
    const right = [Q]
    if (A.cols > P.cols) {
      left.push(multiply(images, P, { transposeB: true, alpha: -1, beta: 1, out: A.clone() }))
    }
    if (Q.rows > Q.cols) right.push(complementProjector(Q))
    return outerColumns(beside(left), beside(right), this.directions(A.cols, sigma))
  }

  /** The columns of the factor as pairs of left and right directions; those outside the bases come after them. */
  private directions(r: number, sigma: number): OuterColumn[] {
    const { f, rank } = this
    const { s, V } = this.svd
    const [k, K] = [s.length, V.rows]
    const columns: OuterColumn[] = []
    for (let a = 0; a < rank; a++) {
      columns.push({ x: a, y: a, weight: Math.sqrt(sigma), mirrored: 0 })
      for (let b = a + 1; b < k; b++) {
        const weights = this.weights(a, b)
        const symmetric = Math.sqrt(0.5 * sigma * weights.symmetric)
        const antisymmetric = Math.sqrt(0.5 * sigma * weights.antisymmetric)
        columns.push({ x: a, y: b, weight: symmetric, mirrored: symmetric })
        columns.push({ x: a, y: b, weight: antisymmetric, mirrored: -antisymmetric })
      }
      const outside = Math.sqrt((sigma * f[a]) / s[a])
      for (let m = 0; r > k && m < r; m++) columns.push({ x: k + m, y: a, weight: outside, mirrored: 0 })
      for (let m = 0; K > k && m < K; m++) columns.push({ x: a, y: k + m, weight: outside, mirrored: 0 })
    }
    return columns
  }
}

/** weight·l_x·r_yᵀ + mirrored·l_y·r_xᵀ of columns l of the left and r of the right matrix. */
interface OuterColumn {
  x: number
  y: number
  weight: number
  mirrored: number
}

/** One column for each product, read row by row: nK×p from n×· and K×·. */
function outerColumns(left: Matrix, right: Matrix, columns: readonly OuterColumn[]): Matrix {
  const result = Matrix.zeros(left.rows * right.rows, columns.length)
  for (let i = 0; i < left.rows; i++) {
    const l = left.row(i)
    for (let k = 0; k < right.rows; k++) {
      const [r, out] = [right.row(k), result.row(i * right.rows + k)]
      for (let c = 0; c < columns.length; c++) {
        const { x, y, weight, mirrored } = columns[c]
        out[c] = weight * l[x] * r[y]
        if (mirrored !== 0) out[c] += mirrored * l[y] * r[x]
      }
    }
  }
  return result
}

/** I − Q·Qᵀ for orthonormal columns. */
function complementProjector(Q: Matrix): Matrix {
  const result = multiply(Q, Q, { transposeB: true, alpha: -1 })
  for (let k = 0; k < Q.rows; k++) result.data[k * (Q.rows + 1)] += 1
  return result
}

/** [A B …] of equally many rows. */
function beside(parts: readonly Matrix[]): Matrix {
  if (parts.length === 1) return parts[0]
  const result = Matrix.zeros(
    parts[0].rows,
    parts.reduce((sum, { cols }) => sum + cols, 0),
  )
  for (let i = 0; i < result.rows; i++) {
    let at = 0
    for (const part of parts) {
      result.row(i).set(part.row(i), at)
      at += part.cols
    }
  }
  return result
}
