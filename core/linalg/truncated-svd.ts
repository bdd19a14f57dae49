import type { Stream } from '../random/index.ts'
import { requireFinite } from './checks.ts'
import { Matrix } from './matrix.ts'
import { columnNorms, multiply, scaleColumns } from './products.ts'
import { orthonormalColumns } from './qr.ts'
import { thinSvd, type Svd } from './svd.ts'

export interface TruncatedSvd extends Svd {
  /** max over i of ‖A·vᵢ − sᵢuᵢ‖ and ‖Aᵀuᵢ − sᵢvᵢ‖, divided by s₀: how far the triplets are from exact ones. */
  readonly residual: number
  /** Passes over A and Aᵀ. */
  readonly passes: number
}

export interface TruncatedSvdOptions {
  /** Gives the starting basis. */
  readonly stream: Stream
  /** Stop when `residual` is at most this; 1e-10 by default. */
  readonly tolerance?: number
  /** Give up after so many passes; 60 by default. `residual` then says how far it came. */
  readonly maxPasses?: number
}

/** Directions carried beyond those asked for: they make the last ones converge. */
const oversampling = 10

/**
 * The k leading singular triplets of a large n×d matrix by randomised subspace iteration with Rayleigh–Ritz steps
 * (Halko, Martinsson, Tropp 2011), each pass costing two products of A with k + 10 columns.
 *
 * The residual is measured, not estimated: every sᵢ lies within residual·s₀ of a singular value of A.
 *
 * @throws NotFiniteError naming the entry.
 */
export function truncatedSvd(A: Matrix, k: number, options: TruncatedSvdOptions): TruncatedSvd {
  requireFinite(A)
  const smaller = Math.min(A.rows, A.cols)
  const wanted = Math.min(k, smaller)
  const width = Math.min(wanted + oversampling, smaller)
  const { tolerance = 1e-10, maxPasses = 60 } = options
  let V = randomBasis(A.cols, width, options.stream)
  for (let passes = 1; ; passes++) {
    const Q = orthonormalColumns(multiply(A, V))
    // A ≈ Q·(QᵀA): the singular triplets of the small factor are those of A in this subspace.
    const small = thinSvd(multiply(A, Q, { transposeA: true }))
    V = small.U
    const U = multiply(Q, small.V)
    const residual = tripletResidual(A, U, small.s, V, wanted)
    if (residual <= tolerance || passes >= maxPasses || width === smaller) {
      return {
        U: leading(U, wanted),
        s: small.s.slice(0, wanted),
        V: leading(V, wanted),
        residual,
        passes,
      }
    }
  }
}

/** Aᵀu − s·v vanishes by construction, so A·v − s·u is what is left to measure. */
function tripletResidual(A: Matrix, U: Matrix, s: Float64Array, V: Matrix, k: number): number {
  const left = leading(U, k)
  const difference = scaleColumns(left, s.subarray(0, k))
  multiply(A, leading(V, k), { alpha: 1, beta: -1, out: difference })
  const largest = columnNorms(difference).reduce((most, norm) => Math.max(most, norm), 0)
  return s.length === 0 || s[0] === 0 ? 0 : largest / s[0]
}

function randomBasis(rows: number, cols: number, stream: Stream): Matrix {
  const entries = Float64Array.from({ length: rows * cols }, () => stream.normal())
  return orthonormalColumns(new Matrix(rows, cols, entries))
}

function leading(A: Matrix, k: number): Matrix {
  const result = Matrix.zeros(A.rows, k)
  for (let i = 0; i < A.rows; i++) result.row(i).set(A.row(i).subarray(0, k))
  return result
}
