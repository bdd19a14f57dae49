import type { Matrix } from '../linalg/matrix.ts'
import type { ConvexProgram } from '../programs/program.ts'
import { boundRho } from './branch-and-bound.ts'
import { cheapRhoBound } from './cheap-bound.ts'
import { scaledDualPoint } from './scaling.ts'

/** Highest rank for branch and bound: cones multiply with the rank. */
const MAX_RANK = 5
const EPSILON = 1e-3
const MAX_CONES = 60_000

export interface NetworkBound {
  /** No network of any width has a smaller objective. */
  lowerBound: number
  /** ρ(V)/β over all u, or an upper bound of it. */
  rhoRatio: number
  /** How ρ was bounded. */
  method: 'branch and bound' | 'Cauchy–Schwarz'
  cones: number
}

/**
 * A lower bound of the network's objective from a dual vector of a sampled program: ρ(V) is bounded over all u, not
 * over the sample, by branch and bound up to rank 5 and cheaply beyond (THEORY §4).
 *
 * @param V n entries in the domain of ℓ*(−·)
 */
export function networkBound(
  program: { A: Matrix } & Pick<ConvexProgram, 'Y' | 'loss' | 'beta'>,
  V: Float64Array,
  halt?: () => boolean,
): NetworkBound {
  const { A, beta } = program
  const cheap = cheapRhoBound(A, V)
  const search =
    A.cols <= MAX_RANK ? boundRho(A, V, { floor: beta, epsilon: EPSILON, maxCones: MAX_CONES, halt }) : null
  const rho = Math.min(cheap, search?.upper ?? Infinity)
  const { value, rhoRatio } = scaledDualPoint(program, V, rho)
  const method = search && search.upper <= cheap ? 'branch and bound' : 'Cauchy–Schwarz'
  return { lowerBound: value, rhoRatio, method, cones: search?.cones ?? 0 }
}
