/** The computing half of the theorems, keyed like THEOREMS in theorems.ts. */
import { solveBnScalar } from './bn-scalar.ts'
import { solveBnVector } from './bn-vector.ts'
import type { SolveTheorem, TheoremTable } from './theorem.ts'

export const SOLVERS: TheoremTable<SolveTheorem> = {
  'bn-vector': solveBnVector,
  'bn-scalar': solveBnScalar,
}
