/** The ℓ₁ problems of THEORY 5.7 on the data of a problem, with the dual point that certifies them. */
import { orthogonalToFree } from '../../atoms/free-columns.ts'
import { scaledDualPoint } from '../../certificates/scaling.ts'
import { BidualError } from '../../errors.ts'
import type { LossId } from '../../experiments/document.ts'
import type { Problem } from '../../experiments/problem.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { effectiveBeta, LOSSES } from '../../losses/index.ts'
import { interpolateFreely, interpolateWithoutIntercept } from './interpolation.ts'
import { largestPrice, sizeOf, valuesAt, type KinkedFunction } from './kinks.ts'
import { lineOf, sumsAt, type Line } from './line.ts'
import { logisticSolver } from './logistic.ts'
import { squaredSolver } from './squared.ts'
import { supportVectorSolver, type LabelledPoint } from './support-vectors.ts'

export type LineProblem = Pick<Problem, 'X' | 'Y' | 'loss' | 'beta'>

/** An optimal function on the line through the data. */
export interface LineSolution extends KinkedFunction {
  line: Line
  status: 'solved' | 'stalled'
  /** ℓ + β·Σ|weight|. */
  primal: number
  /** −ℓ*(−V): with an intercept 1ᵀV = 0, and it is a lower bound of every network with biases. */
  dual: number
  /** n entries, |Vᵀφ| ≤ β over all 2p atoms. */
  V: Float64Array
}

/** What a solver of one loss finds: the function, and V before it is made feasible. */
interface Found extends KinkedFunction {
  status: 'solved' | 'stalled'
  V: Float64Array
}

type SolverOf = (line: Line, problem: LineProblem, hasIntercept: boolean) => (beta: number) => Found

/** {@link lineSolver} at the β of the problem. */
export function solveOnLine(problem: LineProblem, hasIntercept: boolean): LineSolution {
  return lineSolver(problem, hasIntercept)(problem.beta)
}

/**
 * The problem for any β.
 *
 * @param problem one output; squared, hinge, logistic or equality loss
 * @param hasIntercept whether a constant is free: with it this is the network problem, without it B's program
 * @throws BidualError unsupported: all rows at one point, one class only, labels that differ at one point (equality)
 */
export function lineSolver(problem: LineProblem, hasIntercept: boolean): (beta: number) => LineSolution {
  const { X, Y, loss } = problem
  const line = lineOf(X)
  if (line.points.length < 2) {
    throw new BidualError('unsupported', 'All rows are at one point: there is no line through them.')
  }
  const solve = SOLVERS[loss](line, problem, hasIntercept)
  return (beta) => {
    const { status, kinks, intercept, V: found } = solve(beta)
    const F = rowsOf(line, valuesAt(line.points, { kinks, intercept }))
    const primal = LOSSES[loss].value(Matrix.column(F), Y) + effectiveBeta(loss, beta) * sizeOf({ kinks })
    const { V, value } = certified(line, { ...problem, beta }, found, hasIntercept)
    return { line, status, kinks, intercept, primal, dual: value, V }
  }
}

/** V on 1ᵀV = 0 where the intercept is free, and scaled to |Vᵀφ| ≤ β. */
function certified(
  { points, ...line }: Line,
  { Y, loss, beta }: LineProblem,
  V: Float64Array,
  hasIntercept: boolean,
) {
  const ones = new Matrix(V.length, 1, new Float64Array(V.length).fill(1))
  const moved = hasIntercept ? orthogonalToFree(Matrix.column(V), ones, LOSSES[loss], Y).data : V
  const rho = largestPrice(points, sumsAt({ points, ...line }, moved))
  return scaledDualPoint({ Y, loss: LOSSES[loss], beta }, moved, rho)
}

const squared: SolverOf = (line, { Y }, hasIntercept) => {
  const weights = countsOf(line)
  const targets = sumsAt(line, Y.data).map((sum, k) => sum / weights[k])
  const solve = squaredSolver({ points: line.points, weights, targets }, hasIntercept)
  return (beta) => {
    const found = solve(beta)
    const f = valuesAt(line.points, found)
    const V = rowsOf(line, f).map((value, i) => Y.data[i] + found.shift[line.place[i]] - value)
    return { ...found, V }
  }
}

const equality: SolverOf = (line, { Y }, hasIntercept) => {
  const counts = countsOf(line)
  const y = sumsAt(line, Y.data).map((sum, k) => sum / counts[k])
  requireOneTarget(line, Y.data, y)
  const found = (hasIntercept ? interpolateFreely : interpolateWithoutIntercept)(line.points, y)
  const V = rowsOf(
    line,
    found.dual.map((v, k) => v / counts[k]),
  )
  return () => ({ ...found, status: 'solved', V })
}

const hinge: SolverOf = (line, { Y }, hasIntercept) => {
  const { rows, index } = labelledPoints(line, Y.data)
  const solve = supportVectorSolver(line.points, rows, hasIntercept)
  return (beta) => {
    const found = solve(beta)
    return { ...found, V: Y.data.map((y, i) => y * found.shares[index[i]]) }
  }
}

const logistic: SolverOf = (line, { Y }, hasIntercept) => {
  const { rows, index } = labelledPoints(line, Y.data)
  if (hasIntercept && rows.every(({ label }) => label === rows[0].label)) {
    throw new BidualError(
      'unsupported',
      'All labels are equal: the logistic loss falls for ever as the free intercept grows, and there is no optimum.',
    )
  }
  const solve = logisticSolver(line.points, rows, hasIntercept)
  return (beta) => {
    const found = solve(beta)
    const f = valuesAt(line.points, found)
    const shares = rows.map(({ point, label }) => 1 / (1 + Math.exp(label * f[point])))
    return { ...found, V: Y.data.map((y, i) => y * shares[index[i]]) }
  }
}

const SOLVERS: Readonly<Record<LossId, SolverOf>> = {
  squared,
  equality,
  hinge,
  logistic,
  'cross-entropy'() {
    throw new BidualError(
      'unsupported',
      'Cross-entropy has several outputs: the ℓ₁ problem on a line has one.',
    )
  },
}

const countsOf = (line: Line): Float64Array => sumsAt(line, new Float64Array(line.place.length).fill(1))

/** Values at the points, at every row. */
const rowsOf = ({ place }: Line, values: Float64Array): Float64Array =>
  Float64Array.from(place, (k) => values[k])

/** The points and labels that occur, and which of them each row is. */
function labelledPoints({ place }: Line, y: Float64Array): { rows: LabelledPoint[]; index: Int32Array } {
  const known = new Map<number, number>()
  const rows: LabelledPoint[] = []
  const index = Int32Array.from(place, (point, i) => {
    const key = y[i] > 0 ? point + 1 : -point - 1
    const at = known.get(key) ?? rows.push({ point, label: y[i] > 0 ? 1 : -1, count: 0 }) - 1
    known.set(key, at)
    rows[at].count++
    return at
  })
  return { rows, index }
}

/** Rows at one point may differ in their targets by this share of the largest. */
const SAME_TARGET = 1e-12

function requireOneTarget({ points, place }: Line, targets: Float64Array, means: Float64Array): void {
  const size = targets.reduce((most, y) => Math.max(most, Math.abs(y)), 0)
  const bad = targets.findIndex((y, i) => Math.abs(y - means[place[i]]) > SAME_TARGET * size)
  if (bad < 0) return
  throw new BidualError(
    'unsupported',
    `Rows at ${points[place[bad]]} on the line differ in their targets: no function takes them all. Use the squared loss.`,
  )
}
