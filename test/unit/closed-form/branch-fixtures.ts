import { runClosedForm } from '../../../core/experiments/methods/closed-form.ts'
import { certify } from '../../../core/experiments/certify.ts'
import {
  METHOD_SCHEMAS,
  NETWORK_SCHEMAS,
  type NetworkSettings,
  type TheoremId,
} from '../../../core/experiments/document.ts'
import type { MethodOutcome, Problem } from '../../../core/experiments/problem.ts'
import type { Certificate } from '../../../core/experiments/result.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { multiply } from '../../../core/linalg/products.ts'
import { thinSvd } from '../../../core/linalg/svd.ts'
import { objective } from '../../../core/networks/index.ts'
import { train } from '../../../core/training/train.ts'
import { context, finish, gaussian } from './fixtures.ts'

export const reluOf = (layers: number, width = 20): NetworkSettings =>
  NETWORK_SCHEMAS.relu.parse({ family: 'relu', layers, width })

export const linearOf = (layers: number, width = 20): NetworkSettings =>
  NETWORK_SCHEMAS.linear.parse({ family: 'linear', layers, width })

/** n×d with X·Xᵀ = I, n ≤ d. */
export const whitenedRows = (n: number, d: number, seed: number): Matrix => {
  const { U, V } = thinSvd(gaussian(n, d, seed))
  return multiply(U, V, { transposeB: true })
}

/** Classes in turn. */
export const inTurn = (n: number, K: number): Matrix => {
  const Y = Matrix.zeros(n, K)
  for (let i = 0; i < n; i++) Y.set(i, i % K, 1)
  return Y
}

export interface Shown {
  outcome: MethodOutcome
  /** The theorem's stated value. */
  stated: number
  /** The objective of its weights. */
  objective: number
  certificate: Certificate
}

/** Runs a theorem through the method and evaluates its weights by the one objective function. */
export function show(problem: Problem, theorem: TheoremId | 'auto' = 'auto', override = false): Shown {
  const settings = METHOD_SCHEMAS['closed-form'].parse({ id: 'closed-form', theorem, override })
  const { outcome } = finish(runClosedForm(problem, settings, context()))
  const { X, Y, loss, beta } = problem
  const value = objective(outcome.network!, X, Y, loss, beta)
  return {
    outcome,
    stated: outcome.details!['value formula'] as number,
    objective: value,
    certificate: certify(value, outcome.claim),
  }
}

/** The best point of gradient training (Adam, all rows at every step) from one random start. */
export function trainedNetwork(problem: Problem, seed: number, epochs: number, learningRate: number) {
  const settings = METHOD_SCHEMAS.sgd.parse({
    id: 'sgd',
    optimizer: 'adam',
    batchSize: 'full',
    epochs,
    learningRate,
  })
  const run = train(problem, settings, context(seed))
  let step = run.next()
  while (!step.done) step = run.next()
  return step.value.best!
}

/** The best objective of training from several random starts. */
export function bestTrained(problem: Problem, starts: number, epochs: number, learningRate: number): number {
  const objectives = Array.from(
    { length: starts },
    (_, seed) => trainedNetwork(problem, seed, epochs, learningRate).objective,
  )
  return Math.min(...objectives)
}
