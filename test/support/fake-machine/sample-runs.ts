/** Plausible runs for the stand-in machine: histories that fall, and what they end with. */
import type { RunSpec } from '../../../core/experiments/problem.ts'
import type { Certificate, HistoryPoint, PathPoint, RunRecord } from '../../../core/experiments/result.ts'
import { methodLabel } from '../../../core/experiments/catalog.ts'
import type { MethodId } from '../../../core/experiments/document.ts'

/** Where the made-up problem has its optimum. */
const OPTIMUM = 68.9741

interface Behaviour {
  seconds: number
  iterations: number
  /** Objective reached, as a multiple of the optimum. */
  reaches: number
  bound: number | null
  level: Certificate['level']
  how: string
  testAccuracy: number
}

const BEHAVIOURS: Record<MethodId, Behaviour> = {
  convex: {
    seconds: 1.24,
    iterations: 60,
    reaches: 1 + 1e-7,
    bound: OPTIMUM,
    level: 'dictionary',
    how: 'Duality gap of the program over 200 sampled patterns.',
    testAccuracy: 0.829,
  },
  path: {
    seconds: 6.2,
    iterations: 240,
    reaches: 1 + 1e-7,
    bound: OPTIMUM,
    level: 'dictionary',
    how: 'Duality gap of the last program of the path.',
    testAccuracy: 0.829,
  },
  gated: {
    seconds: 0.66,
    iterations: 45,
    reaches: 1.031,
    bound: 66.4018,
    level: 'bound',
    how: 'The relaxation bounds the program from below.',
    testAccuracy: 0.805,
  },
  penalized: {
    seconds: 2.9,
    iterations: 100,
    reaches: 1.008,
    bound: null,
    level: 'none',
    how: 'Constraints penalised, not enforced.',
    testAccuracy: 0.82,
  },
  'low-rank': {
    seconds: 0.31,
    iterations: 24,
    reaches: 1.09,
    bound: 55.1,
    level: 'bound',
    how: 'Lower bound on the truncated data divided by 1.36.',
    testAccuracy: 0.79,
  },
  'cutting-planes': {
    seconds: 0.4,
    iterations: 18,
    reaches: 1,
    bound: OPTIMUM,
    level: 'global',
    how: 'Dual point feasible for all 232 cells, each priced exactly.',
    testAccuracy: 0.82,
  },
  'closed-form': {
    seconds: 0.02,
    iterations: 0,
    reaches: 1,
    bound: OPTIMUM,
    level: 'global',
    how: 'Theorem 2.4: the dual point attains the value.',
    testAccuracy: 0.78,
  },
  sgd: {
    seconds: 4.1,
    iterations: 500,
    reaches: 1.012,
    bound: 66.4018,
    level: 'bound',
    how: 'Bound shared from the gated relaxation.',
    testAccuracy: 0.81,
  },
  'whitened-gd': {
    seconds: 3.2,
    iterations: 500,
    reaches: 1.06,
    bound: 61.9,
    level: 'bound',
    how: 'The labels, shrunk, are a dual point.',
    testAccuracy: 0.77,
  },
  'least-squares': {
    seconds: 0.004,
    iterations: 1,
    reaches: 1.21,
    bound: null,
    level: 'none',
    how: 'A linear network is not the network of this problem.',
    testAccuracy: 0.756,
  },
  'convex-rf': {
    seconds: 5.2,
    iterations: 12,
    reaches: 1.2,
    bound: null,
    level: 'none',
    how: 'Another model, with filters made from patches.',
    testAccuracy: 0.86,
  },
  stacking: {
    seconds: 7.5,
    iterations: 300,
    reaches: 0.7,
    bound: null,
    level: 'none',
    how: 'Each stage was solved for the responses of the stages before.',
    testAccuracy: 0.83,
  },
  ntk: {
    seconds: 0.1,
    iterations: 1,
    reaches: 1.5,
    bound: null,
    level: 'none',
    how: 'Exact for its own model.',
    testAccuracy: 0.8,
  },
}

/** The whole history of a run: an exponential fall with the bound rising to meet it. */
export function sampleHistory({ document, methodIndex, trial }: RunSpec, points = 60): HistoryPoint[] {
  const { seconds, iterations, reaches, bound } = BEHAVIOURS[document.methods[methodIndex].id]
  const end = OPTIMUM * (reaches + 0.004 * trial)
  return Array.from({ length: iterations === 0 ? 1 : points }, (_, i) => {
    const t = points === 1 ? 1 : i / (points - 1)
    const fall = (180 - end) * Math.exp(-7 * t)
    return {
      iteration: Math.round(iterations * t),
      seconds: seconds * t,
      objective: end + fall,
      ...(bound !== null && { dual: bound * (1 - Math.exp(-6 * t - 0.3)) }),
    }
  })
}

/** Points of a path whose objective falls with β, the last one the run's own. */
function samplePath(beta: number, objective: number): PathPoint[] {
  return [16, 8, 4, 2, 1].map((multiple) => {
    const value = objective * (1 + Math.log2(multiple) / 4)
    return {
      beta: beta * multiple,
      status: 'solved',
      objective: value,
      certificate: { level: 'bound', lowerBound: 0.98 * value, gap: 0.02 * value, how: 'Searched.' },
      train: { loss: 0.8 * value, accuracy: 0.97 - 0.02 * Math.log2(multiple) },
      test: { loss: 21.4, accuracy: 0.829 },
      neurons: Math.round(24 / multiple) - 1,
      seconds: 1,
    }
  })
}

/** What the run ends with. */
export function sampleRecord({ key, label, document, methodIndex, trial, point }: RunSpec): RunRecord {
  const settings = document.methods[methodIndex]
  const { seconds, iterations, reaches, bound, level, how, testAccuracy } = BEHAVIOURS[settings.id]
  const objective = OPTIMUM * (reaches + 0.004 * trial)
  const exact = settings.id === 'convex' || settings.id === 'gated'
  return {
    key,
    method: settings.id,
    label: label || methodLabel(settings),
    trial,
    point,
    status: settings.id === 'sgd' ? 'maxIterations' : 'solved',
    seconds,
    iterations,
    objective,
    programObjective: exact ? objective : null,
    dual: exact ? bound : null,
    solverGap: exact && bound !== null ? objective - bound : null,
    certificate: { level, lowerBound: bound, gap: bound === null ? null : objective - bound, how },
    train: { loss: 0.8 * objective, accuracy: 0.97 },
    test: { loss: 21.4, accuracy: testAccuracy },
    neurons: settings.id === 'sgd' ? 50 : 23,
    ranks: [23, 1],
    hypotheses: [],
    ...(settings.id === 'path' && { path: samplePath(document.beta, objective) }),
    details: exact ? { 'patterns found': 197 } : {},
  }
}
