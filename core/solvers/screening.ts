import { symmetricEigen } from '../linalg/eigen.ts'
import { gram } from '../linalg/products.ts'
import type { ConvexProgram } from '../programs/program.ts'
import type { Pricer, Prices } from './pricing.ts'
import { penaltyOf } from './penalty.ts'
import type { Incumbent } from './solver.ts'

/** Relative rounding of a spectral norm. */
const ROUNDING = 1e-10

/**
 * Screens a pricer at the dual vectors of a solver, where that is possible: for smooth losses, whose dual is strongly
 * concave, and dictionaries of gates, B_i = D_iA, whose norms are bounded by that of A.
 */
export class Screening {
  private readonly program: ConvexProgram
  private readonly pricer: Pricer
  private norm: number | null = null

  constructor(program: ConvexProgram, pricer: Pricer) {
    this.program = program
    this.pricer = pricer
  }

  /** Drops what the prices at V, the incumbent's primal value and strong concavity exclude. */
  at(V: Float64Array, prices: Prices, incumbent: Incumbent): void {
    const { loss, dictionary } = this.program
    if (!Number.isFinite(loss.lipschitz) || !dictionary.gates) return
    const beta = penaltyOf(this.program)
    const gap = Math.max(0, incumbent.primal - incumbent.dualValue(V, prices.rho))
    // −ℓ* is (1/L)-strongly concave: ½‖V − V*‖²/L ≤ gap.
    const radius = Math.sqrt(2 * loss.lipschitz * gap)
    this.norm ??= spectralNorm(dictionary.gates.rows)
    this.pricer.screen(prices, prices.rho > beta ? beta / prices.rho : 1, radius, this.norm)
  }
}

function spectralNorm(A: Parameters<typeof gram>[0]): number {
  if (A.cols === 0) return 0
  const { values } = symmetricEigen(gram(A))
  return Math.sqrt(Math.max(0, values[values.length - 1])) * (1 + ROUNDING)
}
