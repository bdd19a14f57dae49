/**
 * The logistic loss over the atoms of a line by proximal Newton steps: around f the loss is a weighted squared one, whose
 * problem with β·size is solved exactly, and the objective decides how far to go there. Quadratic convergence.
 */
import { valuesAt, sizeOf, type Kink, type KinkedFunction } from './kinks.ts'
import { solveSquared } from './squared.ts'
import type { LabelledPoint } from './support-vectors.ts'

const STEPS = 200
/** An objective that falls by less than this share is at its optimum to rounding. */
const IDLE = 1e-15
/** Curvature of a row is taken as at least this: an approximation that the line search answers for. */
const LEAST_CURVATURE = 1e-9
/** Share of the fall predicted that a step has to reach. */
const SUFFICIENT = 1e-4

/** min Σ wᵢ log(1 + exp(−yᵢfᵢ)) + β·size(f), over rows of one point and label wᵢ times. */
export function solveLogistic(
  points: Float64Array,
  rows: readonly LabelledPoint[],
  beta: number,
  hasIntercept: boolean,
): KinkedFunction & { status: 'solved' | 'stalled' } {
  const value = (f: KinkedFunction): number => lossOf(rows, valuesAt(points, f)) + beta * sizeOf(f)
  let current: KinkedFunction = { kinks: [], intercept: 0 }
  let objective = value(current)
  for (let step = 0; step < STEPS; step++) {
    const model = modelAt(points, rows, valuesAt(points, current))
    const next = solveSquared(model, beta, hasIntercept)
    if (next.status === 'stalled') return { ...current, status: 'stalled' }
    const moved = search(current, next, objective, predictedFall(model, current, next, beta), value)
    const fall = objective - moved.objective
    ;[current, objective] = [moved.to, moved.objective]
    if (fall <= IDLE * objective) return { ...current, status: 'solved' }
  }
  return { ...current, status: 'stalled' }
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
    if (reached <= objective + SUFFICIENT * share * fall) return { to: trial, objective: reached }
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
