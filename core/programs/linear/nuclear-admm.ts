import { Anderson } from '../../solvers/anderson.ts'
import { NuclearIncumbent } from './nuclear-program.ts'
import { nuclearResult, type NuclearSolver } from './nuclear-newton.ts'
import { SpectralSplitting } from './spectral-splitting.ts'

/** Iterations between two evaluations of the gap. */
const CHECK_EVERY = 20
/** ρ is balanced on plain steps up to this iteration; then it stays, and the map is accelerated. */
const BALANCE_UNTIL = 200
const MAX_ITERATIONS = 20_000
/** Differences that Anderson acceleration remembers. */
const MEMORY = 15

/**
 * The alternating direction method of multipliers on the nuclear-norm program: an independent second opinion. Its
 * fixed-point map (SpectralSplitting) is Anderson-accelerated; dual points lie in the domain of ℓ* at every iteration.
 */
export const solveNuclearAdmm: NuclearSolver = function* (program, { tolerance, stop }, start) {
  const incumbent = new NuclearIncumbent(program)
  if (start) {
    incumbent.offerPrimal(start.W)
    incumbent.offerDual(start.V)
  }
  const splitting = new SpectralSplitting(program)
  const anderson = new Anderson(MEMORY)
  let x: Float64Array = new Float64Array(splitting.length)
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    if (iteration % CHECK_EVERY === 0) {
      if (incumbent.relativeGap <= tolerance) return nuclearResult(incumbent, 'solved', iteration)
      yield { iteration, primal: incumbent.primal, dual: incumbent.dual }
    }
    const reason = stop(iteration)
    if (reason) return nuclearResult(incumbent, reason, iteration)
    const next = splitting.apply(x)
    const checks = (iteration + 1) % CHECK_EVERY === 0
    if (checks) {
      incumbent.offerPrimal(splitting.U)
      incumbent.offerDual(splitting.dual(x))
    }
    if (iteration >= BALANCE_UNTIL) x = anderson.next(x, next)
    else x = checks ? splitting.rescale(next, balance(splitting)) : next
  }
  return nuclearResult(incumbent, 'maxIterations', MAX_ITERATIONS)
}

/** Residual balancing (He, Yang & Wang 2000): the factor by which ρ should follow the larger residual. */
function balance({ residuals: { primal, dual } }: SpectralSplitting): number {
  return primal > 4 * dual ? 2 : dual > 4 * primal ? 0.5 : 1
}
