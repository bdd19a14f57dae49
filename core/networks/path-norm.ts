/** The path norm of three-layer sub-networks (THEORY 3.6; Ergen & Pilanci 2023, (2)). */
import type { RealArray } from '../linalg/matrix.ts'
import { dot, scaleColumns, scaleRows } from '../linalg/products.ts'
import type { Branch } from './parallel.ts'

/** Squared norms of the parts of every path of one sub-network. */
interface PathSquares {
  /** ‖w1_j‖², m1 entries. */
  into: Float64Array
  /** ‖w3_l‖², m2 entries. */
  outOf: Float64Array
  /** Σ_j ‖w1_j‖² w2_jl², m2 entries. */
  reaching: Float64Array
  /** Σ_l w2_jl² ‖w3_l‖², m1 entries. */
  leaving: Float64Array
}

/** √(Σ_{j,l,o} ‖w1_j‖² w2_jl² w3_lo²). */
export function pathNorm(branch: Branch<RealArray>): number {
  return normOf(squaresOf(branch))
}

/**
 * ∂ of the path norm P for the three weight matrices: w1_j·(Σ_l w2_jl²‖w3_l‖²)/P, ‖w1_j‖² w2_jl ‖w3_l‖²/P and
 * (Σ_j ‖w1_j‖² w2_jl²)·w3_l/P; zeros where P = 0.
 */
export function pathNormGradient<T extends RealArray>([W1, W2, W3]: Branch<T>): Branch<T> {
  const squares = squaresOf([W1, W2, W3])
  const norm = normOf(squares)
  const inverse = norm === 0 ? 0 : 1 / norm
  const { into, outOf, reaching, leaving } = squares
  const scaled = (values: Float64Array): Float64Array => values.map((value) => value * inverse)
  return [
    scaleColumns(W1, scaled(leaving)),
    scaleColumns(scaleRows(W2, scaled(into)), outOf),
    scaleRows(W3, scaled(reaching)),
  ]
}

function squaresOf([W1, W2, W3]: Branch<RealArray>): PathSquares {
  const into = new Float64Array(W1.cols)
  for (let i = 0; i < W1.rows; i++) W1.row(i).forEach((value, j) => (into[j] += value * value))
  const outOf = Float64Array.from({ length: W3.rows }, (_, l) => dot(W3.row(l), W3.row(l)))
  const reaching = new Float64Array(W2.cols)
  const leaving = new Float64Array(W2.rows)
  for (let j = 0; j < W2.rows; j++) {
    W2.row(j).forEach((value, l) => {
      reaching[l] += into[j] * value * value
      leaving[j] += value * value * outOf[l]
    })
  }
  return { into, outOf, reaching, leaving }
}

const normOf = ({ reaching, outOf }: PathSquares): number =>
  Math.sqrt(reaching.reduce((sum, square, l) => sum + square * outOf[l], 0))
