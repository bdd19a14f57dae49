import type { RunStatus } from '../../experiments/result.ts'
import type { Matrix } from '../../linalg/matrix.ts'
import { dot, norm2 } from '../../linalg/products.ts'
import type { SolverProgress, SolverSettings } from '../../solvers/solver.ts'
import { StallDetector } from '../../solvers/stall.ts'
import { NuclearIncumbent, type NuclearPoint, type NuclearProgram } from './nuclear-program.ts'
import { SpectralLagrangian } from './spectral-lagrangian.ts'

/** Newton steps of one proximal subproblem at most. */
const NEWTON_STEPS = 15
/** Outer iterations without a visibly smaller gap after which the solver gives up. */
const STALL_ITERATIONS = 15
const MAX_ITERATIONS = 300

export interface NuclearResult extends NuclearPoint {
  status: RunStatus
  iterations: number
  /** fit + β·size. */
  primal: number
  dual: number
  /** n×K, with σ_max(AᵀV) ≤ β. */
  V: Matrix
}

/** Where a solver starts: the solution of a program that is much like it. */
export type NuclearStart = Pick<NuclearResult, 'W' | 'V'>

export type NuclearSolver = (
  program: NuclearProgram,
  settings: SolverSettings,
  start?: NuclearStart,
) => Generator<SolverProgress, NuclearResult>

/**
 * The semismooth Newton proximal method on the nuclear-norm program: each proximal subproblem is solved in the dual
 * variable, where only the directions of the current singular subspaces take part. Stops on the gap between the best
 * primal point and the best dual point, the latter scaled so that σ_max(AᵀV) ≤ β.
 */
export const solveNuclearNewton: NuclearSolver = function* (program, { tolerance, stop }, start) {
  const incumbent = new NuclearIncumbent(program)
  if (start) {
    incumbent.offerPrimal(start.W)
    incumbent.offerDual(start.V)
  }
  const lagrangian = new SpectralLagrangian(program, incumbent.V, firstStep(program, incumbent), 1, start?.W)
  const progress = new StallDetector(STALL_ITERATIONS)
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    const gap = incumbent.relativeGap
    if (gap <= tolerance) return nuclearResult(incumbent, 'solved', iteration)
    if (progress.stalled(gap)) {
      return nuclearResult(incumbent, gap <= 100 * tolerance ? 'almostSolved' : 'stalled', iteration)
    }
    yield { iteration, primal: incumbent.primal, dual: incumbent.dual }
    const reason = stop(iteration)
    if (reason) return nuclearResult(incumbent, reason, iteration)
    const { steps, solved } = solveSubproblem(lagrangian, gap, () => stop(iteration) !== null)
    incumbent.offerPrimal(lagrangian.point)
    incumbent.offerDual(lagrangian.dualCandidate())
    if (solved) lagrangian.recenter()
    adaptSteps(lagrangian, solved ? steps : Infinity)
  }
  return nuclearResult(incumbent, 'maxIterations', MAX_ITERATIONS)
}

/** What a solver returns. */
export function nuclearResult(
  { best, primal, dual, V }: NuclearIncumbent,
  status: RunStatus,
  iterations: number,
): NuclearResult {
  return { ...best, status, iterations, primal, dual, V }
}

/** σ of the first subproblem: a few times the inverse of a typical squared singular value of A, less for large β. */
function firstStep({ A, beta }: NuclearProgram, { primal }: NuclearIncumbent): number {
  return Math.min(primal / (20 * beta ** 2), (5 * A.cols) / dot(A.data, A.data))
}

/** Newton steps until the subproblem is solved well enough for its outer iteration. */
function solveSubproblem(
  lagrangian: SpectralLagrangian,
  gap: number,
  halt: () => boolean,
): { steps: number; solved: boolean } {
  let psi = lagrangian.evaluate(lagrangian.V)
  const wanted = 0.1 * Math.min(lagrangian.residual(), gap * (1 + norm2(lagrangian.V.data)))
  const enough = Math.max(lagrangian.noise(), wanted)
  for (let steps = 0; steps < NEWTON_STEPS; steps++) {
    if (lagrangian.residual() <= enough) return { steps, solved: true }
    const next = halt() ? null : lagrangian.step(psi)
    if (next === null) return { steps, solved: false }
    psi = next
  }
  return { steps: NEWTON_STEPS, solved: lagrangian.residual() <= enough }
}

/** Longer proximal steps while subproblems are easy, shorter ones when Newton fails. */
function adaptSteps(lagrangian: SpectralLagrangian, steps: number): void {
  const factor = steps <= 5 ? 3 : steps <= NEWTON_STEPS ? 1.5 : 0.2
  lagrangian.sigma *= factor
  lagrangian.tau = Math.min(1e8, lagrangian.tau * factor)
}
