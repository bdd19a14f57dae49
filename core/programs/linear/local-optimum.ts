import { minimizeSmooth } from '../../atoms/lbfgs.ts'
import type { NamedArrays, TrainedNetwork } from '../../experiments/problem.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { multiply } from '../../linalg/products.ts'
import { gradient, NETWORKS } from '../../networks/index.ts'
import type { SolverProgress, SolverSettings } from '../../solvers/solver.ts'
import { balancedNetwork, significantSvd } from './balanced-layers.ts'
import type { NuclearSolver } from './nuclear-newton.ts'
import { residualAtZero, spectralPrice, type NuclearProgram } from './nuclear-program.ts'
import { SchattenDescent, type SchattenPoint } from './schatten-descent.ts'

/** Penalties of the nuclear-norm programs whose solutions are started from, as shares of the one that gives W = 0. */
const STARTS = [0.3, 0.1, 0.03, 0.01, 0.001]
/** Relative gap to which these are solved. */
const START_TOLERANCE = 1e-3
/** Proximal gradient steps, which find the rank. */
const DESCENT_STEPS = 100
/** Quasi-Newton steps between two reports, and how many such rounds there are at most. */
const POLISH_STEPS = 50
const POLISH_ROUNDS = 40

export interface LocalOptimum extends SchattenPoint {
  iterations: number
}

/**
 * The best of several local minima of ℓ(A·W) + (βL/2)Σσᵢ(W)^{2/L} for a smooth loss. From the solution of each of a few
 * nuclear-norm programs, proximal gradient steps find the rank; then the weights of the balanced network of that rank
 * are trained by L-BFGS. It proves nothing: the lower bound of its progress is 0.
 */
export function* localOptimum(
  program: NuclearProgram,
  layers: number,
  solver: NuclearSolver,
  { tolerance, stop }: SolverSettings,
): Generator<SolverProgress, LocalOptimum> {
  const descent = new SchattenDescent(program, layers)
  const zeroPenalty = spectralPrice(program, residualAtZero(program))
  let iterations = 0
  let best = descent.pointAt(Matrix.zeros(program.A.cols, program.Y.cols))
  if (zeroPenalty === 0) return { ...best, iterations }
  for (const share of STARTS) {
    const before = iterations
    const settings = { tolerance: START_TOLERANCE, stop: (k: number) => stop(before + k) }
    const start = solver({ ...program, beta: share * zeroPenalty }, settings)
    let step = start.next()
    while (!step.done) {
      yield { iteration: before + step.value.iteration, primal: best.objective, dual: 0 }
      step = start.next()
    }
    iterations += step.value.iterations
    for (const point of descend(descent, program, layers, step.value.W, tolerance)) {
      if (point.objective < best.objective) best = point
      if (stop(++iterations) !== null) return { ...best, iterations }
      yield { iteration: iterations, primal: best.objective, dual: 0 }
    }
  }
  return { ...best, iterations }
}

/** The points on the way to a local minimum. */
function* descend(
  descent: SchattenDescent,
  program: NuclearProgram,
  layers: number,
  start: Matrix,
  tolerance: number,
): Generator<SchattenPoint, void> {
  let point = yield* descent.walk(start, DESCENT_STEPS, 0.01 * tolerance)
  for (let round = 0; round < POLISH_ROUNDS; round++) {
    const next = descent.pointAt(polished(program, layers, point.W))
    const gained = point.objective - next.objective
    if (gained > 0) yield (point = next)
    if (gained <= 0.01 * tolerance * point.objective) return
  }
}

/** The product of balanced layers after a few quasi-Newton steps on their weights. */
function polished({ A, Y, loss, beta }: NuclearProgram, layers: number, W: Matrix): Matrix {
  const network = balancedNetwork(significantSvd(W), layers)
  const evaluate = (weights: Float64Array) => {
    const at = gradient(unflattened(network, weights), A, Y, loss.id, beta)
    return { value: at.objective, gradient: flattened(at.gradient) }
  }
  const weights = minimizeSmooth(evaluate, flattened(network.arrays), POLISH_STEPS)
  const [first, ...others] = NETWORKS.linear.layers(unflattened(network, weights))
  return others.reduce((product, layer) => multiply(product, layer), first)
}

function flattened(arrays: NamedArrays): Float64Array {
  const parts = Object.values(arrays).map(({ data }) => data)
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** The network with its weights read from `all`, as views. */
function unflattened({ family, arrays }: TrainedNetwork, all: Float64Array): TrainedNetwork {
  let at = 0
  const views = Object.entries(arrays).map(([name, { shape, data }]) => {
    const view = all.subarray(at, (at += data.length))
    return [name, { shape, data: view }] as const
  })
  return { family, arrays: Object.fromEntries(views) }
}
