/** The convex programs of deep linear networks (THEORY 3.7), each with what it proves. */
import type { Problem, TrainedNetwork } from '../../experiments/problem.ts'
import type { CertificateLevel, RunStatus } from '../../experiments/result.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { combine, multiply, scaleColumns } from '../../linalg/products.ts'
import { effectiveBeta, LOSSES } from '../../losses/index.ts'
import type { SolverProgress, SolverSettings } from '../../solvers/solver.ts'
import { balancedNetwork, significantSvd } from './balanced-layers.ts'
import { interpolant, interpolantDual, isWhite, pseudoSolve, whiteOptimum } from './closed-forms.ts'
import { rowSpaceOf, type RowSpace } from './data-reduction.ts'
import { solveNuclearAdmm } from './nuclear-admm.ts'
import { solveNuclearNewton, type NuclearSolver } from './nuclear-newton.ts'
import { spectralPrice, type NuclearProgram } from './nuclear-program.ts'
import { localOptimum } from './local-optimum.ts'
import { decayCost } from './schatten.ts'
import { searchSizes } from './size-search.ts'

export interface LinearSettings extends SolverSettings {
  /** active-set: semismooth Newton and closed forms; admm: the second opinion, never a closed form for two layers. */
  solver: 'active-set' | 'admm'
}

/** What a route through the table below ends with, in coordinates of the row space. */
interface Outcome {
  status: RunStatus
  iterations: number
  /** r×K. */
  W: Matrix
  /** n×K with σ_max(XᵀV) ≤ β; null where the bound has no single dual point. */
  V: Matrix | null
  lowerBound: number
  level: CertificateLevel
  how: string
}

export interface LinearResult extends Outcome {
  /** d×K, the product of the layers. */
  W: Matrix
  /** ℓ(X·W, Y) + (βL/2)Σσᵢ(W)^{2/L}; equality: the sum without β. */
  objective: number
  /** −ℓ*(−V), or the lower bound where there is no V. */
  dual: number
  network: TrainedNetwork
}

interface Task {
  data: RowSpace
  program: NuclearProgram
  layers: number
  solver: NuclearSolver
  settings: SolverSettings
}

type Route = (task: Task) => Generator<SolverProgress, Outcome>

/**
 * min over W1 … WL of ℓ(X·W1⋯WL, Y) + (β/2)Σ‖Wl‖²_F as a problem in the product W, with the balanced weights.
 *
 * Two layers, one output, equality, and the squared loss on whitened data are solved to the global optimum; deeper
 * networks with several outputs to a local one, with a lower bound.
 *
 * @throws BidualError unsupported when the loss is equality and no linear network interpolates.
 */
export function* solveLinear(
  { X, Y, network, loss, beta }: Pick<Problem, 'X' | 'Y' | 'network' | 'loss' | 'beta'>,
  { solver, ...settings }: LinearSettings,
): Generator<SolverProgress, LinearResult> {
  const data = rowSpaceOf(X)
  const program = { A: data.A, Y, loss: LOSSES[loss], beta: effectiveBeta(loss, beta) }
  const task = {
    data,
    program,
    layers: network.layers,
    solver: solver === 'admm' ? solveNuclearAdmm : solveNuclearNewton,
    settings,
  }
  const outcome = yield* routeOf(task)(task)
  const svd = significantSvd(outcome.W)
  const inFeatures = { ...svd, U: multiply(data.V, svd.U) }
  return {
    ...outcome,
    W: multiply(scaleColumns(inFeatures.U, svd.s), svd.V, { transposeB: true }),
    objective: objectiveAt(task, outcome.W),
    dual: outcome.V ? program.loss.dualValue(outcome.V, Y) : outcome.lowerBound,
    network: balancedNetwork(inFeatures, network.layers),
  }
}

function routeOf({ data, program, layers, solver }: Task): Route {
  const iterative = layers === 2 && solver === solveNuclearAdmm
  if (data.s.length === 0) return zeroData
  if (program.loss.id === 'equality' && !iterative) return interpolated
  if (program.loss.id === 'squared' && isWhite(data) && !iterative) return whitened
  if (layers === 2) return twoLayers
  return Math.min(data.s.length, program.Y.cols) === 1 ? oneSize : severalSizes
}

/** The objective at W (r×K) without its rounding. */
function objectiveAt({ program, layers }: Task, W: Matrix): number {
  const { A, Y, loss, beta } = program
  const { U, s, V } = significantSvd(W)
  const F = multiply(multiply(A, scaleColumns(U, s)), V, { transposeB: true })
  return loss.value(F, Y) + beta * decayCost(s, layers)
}

/** X = 0: no weights change anything. */
// eslint-disable-next-line require-yield -- a route that has nothing to iterate
const zeroData: Route = function* ({ data, program: { Y, loss } }) {
  return {
    status: 'solved',
    iterations: 0,
    W: Matrix.zeros(data.A.cols, Y.cols),
    V: null,
    lowerBound: loss.value(Matrix.zeros(Y.rows, Y.cols), Y),
    level: 'global',
    how: 'All features are zero, so that every network predicts zero.',
  }
}

/** The minimum-norm interpolant (THEORY 5.8). */
// eslint-disable-next-line require-yield -- a closed form has nothing to iterate
const interpolated: Route = function* (task) {
  const { data, program, layers } = task
  const W = interpolant(data, program.Y)
  const V = layers === 2 ? feasible(program, interpolantDual(data, W)) : null
  return {
    status: 'solved',
    iterations: 0,
    W,
    V,
    lowerBound: V ? program.loss.dualValue(V, program.Y) : objectiveAt(task, W),
    level: 'global',
    how: 'X⁺Y is the only interpolating matrix on the row space of X; every other one has larger singular values.',
  }
}

/** XᵀX = c·I on the row space, squared loss (THEORY 5.3). */
// eslint-disable-next-line require-yield -- a closed form has nothing to iterate
const whitened: Route = function* (task) {
  const { data, program, layers } = task
  const W = whiteOptimum(data, program.Y, program.beta, layers)
  const residual = combine(1, program.Y, -1, multiply(program.A, W))
  const V = layers === 2 ? feasible(program, residual) : null
  return {
    status: 'solved',
    iterations: 0,
    W,
    V,
    lowerBound: V ? program.loss.dualValue(V, program.Y) : objectiveAt(task, W),
    level: 'global',
    how: 'All singular values of X are equal: the problem separates into those of W, each minimised exactly.',
  }
}

const twoLayers: Route = function* ({ program, solver, settings }) {
  const { status, iterations, W, V, dual } = yield* solver(program, settings)
  return {
    status,
    iterations,
    W,
    V,
    lowerBound: dual,
    level: 'global',
    how: 'Dual point with σ_max(XᵀV) ≤ β: no linear neuron responds more, computed exactly.',
  }
}

/** One singular value: one output, or data of rank one. */
const oneSize: Route = function* (task) {
  const search = { ...task, infimum: leastFit(task) }
  const { status, iterations, W, lowerBound } = yield* searchSizes(search, task.settings)
  return {
    status,
    iterations,
    W,
    V: null,
    lowerBound,
    level: 'global',
    how: 'Branch and bound over the size of W: dual points below the loss, chords below the weight decay.',
  }
}

const severalSizes: Route = function* (task) {
  const { program, layers, solver, settings } = task
  const evaluate = (W: Matrix) => objectiveAt(task, W)
  const local = yield* localOptimum(program, layers, solver, settings)
  const stop = (k: number) => settings.stop(local.iterations + k)
  const search = { ...task, infimum: leastFit(task), reference: local.objective }
  const bound = yield* searchSizes(search, { ...settings, stop })
  const candidates = [local.W, bound.W]
  const W = candidates.reduce((best, other) => (evaluate(other) < evaluate(best) ? other : best))
  return {
    status: bound.status,
    iterations: local.iterations + bound.iterations,
    W,
    V: null,
    lowerBound: bound.lowerBound,
    level: 'bound',
    how: 'Local optimum; lower bound by branch and bound over ‖W‖_*, with (Σσᵢ)^{2/L} in place of Σσᵢ^{2/L}.',
  }
}

/** A lower bound of ℓ(A·W) over all W: half the squared part of Y outside the range of A, or 0. */
function leastFit({ data, program: { A, Y, loss } }: Task): number {
  return loss.id === 'squared' ? loss.value(multiply(A, pseudoSolve(data, Y)), Y) : 0
}

/** V scaled so that σ_max(AᵀV) ≤ β. */
function feasible(program: NuclearProgram, V: Matrix): Matrix {
  const scale = Math.min(1, program.beta / spectralPrice(program, V))
  return new Matrix(
    V.rows,
    V.cols,
    V.data.map((value) => scale * value),
  )
}
