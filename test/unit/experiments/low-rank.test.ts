import { describe, expect, it } from 'vitest'
import { methodApplies } from '../../../core/experiments/catalog.ts'
import {
  METHOD_SCHEMAS,
  networkSchema,
  type LossId,
  type SettingsOf,
} from '../../../core/experiments/document.ts'
import { runConvex } from '../../../core/experiments/methods/convex.ts'
import { runLowRank } from '../../../core/experiments/methods/low-rank.ts'
import type { MethodOutcome, MethodProgress, Problem } from '../../../core/experiments/problem.ts'
import { objective } from '../../../core/networks/index.ts'
import { plantedProblem, problemOn } from '../programs/fixtures.ts'

const context = { clock: () => 0, stop: () => null, seed: 1, dictionarySeed: 5 }

interface Finished {
  outcome: MethodOutcome
  progress: MethodProgress[]
}

function finish(run: Generator<MethodProgress, MethodOutcome>): Finished {
  const progress: MethodProgress[] = []
  let step = run.next()
  while (!step.done) {
    progress.push(step.value)
    step = run.next()
  }
  return { outcome: step.value, progress }
}

type Overrides = Partial<Omit<SettingsOf<'low-rank'>, 'arrangements'>> & {
  arrangements?: Partial<SettingsOf<'low-rank'>['arrangements']>
}

const settingsOf = (overrides: Overrides) =>
  METHOD_SCHEMAS['low-rank'].parse({ id: 'low-rank', ...overrides })
const lowRank = (problem: Problem, overrides: Overrides) =>
  finish(runLowRank(problem, settingsOf(overrides), context))
const optimum = (problem: Problem) => {
  const settings = METHOD_SCHEMAS.convex.parse({ id: 'convex', arrangements: { mode: 'enumerate' } })
  return finish(runConvex(problem, settings, context)).outcome.program!
}
const valueOf = ({ X, Y, loss, beta }: Problem, { network }: MethodOutcome) =>
  objective(network!, X, Y, loss, beta)

/** Three features, the last one small: nearly of rank two. */
function nearlyFlat(loss: LossId, small = 0.01): Problem {
  const { X, Y } = plantedProblem('relu', loss, 1, { n: 16, d: 3, seed: 2 })
  const flat = X.clone()
  for (let i = 0; i < flat.rows; i++) flat.set(i, 2, small * X.get(i, 2))
  return problemOn(flat, Y, 'relu', loss, 1)
}

describe('the low-rank program', () => {
  it.each(['hinge', 'logistic'] as const)('bounds the optimum of the data on both sides: %s', (loss) => {
    const problem = nearlyFlat(loss)
    const { objective: best, dual } = optimum(problem)
    for (const rank of [1, 2]) {
      const { outcome } = lowRank(problem, { rank })
      const { claim, details } = outcome
      expect(claim.level).toBe('bound')
      expect(claim.lowerBound!).toBeLessThanOrEqual(best)
      expect(claim.lowerBound!).toBeGreaterThanOrEqual(
        (details!['lower end of the guaranteed interval'] as number) * (1 - 1e-6),
      )
      expect(valueOf(problem, outcome)).toBeGreaterThanOrEqual(dual)
      expect(details!['singular directions kept']).toBe(rank)
    }
  })

  it('has weights in the directions kept: program and network agree on the data as they are', () => {
    const problem = nearlyFlat('logistic', 0.5)
    const { outcome, progress } = lowRank(problem, { rank: 2 })
    expect(valueOf(problem, outcome) / outcome.program!.objective).toBeCloseTo(1, 9)
    expect(progress.some(({ objective: value }) => value !== undefined)).toBe(true)
    expect(progress.every((point) => point.dual === undefined)).toBe(true)
  })

  it('keeps as many directions as explain the share asked for', () => {
    const problem = nearlyFlat('hinge')
    const { details } = lowRank(problem, { rank: 'variance', variance: 0.99 }).outcome
    expect(details!['singular directions kept']).toBe(2)
    expect(
      lowRank(problem, { rank: 'variance', variance: 1 }).outcome.details!['singular directions kept'],
    ).toBe(3)
  })

  it('claims nothing for the squared loss, unless nothing was left out', () => {
    const problem = nearlyFlat('squared')
    const { claim, hypotheses } = lowRank(problem, { rank: 2 }).outcome
    expect(claim).toMatchObject({ level: 'none', lowerBound: null })
    expect(hypotheses.at(-1)).toMatchObject({ holds: false, value: 'squared' })
    const all = lowRank(problem, { rank: 3 }).outcome
    const { objective: best } = optimum(problem)
    expect(all.claim.level).toBe('global')
    expect(valueOf(problem, all) / best).toBeCloseTo(1, 6)
  })

  it('never claims more than was proved when cells are sampled', () => {
    const problem = nearlyFlat('hinge', 0.3)
    const { objective: best } = optimum(problem)
    const { claim } = lowRank(problem, { rank: 2, arrangements: { mode: 'sample', count: 3 } }).outcome
    expect(claim.level).not.toBe('global')
    expect(claim.lowerBound ?? -Infinity).toBeLessThanOrEqual(best)
  })

  it('bounds parallel networks by the number of their paths', () => {
    const { X, Y } = plantedProblem('relu', 'hinge', 0.5, { n: 6, d: 2, seed: 4 })
    for (let i = 0; i < 6; i++) X.set(i, 1, 0.02 * X.get(i, 1))
    const network = networkSchema.parse({ family: 'parallel', m1: 2, m2: 1 })
    const problem = { ...problemOn(X, Y, 'relu', 'hinge', 0.5), network }
    const { objective: best } = optimum(problem)
    const { outcome } = lowRank(problem, { rank: 1 })
    expect(outcome.claim.level).toBe('bound')
    expect(outcome.claim.lowerBound!).toBeLessThanOrEqual(best * (1 + 1e-6))
    expect(valueOf(problem, outcome)).toBeGreaterThanOrEqual(best * (1 - 1e-6))
  })

  it('says why it does not apply', () => {
    const relu = nearlyFlat('hinge')
    const answer = (problem: Problem, overrides: Overrides = {}) =>
      methodApplies(problem, settingsOf(overrides))
    expect(answer(relu)).toMatchObject({
      applies: true,
      because: expect.stringContaining('2 of 3') as string,
    })
    expect(answer({ ...relu, loss: 'squared' }).because).toContain('nothing is guaranteed')
    expect(answer({ ...relu, network: networkSchema.parse({ family: 'bn-relu' }) }).because).toContain(
      'truncate step',
    )
    const limited: Overrides = { rank: 3, arrangements: { mode: 'enumerate', limit: 10 } }
    expect(answer(relu, limited)).toMatchObject({
      applies: false,
      because: expect.stringContaining('limit') as string,
    })
    expect(() => lowRank(relu, limited)).toThrow('limit')
  })
})
