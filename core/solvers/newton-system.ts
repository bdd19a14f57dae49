import { cholesky } from '../linalg/cholesky.ts'
import type { Matrix } from '../linalg/matrix.ts'
import { gram, multiplyTransposeVector, multiplyVector, outerGram, scaleRows } from '../linalg/products.ts'

/** A positive definite system (E + M·Mᵀ + C)·x = b with E diagonal, M n×K and C an optional symmetric n×n part. */
export interface NewtonSystem {
  /** Positive, n entries. */
  readonly diagonal: Float64Array
  readonly factor: Matrix
  /** Added to M·Mᵀ; only the lower triangle is read. */
  readonly dense: Matrix | null
}

/** Below this share of n, the K×K system of Woodbury's identity is the cheaper one. */
const WOODBURY_SHARE = 0.4

/** x = (E + M·Mᵀ + C)⁻¹·b, through whichever of the n×n and the K×K system is smaller (THEORY 5b). */
export function solveNewton(system: NewtonSystem, b: Float64Array): Float64Array {
  const { diagonal, factor, dense } = system
  return dense || factor.cols > WOODBURY_SHARE * diagonal.length
    ? solveDense(system, b)
    : solveWoodbury(system, b)
}

function solveDense({ diagonal, factor, dense }: NewtonSystem, b: Float64Array): Float64Array {
  const H = outerGram(factor)
  if (dense) for (let at = 0; at < H.data.length; at++) H.data[at] += dense.data[at]
  for (let j = 0; j < diagonal.length; j++) H.data[j * (diagonal.length + 1)] += diagonal[j]
  return cholesky(H).solve(b)
}

/** x = E⁻¹(b − M·z) with (I + MᵀE⁻¹M)·z = MᵀE⁻¹b. */
function solveWoodbury({ diagonal, factor }: NewtonSystem, b: Float64Array): Float64Array {
  const scaled = scaleRows(
    factor,
    diagonal.map((e) => 1 / Math.sqrt(e)),
  )
  const S = gram(scaled)
  for (let k = 0; k < S.rows; k++) S.data[k * (S.rows + 1)] += 1
  const z = cholesky(S).solve(
    multiplyTransposeVector(
      factor,
      b.map((value, j) => value / diagonal[j]),
    ),
  )
  const correction = multiplyVector(factor, z)
  return b.map((value, j) => (value - correction[j]) / diagonal[j])
}
