import { describe, expect, it } from 'vitest'
import { runConvex } from '../../../core/experiments/methods/convex.ts'
import { savedState } from '../../../core/experiments/methods/convex/checkpoint.ts'
import type { SettingsOf } from '../../../core/experiments/document.ts'
import type { MethodOutcome, NamedArrays, Problem, RunContext } from '../../../core/experiments/problem.ts'
import { readNpz, writeNpz } from '../../../core/export/npz.ts'
import { context, convex, dataFor, finish, problemFor, valueOf } from './convex-cases.ts'

type Settings = SettingsOf<'convex'>

/** Asked `calls` times, and again `more` times after that, and so on, it says to stop. */
function limited(calls: number, resume?: RunContext['resume']): RunContext {
  let asked = 0
  return { ...context, stop: () => (++asked > calls ? 'maxTime' : null), resume }
}

const stored = (arrays: NamedArrays) => readNpz(writeNpz(arrays))

/** The run that goes on from an outcome's state, as kept in a file. */
const from = ({ summary }: Problem, { state }: MethodOutcome) => ({
  arrays: stored(state!),
  sha256: summary.sha256,
})

/** Everything of an outcome that the calls it was stopped after must not change. */
function figures({ status, iterations, network, program, claim, arrays, details }: MethodOutcome) {
  const { 'continued from iteration': _, 'continued from bound': __, ...own } = details!
  return { status, iterations, network, program, claim, arrays, details: own }
}

interface Case {
  what: string
  problem: Problem
  settings: Settings
}

const grow = {
  arrangements: { mode: 'grow', count: 3 },
  tolerance: 1e-5,
  proof: { cones: 3000, epsilon: 1e-4 },
}
const cases: Case[] = [
  { family: 'relu', n: 24, d: 4, outputs: 1, beta: 0.3 },
  { family: 'relu', n: 10, d: 3, outputs: 2, beta: 0.3 },
  { family: 'relu-bn', n: 12, d: 3, outputs: 1, beta: 0.1 },
  { family: 'parallel', n: 8, d: 2, outputs: 1, beta: 0.2 },
].map(({ family, n, d, outputs, beta }) => {
  const { X, Y } = dataFor('squared', { n, d }, outputs)
  const what = `${family}, ${outputs} outputs`
  return { what, problem: problemFor({ family }, 'squared', beta, X, Y), settings: convex(grow) }
})

/** A whole run, how often it asked whether to stop, and which of these questions stand between two rounds of growth. */
function observed(problem: Problem, settings: Settings) {
  let asked = 0
  const run = runConvex(problem, settings, { ...context, stop: () => (asked++, null) })
  const between: number[] = []
  let phase: string | undefined
  let step = run.next()
  for (; !step.done; step = run.next()) {
    const isNew = phase?.startsWith('round') && step.value.phase !== phase
    if (isNew && asked !== between.at(-1)) between.push(asked)
    phase = step.value.phase
  }
  return { whole: step.value, asked, between }
}

describe.each(cases)('a grown program, $what', ({ problem, settings }) => {
  const { whole, asked, between } = observed(problem, settings)

  it('stopped between two steps goes on as if it had not been stopped, bit for bit', () => {
    const atTheEnd = [4, 2, 1].map((calls) => asked - calls)
    let exact = 0
    for (const question of new Set([...between.slice(-3), ...atTheEnd])) {
      const part = finish(runConvex(problem, settings, limited(question - 1)))
      if (part.status !== 'maxTime') {
        // Everything was done, or the bound already near enough.
        expect(part.network).toEqual(whole.network)
        expect(Math.abs(part.claim.lowerBound! / whole.claim.lowerBound! - 1)).toBeLessThan(1e-4)
        continue
      }
      const resume = from(problem, part)
      const { proving, growth } = savedState(problem, settings, { ...context, resume })!
      if (!proving && growth!.point.rho !== null) continue
      exact++
      const rest = finish(runConvex(problem, settings, { ...context, resume }))
      expect(figures(rest)).toEqual(figures(whole))
    }
    expect(exact).toBeGreaterThan(2)
  })

  it('stopped again and again never loses weights or a bound', () => {
    let outcome = finish(runConvex(problem, settings, limited(20)))
    let bound = -Infinity
    for (let part = 2; outcome.status === 'maxTime'; part++) {
      const next = finish(runConvex(problem, settings, limited(20 * part, from(problem, outcome))))
      expect(valueOf(problem, next)).toBeLessThanOrEqual(valueOf(problem, outcome) * (1 + 1e-12))
      const reached = (next.details!['network lower bound'] ?? -Infinity) as number
      expect(reached).toBeGreaterThanOrEqual(bound)
      bound = reached
      outcome = next
    }
    expect(Math.abs(outcome.program!.objective / whole.program!.objective - 1)).toBeLessThan(1e-4)
  })
})

describe('a bound search that has used up its cones', () => {
  const { problem } = cases[0]
  const few = (cones: number) => convex({ ...grow, proof: { cones, epsilon: 1e-6 } })

  it('goes on, with a bound that is at least as good', () => {
    const first = finish(runConvex(problem, few(100), context))
    expect([first.status, first.details!['cones left open']]).toEqual(['solved', expect.any(Number)])
    const second = finish(runConvex(problem, few(100), { ...context, resume: from(problem, first) }))
    expect(second.claim.lowerBound!).toBeGreaterThan(first.claim.lowerBound!)
    expect(second.details!['continued from bound']).toBe(first.claim.lowerBound)
    expect(second.network).toEqual(first.network)
  })

  it('leaves nothing when the bound is as near as it is shown', () => {
    const { state, details } = finish(runConvex(problem, convex({ ...grow, proof: { cones: 1e5 } }), context))
    expect(state).toBeUndefined()
    expect(details).not.toHaveProperty('cones left open')
  })
})

describe('programs over given cells', () => {
  it.each([1, 2])('sampled, %i outputs: solved on from the weights that they had', (outputs) => {
    const { X, Y } = dataFor('squared', { n: 30, d: 4 }, outputs)
    const problem = problemFor({ family: 'relu' }, 'squared', 0.2, X, Y)
    const settings = convex({
      arrangements: { mode: 'sample', count: 40 },
      tolerance: 1e-7,
      proof: { cones: 500 },
    })
    const whole = finish(runConvex(problem, settings, context))
    const part = finish(runConvex(problem, settings, limited(9)))
    expect(part.status).toBe('maxTime')
    const rest = finish(runConvex(problem, settings, { ...context, resume: from(problem, part) }))
    expect(valueOf(problem, rest)).toBeLessThanOrEqual(valueOf(problem, part))
    expect(Math.abs(rest.program!.objective / whole.program!.objective - 1)).toBeLessThan(1e-5)
  })
})

describe('a state that does not belong to the run is refused', () => {
  const { problem, settings } = cases[0]
  const part = finish(runConvex(problem, settings, limited(40)))
  const resume = from(problem, part)
  const goOn = (other: Partial<RunContext['resume']>, of = problem, asked = settings) =>
    finish(runConvex(of, asked, { ...context, resume: { ...resume, ...other } }))

  it('with the reason', () => {
    expect(() => goOn({ sha256: 'other' })).toThrow(/data have changed/)
    expect(() => goOn({}, { ...problem, beta: 0.31 })).toThrow(/another problem or other settings/)
    expect(() => goOn({}, problem, convex({ ...grow, tolerance: 1e-4 }))).toThrow(/other settings/)
  })

  it.each(Object.keys(part.state!))('when %s is damaged', (name) => {
    const { shape, data } = resume.arrays[name]
    const changed = data.slice()
    if (changed.length > 0) changed[changed.length >> 1] += 1
    else changed.set([])
    const { [name]: _, ...missing } = resume.arrays
    if (changed.length > 0) {
      expect(() => goOn({ arrays: { ...resume.arrays, [name]: { shape, data: changed } } })).toThrow(
        /damaged/,
      )
    }
    expect(() => goOn({ arrays: missing })).toThrow(/damaged/)
  })
})
