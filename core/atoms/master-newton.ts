import { NotPositiveDefiniteError } from '../linalg/checks.ts'
import { cholesky } from '../linalg/cholesky.ts'
import { Matrix } from '../linalg/matrix.ts'
import { axpy, dot, multiply, norm2, rowNorms } from '../linalg/products.ts'
import { curvature } from './loss-curvature.ts'
import {
  MasterIncumbent,
  predictMaster,
  type MasterPoint,
  type MasterProblem,
  type MasterSolution,
} from './master-problem.ts'

const MAX_ITERATIONS = 300
/** Iterations without a lower objective or a smaller gap after which the solver gives up. */
const PATIENCE = 5
/** Ridge of the Newton system relative to its largest diagonal entry. */
const RIDGE = 1e-13
/** Relative rounding of an objective. */
const ROUNDING = 1e-14
/** Zero rows enter when the others are this much closer to stationary than the worst zero row. */
const SETTLED = 0.2

/**
 * Newton's method for smooth losses: on the rows of C that are not zero the objective is smooth, with the Hessian
 * Σᵢ φᵢφᵢᵀ ⊗ ∇²ℓᵢ + β·diag((I − ĉĉᵀ)/‖c‖). A row that a step would turn around is set to zero; a zero row whose
 * ‖Vᵀφⱼ‖ exceeds β enters by a proximal gradient step.
 */
export function solveByNewton(problem: MasterProblem, tolerance: number, start: MasterPoint): MasterSolution {
  const best = new MasterIncumbent(problem, start)
  let C = start.C.clone()
  let B = start.B.clone()
  let idle = 0
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    const state = look(problem, C, B)
    const before = [best.primal, best.relativeGap]
    best.offerPrimal(C, B)
    best.offerDual(state.V)
    if (best.relativeGap <= tolerance) break
    idle = best.primal < before[0] || best.relativeGap < 0.99 * before[1] ? 0 : idle + 1
    if (idle >= PATIENCE) break
    C = C.clone()
    enter(problem, state, C)
    ;[C, B] = descend(problem, C, B)
  }
  return best.solution(start.steps, tolerance)
}

interface State {
  /** −∇ℓ(F), n×K. */
  V: Matrix
  F: Matrix
  /** Row j is Vᵀφⱼ. */
  pulls: Matrix
}

function look(problem: MasterProblem, C: Matrix, B: Matrix): State {
  const { Phi, loss, Y } = problem
  const F = predictMaster(problem, C, B)
  const gradient = loss.gradient(F, Y)
  const V = new Matrix(
    F.rows,
    F.cols,
    gradient.data.map((g) => -g),
  )
  return { V, F, pulls: multiply(Phi, V, { transposeA: true }) }
}

function objective({ loss, Y, beta }: MasterProblem, F: Matrix, C: Matrix): number {
  return loss.value(F, Y) + beta * rowNorms(C).reduce((sum, norm) => sum + norm, 0)
}

/**
 * Gives the zero rows that violate ‖Vᵀφⱼ‖ ≤ β a first value, short enough for all of them together, once the others are
 * nearly stationary: before that Newton's method may turn them around again.
 */
function enter({ Phi, loss, beta }: MasterProblem, { pulls }: State, C: Matrix): void {
  const reach = rowNorms(pulls)
  const isZero = rowNorms(C).map((norm) => (norm === 0 ? 1 : 0))
  let violation = 0
  let unrest = 0
  for (let j = 0; j < C.rows; j++) {
    if (isZero[j]) violation = Math.max(violation, reach[j] - beta)
    else unrest = Math.max(unrest, stationarity(pulls.row(j), C.row(j), beta))
  }
  if (violation <= ROUNDING * beta || unrest > SETTLED * violation) return
  const entering = [...reach.keys()].filter((j) => isZero[j] && reach[j] - beta > SETTLED * violation)
  for (const j of entering) {
    const column = Phi.columnCopy(j)
    const curve = loss.lipschitz * dot(column, column) * entering.length
    C.row(j).set(pulls.row(j).map((value) => ((reach[j] - beta) / (reach[j] * curve)) * value))
  }
}

/** ‖Vᵀφ − βĉ‖. */
function stationarity(pull: Float64Array, c: Float64Array, beta: number): number {
  const norm = norm2(c)
  return norm2(pull.map((value, k) => value - (beta * c[k]) / norm))
}

/** One Newton step on the non-zero rows, shortened until the objective falls; the rows that turned around are zero. */
function descend(problem: MasterProblem, C: Matrix, B: Matrix): [Matrix, Matrix] {
  const state = look(problem, C, B)
  const value = objective(problem, state.F, C)
  const active = [...Array(C.rows).keys()].filter((j) => norm2(C.row(j)) > 0)
  if (active.length + B.rows === 0) return [C, B]
  const direction = newtonDirection(problem, state, C, active)
  // Rounding of the objective must not reject the last steps, which only the dual gains from.
  const ceiling = value + ROUNDING * Math.abs(value)
  for (const t of stepLengths(C, active, direction)) {
    const [nextC, nextB] = [C.clone(), B.clone()]
    active.forEach((j, a) => moveRow(nextC.row(j), C.row(j), direction.row(a), t))
    axpy(t, direction.data.subarray(active.length * C.cols), nextB.data)
    if (objective(problem, predictMaster(problem, nextC, nextB), nextC) <= ceiling) return [nextC, nextB]
  }
  return [C, B]
}

/** 1, then ever fewer of the lengths at which a row turns around, then halves of the shortest one. */
function* stepLengths(C: Matrix, active: readonly number[], direction: Matrix): Generator<number> {
  yield 1
  const turns = active
    .map((j, a) => -dot(C.row(j), C.row(j)) / dot(C.row(j), direction.row(a)))
    .filter((t) => t > 0 && t < 1)
    .sort((p, q) => p - q)
  for (let left = turns.length >> 1; left > 0; left >>= 1) yield turns[left]
  // Atoms that are nearly alike make long steps: the first turn may be very early.
  const shortest = turns[0] ?? 0.5
  for (let share = 1; share > 1e-10; share *= 0.5) yield share * shortest
}

/** out = c + tΔ, or zero when that has turned away from c. */
function moveRow(out: Float64Array, c: Float64Array, step: Float64Array, t: number): void {
  const square = dot(c, c)
  if (square + t * dot(c, step) <= 1e-15 * square) out.fill(0)
  else axpy(t, step, out)
}

/** Rows of the active atoms, then of the free columns: (m_a + q)×K. */
function newtonDirection(
  problem: MasterProblem,
  { F, V, pulls }: State,
  C: Matrix,
  active: readonly number[],
): Matrix {
  const { Phi, free, loss, Y, beta } = problem
  const K = Y.cols
  const features = selectColumns(Phi, active, free)
  const m = features.cols
  const H = curvature(loss.id, F, Y, features)
  const slope = Matrix.zeros(m, K)
  active.forEach((j, a) => {
    const c = C.row(j)
    const norm = norm2(c)
    for (let k = 0; k < K; k++) {
      slope.set(a, k, pulls.get(j, k) - (beta * c[k]) / norm)
      for (let l = 0; l < K; l++) {
        const across = (k === l ? 1 : 0) - (c[k] * c[l]) / norm ** 2
        H.data[(a * K + k) * m * K + a * K + l] += (beta / norm) * across
      }
    }
  })
  if (free) slope.data.set(multiply(free, V, { transposeA: true }).data, active.length * K)
  return new Matrix(m, K, solveShifted(H, slope.data))
}

/** Below this H is rounding of zero: the loss is flat to rounding, and there is no step. */
const FLAT = 1e-280

/** (H + ridge)⁻¹b, the ridge as small as rounding of H allows; zero where H is. */
function solveShifted(H: Matrix, b: Float64Array): Float64Array {
  let largest = 0
  for (let k = 0; k < H.rows; k++) largest = Math.max(largest, H.get(k, k))
  if (largest < FLAT) return new Float64Array(b.length)
  for (let ridge = RIDGE; ridge < 1; ridge *= 1e3) {
    const shifted = H.clone()
    for (let k = 0; k < H.rows; k++) shifted.data[k * (H.rows + 1)] += ridge * H.rows * largest
    try {
      return cholesky(shifted).solve(b)
    } catch (error) {
      // Shares near 0 and 1 leave curvatures that are differences: more of their digits may be rounding.
      if (!(error instanceof NotPositiveDefiniteError)) throw error
    }
  }
  return new Float64Array(b.length)
}

/** The columns of Phi that are asked for, then those of `free`. */
function selectColumns(Phi: Matrix, columns: readonly number[], free: Matrix | null): Matrix {
  const result = Matrix.zeros(Phi.rows, columns.length + (free?.cols ?? 0))
  for (let i = 0; i < Phi.rows; i++) {
    const row = result.row(i)
    columns.forEach((j, a) => void (row[a] = Phi.get(i, j)))
    if (free) row.set(free.row(i), columns.length)
  }
  return result
}
