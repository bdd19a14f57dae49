import { Matrix } from '../linalg/matrix.ts'
import type { ConvexProgram } from '../programs/program.ts'
import { penaltyOf } from '../solvers/penalty.ts'

/** A lower bound of a program and the dual vector that proves it. */
export interface DualPoint {
  /** n×K, row-major, with ρ(V) ≤ β over the dictionary. */
  V: Float64Array
  /** −ℓ*(−V): no feasible point of the program has a smaller objective. */
  value: number
  /** ρ of the vector as it was given, over β: above 1 it had to be scaled. */
  rhoRatio: number
}

/**
 * V ← min(1, β/ρ)·V and the value of the dual there (THEORY §2). The dual of the equality loss is linear: V is then
 * scaled to the boundary, upwards too.
 *
 * @param rho an upper bound of ρ(V)
 */
export function scaledDualPoint(
  program: Pick<ConvexProgram, 'Y' | 'loss' | 'beta'>,
  V: Float64Array,
  rho: number,
): DualPoint {
  const { Y, loss } = program
  const beta = penaltyOf(program)
  const scale = rho > beta || (loss.id === 'equality' && rho > 0) ? beta / rho : 1
  const scaled = V.map((value) => scale * value)
  const value = loss.dualValue(new Matrix(Y.rows, Y.cols, scaled), Y)
  return { V: scaled, value, rhoRatio: rho / beta }
}
