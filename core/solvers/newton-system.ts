import { NotPositiveDefiniteError } from '../linalg/checks.ts'
import { cholesky, type Cholesky } from '../linalg/cholesky.ts'
import { Matrix } from '../linalg/matrix.ts'
import { gram, multiply, multiplyTransposeVector, multiplyVector } from '../linalg/products.ts'
import type { RowBlocks } from './row-blocks.ts'

/** A positive definite system (E + M·Mᵀ + C)·x = b of nK rows: E block diagonal, C an optional symmetric part. */
export interface NewtonSystem {
  readonly diagonal: RowBlocks
  /** M. */
  readonly factor: Matrix
  /** C; only the lower triangle is read, and overwritten. */
  readonly dense: Matrix | null
}

/** Below this share of nK, the system of Woodbury's identity, as large as M has columns, is the cheaper one. */
const WOODBURY_SHARE = 0.4

/** x = (E + M·Mᵀ + C)⁻¹·b, through whichever of the two systems is smaller (THEORY 5b). */
export function solveNewton(system: NewtonSystem, b: Float64Array): Float64Array {
  const { factor, dense } = system
  return dense || factor.cols > WOODBURY_SHARE * b.length ? solveDense(system, b) : solveWoodbury(system, b)
}

function solveDense({ diagonal, factor, dense }: NewtonSystem, b: Float64Array): Float64Array {
  const lower = { transposeB: true, lower: true }
  const H = dense
    ? multiply(factor, factor, { ...lower, beta: 1, out: dense })
    : multiply(factor, factor, lower)
  diagonal.addTo(H)
  return factorized(H).solve(b)
}

/** Relative shift of the diagonal where rounding has made a matrix indefinite, and its growth from try to try. */
const FIRST_SHIFT = 1e-14
const SHIFT_GROWTH = 100

/** Cholesky of H, or of H plus the least shift in a sequence that makes it definite. Overwrites the diagonal of H. */
export function factorized(H: Matrix): Cholesky {
  let largest = 0
  for (let j = 0; j < H.rows; j++) largest = Math.max(largest, H.get(j, j))
  for (let shift = FIRST_SHIFT; ; shift *= SHIFT_GROWTH) {
    try {
      return cholesky(H)
    } catch (error) {
      if (!(error instanceof NotPositiveDefiniteError) || shift > 1) throw error
      for (let j = 0; j < H.rows; j++) H.data[j * (H.rows + 1)] += shift * largest
    }
  }
}

/** With E = LLᵀ, N = L⁻¹M and c = L⁻¹b: x = L⁻ᵀ(c − N·(I + NᵀN)⁻¹·Nᵀc). */
function solveWoodbury({ diagonal, factor }: NewtonSystem, b: Float64Array): Float64Array {
  const L = diagonal.cholesky()
  const N = L.forward(factor)
  const c = L.forward(new Matrix(b.length, 1, b.slice())).data
  const S = gram(N)
  for (let k = 0; k < S.rows; k++) S.data[k * (S.rows + 1)] += 1
  const correction = multiplyVector(N, factorized(S).solve(multiplyTransposeVector(N, c)))
  for (let j = 0; j < c.length; j++) c[j] -= correction[j]
  return L.backward(c)
}
