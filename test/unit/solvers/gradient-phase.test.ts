import { describe, expect, it } from 'vitest'
import { sampleArrangement } from '../../../core/arrangements/arrangement.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { norm2 } from '../../../core/linalg/products.ts'
import { LOSSES } from '../../../core/losses/index.ts'
import { betaMax } from '../../../core/programs/beta-max.ts'
import { PooledDictionary } from '../../../core/programs/dictionaries/pooled.ts'
import type { Dictionary } from '../../../core/programs/dictionary.ts'
import { scalarProgram, type ConvexProgram } from '../../../core/programs/program.ts'
import { stream } from '../../../core/random/index.ts'
import { solveActiveSet } from '../../../core/solvers/active-set.ts'
import { solveAdmm } from '../../../core/solvers/admm.ts'
import { GatedGradient } from '../../../core/solvers/gated-gradient.ts'
import { gradientPhase, suitsGradient } from '../../../core/solvers/gradient-phase.ts'
import { Pricer } from '../../../core/solvers/pricing.ts'
import { Incumbent, programObjective } from '../../../core/solvers/solver.ts'
import { solved } from '../programs/fixtures.ts'

/** A gated program with enough samples for gradient steps, β a share of β_max. */
function gatedProgram(loss: 'squared' | 'logistic', share: number, n = 400): ConvexProgram {
  const draw = stream(7)
  const X = new Matrix(n, 2, draw.normals(2 * n))
  const targets = Float64Array.from(
    { length: n },
    (_, i) => Math.abs(X.get(i, 0)) - X.get(i, 1) + 0.3 * draw.normal(),
  )
  const Y = Matrix.column(loss === 'squared' ? targets : targets.map((value) => (value > 0.5 ? 1 : -1)))
  const dictionary = new PooledDictionary(X, sampleArrangement(X, 30, 1))
  const program = scalarProgram(dictionary, Y, LOSSES[loss], 1, false)
  return { ...program, beta: share * betaMax(program) }
}

/** The same program by Newton's method alone: without gates the dictionary offers no common products. */
function withoutGates(program: ConvexProgram): ConvexProgram {
  const dictionary = new Proxy<Dictionary>(program.dictionary, {
    get: (target, name) => {
      if (name === 'gates') return undefined
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
  return { ...program, dictionary }
}

describe.each(['squared', 'logistic'] as const)('gated relaxation, %s loss', (loss) => {
  const program = gatedProgram(loss, 0.1)

  it('is solved alike with gradient steps, by Newton alone and by ADMM', () => {
    expect(suitsGradient(program)).toBe(true)
    expect(suitsGradient(withoutGates(program))).toBe(false)
    const result = solved(solveActiveSet, program, 1e-9)
    expect(result.status).toBe('solved')
    expect(result.primal - result.dual).toBeGreaterThanOrEqual(-1e-12 * result.primal)
    expect(programObjective(program, result.blocks)).toBe(result.primal)
    const newton = solved(solveActiveSet, withoutGates(program), 1e-9)
    expect(Math.abs(newton.primal - result.primal)).toBeLessThanOrEqual(2e-9 * result.primal)
    const admm = solved(solveAdmm, program, 1e-7)
    expect(Math.abs(admm.primal - result.primal)).toBeLessThanOrEqual(1e-7 * result.primal)
  })

  it('starts from a solution for another β', () => {
    const before = solved(solveActiveSet, { ...program, beta: 1.2 * program.beta }, 1e-8)
    const blocks = before.blocks.map((b) => ({ ...b, id: program.blocks.find(b.cell, b.output) }))
    const run = solveActiveSet(program, { tolerance: 1e-8, stop: () => null }, { blocks, V: before.V })
    const first = run.next()
    expect(first.value.primal).toBeLessThanOrEqual(programObjective(program, before.blocks))
    let step = first
    while (!step.done) step = run.next()
    const cold = solved(solveActiveSet, program, 1e-8)
    expect(Math.abs(step.value.primal - cold.primal)).toBeLessThanOrEqual(2e-8 * cold.primal)
  })

  it('ends at a point that fulfils the optimality conditions', () => {
    const { gates } = program.dictionary
    if (!gates) throw new Error('The dictionary has no gates.')
    const gradient = new GatedGradient(program, gates, gates.rows, 1)
    gradient.admit(Array.from({ length: program.blocks.count }, (_, b) => b))
    for (let k = 0; k < 3000; k++) gradient.step()
    const solution = gradient.solution()
    expect(gradient.objective()).toBeCloseTo(programObjective(program, solution), 9)
    const image = new Float64Array(2)
    expect(solution.length).toBeGreaterThan(0)
    for (const { cell, vector } of solution) {
      program.dictionary.pull(cell, gradient.V, image)
      const size = norm2(vector)
      vector.forEach((value, c) => {
        expect(image[c]).toBeCloseTo((program.beta * value) / size, 5)
      })
    }
    for (let cell = 0; cell < program.dictionary.count; cell++) {
      program.dictionary.pull(cell, gradient.V, image)
      expect(norm2(image)).toBeLessThanOrEqual(program.beta * (1 + 1e-6))
    }
  })
})

describe('gradient steps', () => {
  it('keep the best point when they are cancelled', () => {
    const program = gatedProgram('squared', 0.01)
    let asked = 0
    const run = solveActiveSet(program, { tolerance: 1e-12, stop: () => (++asked > 30 ? 'cancelled' : null) })
    let last = Infinity
    let step = run.next()
    while (!step.done) {
      last = step.value.primal
      step = run.next()
    }
    expect(step.value.status).toBe('cancelled')
    expect(step.value.primal).toBeLessThanOrEqual(last)
    expect(programObjective(program, step.value.blocks)).toBe(step.value.primal)
  })

  it('leave what they do not finish to Newton', () => {
    const program = gatedProgram('squared', 1e-3)
    const incumbent = new Incumbent(program)
    const settings = { tolerance: 1e-9, stop: () => null }
    const phase = gradientPhase(program, new Pricer(program), incumbent, settings)
    while (!phase.next().done);
    expect(incumbent.relativeGap).toBeGreaterThan(settings.tolerance)
    const result = solved(solveActiveSet, program, settings.tolerance)
    expect(result.status).toBe('solved')
    expect(result.primal).toBeLessThan(incumbent.primal)
    expect(result.primal - result.dual).toBeLessThanOrEqual(settings.tolerance * result.primal)
  })

  it('see zero networks as solved', () => {
    const program = gatedProgram('squared', 1.5)
    const result = solved(solveActiveSet, program, 1e-9)
    expect(result.blocks).toEqual([])
    expect(result.iterations).toBe(0)
  })
})
