import type { ConvexProgram } from '../programs/program.ts'
import { Pricer } from '../solvers/pricing.ts'
import { scaledDualPoint, type DualPoint } from './scaling.ts'

/**
 * Makes a vector dual feasible by scaling, V ← min(1, β/ρ)·V, and evaluates the dual there (THEORY §2). ρ is computed
 * from scratch over the whole dictionary by cone projections. Over a complete dictionary the value is a lower bound
 * of the network's objective; over a sampled one only of the sampled program.
 *
 * @param V n×K, row-major, in the domain of ℓ*(−·); out of it the value is −Infinity.
 */
export function dualPoint(program: ConvexProgram, V: Float64Array): DualPoint {
  return scaledDualPoint(program, V, new Pricer(program).price(V).rho)
}
