/** The weighted squared loss over the atoms of a line, with an intercept or without, ties among the data included. */
import { stream } from '../../random/index.ts'
import { solveLasso } from './lasso.ts'
import { fitAt, splinePath, type Breakpoint, type PathProblem } from './spline-path.ts'
import { valuesAt, type KinkedFunction } from './kinks.ts'

/** Moves of the targets, over their size, that break ties; the objective changes by about their square. */
const MOVES = [0, 1e-12, 1e-11, 1e-10, 1e-9]

export interface SquaredSolution extends KinkedFunction {
  status: 'solved' | 'stalled'
  /** δ, p entries: the solution is exact for the targets z + δ, and z + δ − f is its dual vector over W. */
  shift: Float64Array
}

/**
 * min ½Σ Wₖ(fₖ − zₖ)² + β·size(f), for any β: with an intercept the path down to the least β asked for is kept.
 *
 * Symmetric data have ties that the active sets can go round in; then targets moved by next to nothing are solved for.
 * With z′ = z + δ the objective at the solution for z′ exceeds the optimum for z by at most ⟨f′ − f, δ⟩ ≤ ‖δ‖², and the
 * dual value at its dual vector falls short by as little.
 */
export function squaredSolver(
  problem: PathProblem,
  hasIntercept: boolean,
): (beta: number) => SquaredSolution {
  const attempts = MOVES.map((move) => {
    const shift = shifts(problem, move)
    const moved = { ...problem, targets: problem.targets.map((z, k) => z + shift[k]) }
    return { shift, solve: hasIntercept ? alongPath(moved) : byActiveSet(moved) }
  })
  return (beta) => {
    for (const { shift, solve } of attempts) {
      const found = solve(beta)
      if (found) return { status: 'solved', ...found, shift }
    }
    return { status: 'stalled', kinks: [], intercept: 0, shift: shifts(problem, 0) }
  }
}

function shifts({ weights, targets }: PathProblem, move: number): Float64Array {
  if (move === 0) return new Float64Array(targets.length)
  const size = targets.reduce((most, z, k) => Math.max(most, Math.abs(z) * Math.sqrt(weights[k])), 0)
  const noise = stream(0).split('ties').normals(targets.length)
  return noise.map((value, k) => (move * size * value) / Math.sqrt(weights[k]))
}

type SolveAt = (beta: number) => KinkedFunction | null

function alongPath(problem: PathProblem): SolveAt {
  let known: { end: number; path: Breakpoint[] | null } = { end: Infinity, path: null }
  return (beta) => {
    if (beta < known.end) known = { end: beta, path: splinePath(problem, beta) }
    if (!known.path) return null
    const { kinks } = fitAt(problem, known.path, beta)
    return { kinks, intercept: bestIntercept(problem, kinks) }
  }
}

/** The weighted mean of what the kinks leave. */
function bestIntercept({ points, weights, targets }: PathProblem, kinks: KinkedFunction['kinks']): number {
  const f = valuesAt(points, { kinks, intercept: 0 })
  let sum = 0
  let total = 0
  weights.forEach((w, k) => {
    sum += w * (targets[k] - f[k])
    total += w
  })
  return sum / total
}

function byActiveSet(problem: PathProblem): SolveAt {
  return (beta) => {
    const { status, kinks } = solveLasso(problem, beta)
    return status === 'solved' ? { kinks, intercept: 0 } : null
  }
}
