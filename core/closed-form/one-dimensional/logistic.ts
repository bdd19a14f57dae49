/**
 * The logistic loss over the atoms of a line by proximal Newton steps: around f the loss is a weighted squared one, whose
 * problem with β·size is solved exactly, and the objective decides how far to go there. Quadratic convergence.
 */
import { valuesAt, sizeOf, type Kink, type KinkedFunction } from './kinks.ts'
import { squaredSolver } from './squared.ts'
import type { LabelledPoint } from './support-vectors.ts'

const STEPS = 60
/** An objective that falls by less than this share is at its optimum to rounding; Newton steps that follow still move V. */
const IDLE = 1e-14
const POLISH = 2
/** Curvature of a row is taken as at least this: an approximation that the line search answers for. */
const LEAST_CURVATURE = 1e-13
/** Share of the fall predicted that a step has to reach. */
const SUFFICIENT = 1e-4

export interface LogisticFit extends KinkedFunction {
  status: 'solved' | 'stalled'
}

/**
 * min Σ wᵢ log(1 + exp(−yᵢfᵢ)) + β·size(f), over rows of one point and label wᵢ times, for any β: each solution starts at
 * the one before.
 */
export function logisticSolver(
  points: Float64Array,
  rows: readonly LabelledPoint[],
  hasIntercept: boolean,
): (beta: number) => LogisticFit {
  let last: LogisticFit = { status: 'solved', kinks: [], intercept: 0 }
  return (beta) => {
    const value = (f: KinkedFunction): number => lossOf(rows, valuesAt(points, f)) + beta * sizeOf(f)
    let idle = 0
    for (let step = 0; step < STEPS; step++) {
      const model = modelAt(points, rows, valuesAt(points, last))
      const next = squaredSolver(model, hasIntercept)(beta)
      if (next.status === 'stalled') break
      const before = value(last)
      const moved = search(last, next, before, predictedFall(model, last, next, beta), value)
      last = { status: 'stalled', ...moved.to }
      idle = before - moved.objective <= IDLE * before ? idle + 1 : 0
      if (idle > POLISH) return (last = { ...last, status: 'solved' })
    }
    return last
  }
}

/** The second-order model of the loss at the values f: weights W, targets z = f − gradient/W. */
function modelAt(points: Float64Array, rows: readonly LabelledPoint[], f: Float64Array) {
  const weights = new Float64Array(points.length)
  const gradient = new Float64Array(points.length)
  for (const { point, label, count } of rows) {
    const share = 1 / (1 + Math.exp(label * f[point]))
    gradient[point] -= count * label * share
    weights[point] += count * Math.max(share * (1 - share), LEAST_CURVATURE)
  }
  return { points, weights, targets: f.map((value, k) => value - gradient[k] / weights[k]) }
}

function lossOf(rows: readonly LabelledPoint[], f: Float64Array): number {
  return rows.reduce((sum, { point, label, count }) => {
    const t = -label * f[point]
    return sum + count * (Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t))))
  }, 0)
}

/** What the linear part of the model and the size promise for the whole step: negative unless at the optimum. */
function predictedFall(
  { points, weights, targets }: ReturnType<typeof modelAt>,
  from: KinkedFunction,
  to: KinkedFunction,
  beta: number,
): number {
  const [f, g] = [valuesAt(points, from), valuesAt(points, to)]
  const linear = f.reduce((sum, value, k) => sum + weights[k] * (value - targets[k]) * (g[k] - value), 0)
  return linear + beta * (sizeOf(to) - sizeOf(from))
}

function search(
  from: KinkedFunction,
  to: KinkedFunction,
  objective: number,
  fall: number,
  value: (f: KinkedFunction) => number,
): { to: KinkedFunction; objective: number } {
  for (let share = 1; share > 1e-10; share *= 0.5) {
    const trial = share === 1 ? { kinks: to.kinks, intercept: to.intercept } : between(from, to, share)
    const reached = value(trial)
    if (reached <= objective * (1 + IDLE) + SUFFICIENT * share * fall)
      return { to: trial, objective: reached }
  }
  return { to: from, objective }
}

/** (1 − share)·from + share·to, atom by atom. */
function between(from: KinkedFunction, to: KinkedFunction, share: number): KinkedFunction {
  const weights = new Map<string, Kink>()
  const add = ({ kinks }: KinkedFunction, factor: number): void => {
    for (const { side, point, weight } of kinks) {
      const key = `${side} ${point}`
      weights.set(key, { side, point, weight: (weights.get(key)?.weight ?? 0) + factor * weight })
    }
  }
  add(from, 1 - share)
  add(to, share)
  return {
    kinks: [...weights.values()],
    intercept: (1 - share) * from.intercept + share * to.intercept,
  }
}
