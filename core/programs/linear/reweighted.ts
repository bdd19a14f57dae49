import type { Matrix } from '../../linalg/matrix.ts'
import { multiply, scaleColumns } from '../../linalg/products.ts'
import { thinSvd } from '../../linalg/svd.ts'
import type { SolverProgress, SolverSettings } from '../../solvers/solver.ts'
import { leadingColumns } from './balanced-layers.ts'
import type { NuclearSolver } from './nuclear-newton.ts'
import { residualAtZero, spectralPrice, type NuclearProgram } from './nuclear-program.ts'

/** Penalties of the nuclear-norm programs whose solutions are started from, as shares of the one that gives W = 0. */
const STARTS = [0.3, 0.1, 0.03, 0.01, 0.001]
const MAX_ITERATIONS = 100
/** Singular values below this share of the largest leave the iteration; it could only shrink them further. */
const NEGLIGIBLE = 1e-9

export interface LocalOptimum {
  W: Matrix
  objective: number
  iterations: number
}

/**
 * Local minima of ℓ(A·W) + (βL/2)Σσᵢ(W)^{2/L} by reweighted nuclear-norm programs, the best of several starts.
 *
 * With W = PΣQᵀ the current point and M = P·Σ^{2/L−1}·Pᵀ, ‖M·W′‖_* touches (L/2)Σσᵢ(W′)^{2/L} at W′ = W, up to a
 * constant, and lies above it elsewhere: for S = (W′W′ᵀ)^½, tr S^q is concave with slope q·M there, and
 * tr(M·S) ≤ ‖M·W′‖_*. So minimising ℓ(A·W′) + β‖M·W′‖_* never goes up. In the variable M·W′ it is a nuclear-norm
 * program on the data A·P·Σ^{1−2/L}, with as many columns as W has singular values.
 */
export function* reweightedOptimum(
  program: NuclearProgram,
  layers: number,
  objective: (W: Matrix) => number,
  solver: NuclearSolver,
  { tolerance, stop }: SolverSettings,
): Generator<SolverProgress, LocalOptimum> {
  let iterations = 0
  let best: LocalOptimum | null = null
  const zeroPenalty = spectralPrice(program, residualAtZero(program))
  const solve = function* (A: Matrix, beta: number): Generator<SolverProgress, Matrix> {
    const before = iterations
    const run = solver({ ...program, A, beta }, { tolerance, stop: (k) => stop(before + k) })
    let step = run.next()
    while (!step.done) {
      iterations = before + step.value.iteration
      yield { iteration: iterations, primal: best?.objective ?? Infinity, dual: -Infinity }
      step = run.next()
    }
    iterations = before + step.value.iterations
    return step.value.W
  }
  for (const share of STARTS) {
    let W: Matrix = yield* solve(program.A, share * zeroPenalty)
    let value = objective(W)
    for (let k = 0; k < MAX_ITERATIONS && stop(iterations) === null; k++) {
      const basis = weightedBasis(W, layers)
      if (basis.cols === 0) break
      const next = multiply(basis, yield* solve(multiply(program.A, basis), program.beta))
      const reached = objective(next)
      const gained = value - reached
      if (gained > 0) [W, value] = [next, reached]
      if (gained <= tolerance * Math.abs(value)) break
    }
    if (!best || value < best.objective) best = { W, objective: value, iterations }
    if (stop(iterations) !== null) break
  }
  return { ...best!, iterations }
}

/** P·Σ^{1−2/L}, r×rank. */
function weightedBasis(W: Matrix, layers: number): Matrix {
  const { U, s } = thinSvd(W)
  const rank = s.filter((value) => value > NEGLIGIBLE * s[0]).length
  const kept = leadingColumns(U, rank)
  return scaleColumns(
    kept,
    s.subarray(0, rank).map((value) => value ** (1 - 2 / layers)),
  )
}
