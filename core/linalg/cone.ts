import type { Matrix } from './matrix.ts'
import { conicLeastSquares, type NnlsResult } from './nnls.ts'

export interface ConeProjection {
  /** The nearest point to z in {u : G·u ≥ 0}, d entries. */
  readonly projection: Float64Array
  /** λ ≥ 0 (m entries) with projection = z + Gᵀλ and λᵀG·projection = 0. */
  readonly multipliers: Float64Array
  /** Where λ > 0: the warm start of a neighbouring projection. */
  readonly active: readonly number[]
  readonly iterations: number
  readonly status: NnlsResult['status']
}

/**
 * Projects z onto the polyhedral cone {u : G·u ≥ 0}.
 *
 * By Moreau's decomposition it is z minus the projection of z on the polar cone, which the rows of −G
 * generate: min over λ ≥ 0 of ‖z + Gᵀλ‖, a non-negative least-squares problem. Exact to rounding (a finite
 * active-set method), rows of G may be zero, repeated, parallel or opposite.
 *
 * @param G m×d
 * @param z d entries
 * @param warm rows expected to be active, for instance `active` of the last call.
 * @throws NotFiniteError naming the entry.
 */
export function projectPolyhedralCone(
  G: Matrix,
  z: Float64Array,
  warm: Iterable<number> = [],
): ConeProjection {
  const { x, residual, passive, iterations, status } = conicLeastSquares(
    G,
    z.map((value) => -value),
    warm,
  )
  return { projection: residual.map((value) => -value), multipliers: x, active: passive, iterations, status }
}
