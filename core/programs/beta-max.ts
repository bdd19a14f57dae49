import { Pricer } from '../solvers/pricing.ts'
import { residualAtZero } from '../solvers/solver.ts'
import type { ConvexProgram } from './program.ts'

/**
 * The smallest β from which on the zero network is optimal: ρ(−∇ℓ(0)) over the dictionary (THEORY §2).
 * With every cell in the dictionary it is that of the network problem.
 */
export function betaMax(program: ConvexProgram): number {
  return new Pricer(program).maximum(residualAtZero(program))
}
