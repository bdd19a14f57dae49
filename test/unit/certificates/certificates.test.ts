import { describe, expect, it } from 'vitest'
import { dualPoint } from '../../../core/certificates/dual-point.ts'
import { recomputeCertificate } from '../../../core/certificates/recompute.ts'
import { runConvex } from '../../../core/experiments/methods/convex.ts'
import { runGated } from '../../../core/experiments/methods/gated.ts'
import { METHOD_SCHEMAS } from '../../../core/experiments/document.ts'
import type { MethodOutcome, MethodProgress, RunContext } from '../../../core/experiments/problem.ts'
import { dot, norm2 } from '../../../core/linalg/products.ts'
import { matrixOf, objective } from '../../../core/networks/index.ts'
import { stream } from '../../../core/random/index.ts'
import { solveActiveSet } from '../../../core/solvers/active-set.ts'
import { programPredictions } from '../../../core/solvers/solver.ts'
import { enumerated, FAMILIES, plantedProblem, SCALAR_LOSSES, solved } from '../programs/fixtures.ts'

const context: RunContext = { clock: () => 0, stop: () => null, seed: 1, dictionarySeed: 7 }

function finish(run: Generator<MethodProgress, MethodOutcome>): MethodOutcome {
  let step = run.next()
  while (!step.done) step = run.next()
  return step.value
}

describe.each(FAMILIES)('%s', (family) => {
  it.each(SCALAR_LOSSES)(
    'a run is certified globally and its certificate can be recomputed, %s loss',
    (loss) => {
      const problem = plantedProblem(family, loss, 0.1)
      const outcome = finish(
        runConvex(problem, METHOD_SCHEMAS.convex.parse({ id: 'convex', tolerance: 1e-8 }), context),
      )
      expect(outcome.status).toBe('solved')
      expect(outcome.claim.level).toBe('global')
      const again = recomputeCertificate(problem, outcome.network!, outcome.arrays!, true)
      expect(again.level).toBe('global')
      expect(again.lowerBound).toBeCloseTo(outcome.claim.lowerBound!, 10)
      expect(again.rhoRatio).toBeLessThanOrEqual(1 + 1e-10)
      expect(again.gap).toBeLessThanOrEqual(2e-8 * again.objective)
      expect(again.gap).toBeGreaterThanOrEqual(-1e-12 * again.objective)
    },
  )

  it('active neurons are extreme: the dual prices them at β', () => {
    const { program } = enumerated(plantedProblem(family, 'squared', 0.1))
    const { blocks, V } = solved(solveActiveSet, program, 1e-12)
    for (const block of blocks) {
      const unit = { ...block, vector: block.vector.map((value) => value / norm2(block.vector)) }
      expect(dot(V, programPredictions(program, [unit]).data)).toBeCloseTo(program.beta, 5)
    }
  })
})

describe('dual points', () => {
  it.each(SCALAR_LOSSES)('never exceed the optimum, wherever they come from, %s loss', (loss) => {
    const { program } = enumerated(plantedProblem('relu', loss, 0.3))
    const { primal } = solved(solveActiveSet, program, 1e-9)
    const source = stream(4)
    for (let trial = 0; trial < 20; trial++) {
      const V = program.Y.data.map((y) => (loss === 'squared' ? source.normal() : y * source.uniform()))
      const point = dualPoint(program, V)
      expect(point.value).toBeLessThanOrEqual(primal)
      expect(dualPoint(program, point.V).rhoRatio).toBeLessThanOrEqual(1 + 1e-12)
    }
  })
})

describe('claims', () => {
  const problem = plantedProblem('relu', 'squared', 0.2, { n: 24, d: 10 })
  const arrangements = { mode: 'sample', count: 40, limit: 20_000 } as const

  it('a sampled program claims its dictionary', () => {
    const outcome = finish(
      runConvex(problem, METHOD_SCHEMAS.convex.parse({ id: 'convex', arrangements }), context),
    )
    expect(outcome.claim.level).toBe('dictionary')
    expect(outcome.claim.lowerBound).toBe(outcome.program!.dual)
    expect(outcome.details!['network lower bound']).toBeLessThan(outcome.program!.dual)
    expect(outcome.details!.patterns).toBeLessThanOrEqual(40)
  })

  it('a sampled program of low rank claims a bound of the network', () => {
    const plane = plantedProblem('relu', 'squared', 0.2)
    const sampled = METHOD_SCHEMAS.convex.parse({ id: 'convex', arrangements: { mode: 'sample', count: 60 } })
    const outcome = finish(runConvex(plane, sampled, context))
    const best = finish(runConvex(plane, METHOD_SCHEMAS.convex.parse({ id: 'convex' }), context))
    expect(outcome.claim.level).toBe('bound')
    expect(outcome.claim.lowerBound).toBeLessThanOrEqual(best.program!.objective)
    expect(outcome.claim.lowerBound).toBeGreaterThan(0.5 * best.program!.objective)
  })

  it('ADMM and the active set share the dictionary of the document', () => {
    const [one, two] = (['active-set', 'admm'] as const).map((solver) =>
      finish(
        runConvex(problem, METHOD_SCHEMAS.convex.parse({ id: 'convex', arrangements, solver }), context),
      ),
    )
    expect(two.arrays!.gates.data).toEqual(one.arrays!.gates.data)
    expect(Math.abs(two.program!.objective - one.program!.objective)).toBeLessThan(
      2e-6 * one.program!.objective,
    )
  })

  it('the gated relaxation lies below, and the network recovered from it costs more than it', () => {
    const convex = finish(
      runConvex(problem, METHOD_SCHEMAS.convex.parse({ id: 'convex', arrangements }), context),
    )
    const gated = finish(
      runGated(problem, METHOD_SCHEMAS.gated.parse({ id: 'gated', arrangements }), context),
    )
    expect(gated.program!.dual).toBeLessThanOrEqual(convex.program!.objective)
    const value = objective(gated.network!, problem.X, problem.Y, problem.loss, problem.beta)
    expect(value).toBeGreaterThanOrEqual(gated.program!.objective * (1 - 1e-12))
    expect(matrixOf(gated.network!, 'W1').cols).toBeGreaterThan(0)
  })

  it('over all cells the gated value is a bound of the network problem', () => {
    const plane = plantedProblem('relu', 'squared', 0.2)
    const gated = finish(runGated(plane, METHOD_SCHEMAS.gated.parse({ id: 'gated' }), context))
    const convex = finish(runConvex(plane, METHOD_SCHEMAS.convex.parse({ id: 'convex' }), context))
    expect(gated.claim.level).toBe('bound')
    expect(gated.claim.lowerBound).toBeLessThanOrEqual(convex.claim.lowerBound! * (1 + 1e-6))
  })

  it('refuses what the program does not cover, with the reason', () => {
    const summary = { ...problem.summary, labels: 'real' as const }
    const asked = { ...problem, summary, loss: 'hinge' as const }
    const run = runConvex(asked, METHOD_SCHEMAS.convex.parse({ id: 'convex' }), context)
    expect(() => run.next()).toThrow(expect.objectContaining({ code: 'unsupported' }))
  })
})
