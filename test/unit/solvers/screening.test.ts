import { describe, expect, it } from 'vitest'
import { enumerateArrangement } from '../../../core/arrangements/arrangement.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { LOSSES } from '../../../core/losses/index.ts'
import { PooledDictionary } from '../../../core/programs/dictionaries/pooled.ts'
import { scalarProgram } from '../../../core/programs/program.ts'
import { stream } from '../../../core/random/index.ts'
import { solveActiveSet } from '../../../core/solvers/active-set.ts'
import { Pricer } from '../../../core/solvers/pricing.ts'
import { Screening } from '../../../core/solvers/screening.ts'
import { Incumbent } from '../../../core/solvers/solver.ts'
import { plantedProblem, solved } from '../programs/fixtures.ts'

describe.each(['squared', 'logistic', 'hinge'] as const)('gap-safe screening, %s loss', (loss) => {
  const { X, Y } = plantedProblem('relu', loss, 0.3, { n: 40 })
  const program = scalarProgram(new PooledDictionary(X, enumerateArrangement(X, 1000)), Y, LOSSES[loss], 0.3)
  const optimum = solved(solveActiveSet, program, 1e-11)
  const exact = new Pricer(program).price(optimum.V).values

  /** A pricer screened at a vector between the optimal dual one and noise, with the primal value of the optimum. */
  function screenedAt(noise: number, seed: number) {
    const source = stream(seed)
    const V = optimum.V.map((v, i) => {
      const moved = v + noise * source.normal()
      return loss === 'squared' ? moved : Y.data[i] * Math.min(1, Math.max(0, Y.data[i] * moved))
    })
    const incumbent = new Incumbent(program)
    incumbent.offerPrimal(optimum.blocks)
    const pricer = new Pricer(program)
    new Screening(program, pricer).at(V, pricer.price(V), incumbent)
    return pricer
  }

  it.each([1e-6, 1e-3, 1e-2, 0.1])(
    'keeps every block that the optimal dual vector prices at β, noise %d',
    (noise) => {
      for (let seed = 0; seed < 5; seed++) {
        const pricer = screenedAt(noise, seed)
        const { values } = pricer.price(optimum.V)
        // A screened block is not priced: 0 where the exact price is not.
        const dropped = [...exact.keys()].filter((b) => values[b] === 0 && exact[b] > 0)
        for (const b of dropped) expect(exact[b]).toBeLessThan(program.beta)
        for (const { cell, output } of optimum.blocks)
          expect(dropped).not.toContain(program.blocks.find(cell, output))
      }
    },
  )

  it('drops most blocks near the optimum, and none where the loss has kinks', () => {
    const { left } = screenedAt(1e-7, 1)
    if (loss === 'hinge') expect(left).toBe(program.blocks.count)
    else expect(left).toBeLessThan(0.5 * program.blocks.count)
  })
})

it('data of zeros, whose blocks have norm zero, are solved', () => {
  const zero = Matrix.zeros(4, 2)
  const dictionary = new PooledDictionary(zero, enumerateArrangement(zero, 10))
  const program = scalarProgram(dictionary, Matrix.column(Float64Array.of(1, 2, 3, 4)), LOSSES.squared, 0.1)
  expect(solved(solveActiveSet, program, 1e-9).primal).toBeCloseTo(15, 12)
})
