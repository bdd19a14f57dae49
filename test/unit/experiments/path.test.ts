import { describe, expect, it } from 'vitest'
import { METHOD_SCHEMAS } from '../../../core/experiments/document.ts'
import { runConvex } from '../../../core/experiments/methods/convex.ts'
import { runPath } from '../../../core/experiments/methods/path.ts'
import type { MethodOutcome, MethodProgress, RunContext } from '../../../core/experiments/problem.ts'
import { objective } from '../../../core/networks/index.ts'
import { betaMax } from '../../../core/programs/beta-max.ts'
import { pathApplies } from '../../../core/programs/applies.ts'
import { enumerated, plantedProblem } from '../programs/fixtures.ts'

const context: RunContext = { clock: () => 0, stop: () => null, seed: 1, dictionarySeed: 7 }

function finish(run: Generator<MethodProgress, MethodOutcome>): MethodOutcome {
  let step = run.next()
  while (!step.done) step = run.next()
  return step.value
}

const path = (settings: object) => METHOD_SCHEMAS.path.parse({ id: 'path', tolerance: 1e-7, ...settings })
const convex = (settings: object) =>
  METHOD_SCHEMAS.convex.parse({ id: 'convex', tolerance: 1e-7, ...settings })

describe.each([
  ['enumerated', 'squared', { n: 16, d: 2 }],
  ['enumerated', 'logistic', { n: 16, d: 2 }],
  ['grown', 'squared', { n: 30, d: 4 }],
] as const)('a path in β, %s cells, %s loss', (_, loss, size) => {
  const problem = plantedProblem('relu', loss, 0.05, size)
  const outcome = finish(runPath(problem, path({ points: 6 }), context))
  const steps = outcome.path!

  it('falls from β_max to the β of the document', () => {
    expect(steps).toHaveLength(6)
    expect(steps[0].beta).toBe(outcome.details!['β_max'])
    expect(steps[5].beta).toBe(0.05)
    for (let k = 1; k < 6; k++) expect(steps[k].beta).toBeLessThan(steps[k - 1].beta)
    expect(steps[0].network!.arrays.W1.data).toHaveLength(0)
  })

  it('certifies every point like a run of its own', () => {
    for (const { beta, network, claim } of steps) {
      const own = finish(runConvex({ ...problem, beta }, convex({}), context))
      const value = objective(network!, problem.X, problem.Y, loss, beta)
      expect(Math.abs(value - own.program!.objective)).toBeLessThanOrEqual(3e-7 * value)
      expect(claim.lowerBound!).toBeLessThanOrEqual(value * (1 + 1e-12))
      expect(value - claim.lowerBound!).toBeLessThanOrEqual(2e-3 * value)
    }
  })

  it('has an objective that grows with β, and a concave one', () => {
    const values = steps.map(({ network, beta }) => objective(network!, problem.X, problem.Y, loss, beta))
    for (let k = 1; k < 6; k++) expect(values[k]).toBeLessThanOrEqual(values[k - 1] * (1 + 1e-7))
    for (let k = 1; k < 5; k++) {
      const [a, b, c] = [steps[k + 1].beta, steps[k].beta, steps[k - 1].beta]
      const chord = (values[k + 1] * (c - b) + values[k - 1] * (b - a)) / (c - a)
      expect(values[k]).toBeGreaterThanOrEqual(chord * (1 - 1e-6))
    }
  })
})

it('β_max of all cells is that of the program', () => {
  const problem = plantedProblem('relu', 'squared', 0.05, { n: 16, d: 2 })
  const outcome = finish(runPath(problem, path({ points: 2 }), context))
  expect(outcome.details!['β_max']).toBeCloseTo(betaMax(enumerated(problem).program), 10)
})

it('a path that starts above β_max is one zero network', () => {
  const problem = plantedProblem('relu', 'squared', 1e6, { n: 16, d: 2 })
  const outcome = finish(runPath(problem, path({}), context))
  expect(outcome.path).toHaveLength(1)
  expect(outcome.network!.arrays.W1.data).toHaveLength(0)
})

it('a path that is stopped keeps the points it has', () => {
  const problem = plantedProblem('relu', 'squared', 0.01, { n: 16, d: 2 })
  let asked = 0
  const stop = () => (++asked > 40 ? ('cancelled' as const) : null)
  const outcome = finish(runPath(problem, path({ points: 50 }), { ...context, stop }))
  expect(outcome.status).toBe('cancelled')
  expect(outcome.path!.length).toBeGreaterThan(1)
  expect(outcome.path!.length).toBeLessThan(50)
  expect(outcome.network).not.toBeNull()
})

it('a path that is stopped between two points says so, and claims nothing at the β of the document', () => {
  const problem = plantedProblem('relu', 'squared', 0.01, { n: 16, d: 2 })
  const exact = finish(runConvex(problem, convex({}), context))
  const stop = () => 'maxIterations' as const
  const outcome = finish(runPath(problem, path({ points: 5 }), { ...context, stop }))
  const [first] = outcome.path!
  expect(outcome).toMatchObject({ status: 'maxIterations', claim: { level: 'none', lowerBound: null } })
  expect(outcome.program).toBeUndefined()
  expect(outcome.details!['β reached']).toBe(first.beta)
  // The bound of the point is above the optimum at the document's β: it would have been a false one.
  expect(first.claim.lowerBound!).toBeGreaterThan(exact.program!.objective)
})

it('refuses what has no path', () => {
  const { network, summary } = plantedProblem('relu', 'squared', 1)
  expect(pathApplies(network, 'equality', summary, path({})).because).toContain('ignored')
  expect(pathApplies(network, 'squared', summary, path({})).applies).toBe(true)
})
