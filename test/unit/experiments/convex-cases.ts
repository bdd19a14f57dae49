import {
  METHOD_SCHEMAS,
  networkSchema,
  type LossId,
  type NetworkSettings,
} from '../../../core/experiments/document.ts'
import type { MethodOutcome, MethodProgress, Problem, RunContext } from '../../../core/experiments/problem.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { objective } from '../../../core/networks/index.ts'
import { stream } from '../../../core/random/index.ts'
import { problemOn } from '../programs/fixtures.ts'

export const context: RunContext = { clock: () => 0, stop: () => null, seed: 1, dictionarySeed: 7 }

export function finish(run: Generator<MethodProgress, MethodOutcome>): MethodOutcome {
  let step = run.next()
  while (!step.done) step = run.next()
  return step.value
}

/** Small enough that everything can be enumerated. */
export const CASES: { settings: object; n: number; d: number; beta: number }[] = [
  { settings: { family: 'relu' }, n: 12, d: 2, beta: 0.3 },
  { settings: { family: 'relu-bias' }, n: 9, d: 1, beta: 0.3 },
  { settings: { family: 'bn-relu' }, n: 9, d: 2, beta: 0.1 },
  { settings: { family: 'relu-bn' }, n: 9, d: 2, beta: 0.1 },
  { settings: { family: 'conv-bn', filter: 2 }, n: 6, d: 3, beta: 0.1 },
  { settings: { family: 'parallel', m1: 2 }, n: 5, d: 2, beta: 0.1 },
  { settings: { family: 'linear' }, n: 12, d: 3, beta: 0.3 },
]

export function dataFor(
  loss: LossId,
  { n, d }: { n: number; d: number },
  outputs: number,
): { X: Matrix; Y: Matrix } {
  const source = stream(11)
  const X = new Matrix(n, d, source.normals(n * d))
  const Y = Matrix.zeros(n, outputs)
  for (let i = 0; i < n; i++) {
    const t = X.get(i, 0) + 0.7 * Math.abs(X.get(i, d - 1)) - 0.3
    if (outputs > 1) Y.set(i, Math.min(outputs - 1, Math.max(0, Math.round(t + 1))), 1)
    else Y.set(i, 0, loss === 'squared' || loss === 'equality' ? t : t > 0 ? 1 : -1)
  }
  return { X, Y }
}

export function problemFor(settings: object, loss: LossId, beta: number, X: Matrix, Y: Matrix): Problem {
  const network: NetworkSettings = networkSchema.parse(settings)
  const problem = problemOn(X, Y, network.family, loss, beta)
  const labels = Y.cols > 1 ? ('one-hot' as const) : problem.summary.labels
  return { ...problem, network, summary: { ...problem.summary, labels } }
}

export const convex = (settings: object = {}) =>
  METHOD_SCHEMAS.convex.parse({ id: 'convex', tolerance: 1e-8, ...settings })

export const valueOf = ({ X, Y, loss, beta }: Problem, { network }: MethodOutcome) =>
  objective(network!, X, Y, loss, beta)
