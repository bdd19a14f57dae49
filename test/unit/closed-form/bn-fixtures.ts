import { expect } from 'vitest'
import type { NetworkSettings } from '../../../core/experiments/document.ts'
import { runClosedForm } from '../../../core/experiments/methods/closed-form.ts'
import type { MethodOutcome, Problem } from '../../../core/experiments/problem.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { LOSSES } from '../../../core/losses/index.ts'
import { forward, objective } from '../../../core/networks/index.ts'
import { context, finish } from './fixtures.ts'

export const bnRelu = (layers: number, width = 20): NetworkSettings => ({
  family: 'bn-relu',
  layers,
  width,
  bias: false,
  outputs: 'auto',
})
export const reluBn = (layers: number, width = 20): NetworkSettings => ({
  family: 'relu-bn',
  layers,
  width,
  outputs: 'auto',
})

export const solve = (problem: Problem, { seed = 0, override = false } = {}): MethodOutcome =>
  finish(runClosedForm(problem, { id: 'closed-form', theorem: 'auto', override }, context(seed))).outcome

export const valueOf = ({ X, Y, loss, beta }: Problem, { network }: MethodOutcome): number =>
  objective(network!, X, Y, loss, beta)

/**
 * The weights attain the value formula, the dual point has the same value (strong duality), and is what the network
 * leaves of Y.
 */
export function expectOptimal(problem: Problem, outcome: MethodOutcome): void {
  const { X, Y } = problem
  const value = valueOf(problem, outcome)
  const scale = Math.max(1, value)
  expect(outcome.status).toBe('solved')
  expect(outcome.claim.level).toBe('global')
  expect(Math.abs(value - outcome.claim.lowerBound!) / scale).toBeLessThan(1e-9)
  const V = new Matrix(Y.rows, Y.cols, outcome.arrays!.dual.data)
  expect(Math.abs(value - LOSSES.squared.dualValue(V, Y)) / scale).toBeLessThan(1e-8)
  const F = forward(outcome.network!, X)
  F.data.forEach((f, at) => {
    expect(Math.abs(Y.data[at] - f - V.data[at])).toBeLessThan(1e-8)
  })
}
