import { Matrix } from '../linalg/matrix.ts'
import type { ConvexProgram } from '../programs/program.ts'

/** A lower bound of a program and the dual vector that proves it. */
export interface DualPoint {
  /** n entries, with ρ(V) ≤ β over the dictionary. */
  V: Float64Array
  /** −ℓ*(−V): no feasible point of the program has a smaller objective. */
  value: number
  /** ρ of the vector as it was given, over β: above 1 it had to be scaled. */
  rhoRatio: number
}

/**
 * V ← min(1, β/ρ)·V and the value of the dual there (THEORY §2).
 *
 * @param rho an upper bound of ρ(V)
 */
export function scaledDualPoint(program: ConvexProgram, V: Float64Array, rho: number): DualPoint {
  const scale = rho > program.beta ? program.beta / rho : 1
  const scaled = V.map((value) => scale * value)
  const value = program.loss.dualValue(Matrix.column(scaled), program.Y)
  return { V: scaled, value, rhoRatio: rho / program.beta }
}
