/** The theorems with a closed form, in the order in which they are tried. The computing half is solvers.ts. */
import { bnScalar, bnVector } from './bn-theorems.ts'
import type { Theorem, TheoremTable } from './theorem.ts'

export const THEOREMS: TheoremTable<Theorem> = {
  'bn-vector': bnVector,
  'bn-scalar': bnScalar,
}
