import { describe, expect, it } from 'vitest'
import { sampleArrangement } from '../../../core/arrangements/arrangement.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { LOSSES } from '../../../core/losses/index.ts'
import { objective } from '../../../core/networks/index.ts'
import { PooledDictionary } from '../../../core/programs/dictionaries/pooled.ts'
import { scalarProgram } from '../../../core/programs/program.ts'
import { solveActiveSet } from '../../../core/solvers/active-set.ts'
import { solveAdmm } from '../../../core/solvers/admm.ts'
import { maxConeViolation } from '../../../core/solvers/cone-violation.ts'
import { programObjective, type SolverProgress } from '../../../core/solvers/solver.ts'
import { enumerated, FAMILIES, plantedProblem, SCALAR_LOSSES, solved } from '../programs/fixtures.ts'
import { descend } from './descent.ts'
import { scsValue } from './scs.ts'

/** β, and the rows for ADMM, which slows down with the number of cells: 40 for relu at n = 20, 134 for bn-relu at n = 12. */
const CASES = {
  relu: { beta: 0.5, n: { squared: 20, hinge: 20, logistic: 20 }, gap: 1e-7 },
  'bn-relu': { beta: 0.1, n: { squared: 12, hinge: 12, logistic: 12 }, gap: 1e-7 },
}

describe.each(FAMILIES)('%s over all cells of two features', (family) => {
  describe.each(SCALAR_LOSSES)('%s loss', (loss) => {
    const problem = plantedProblem(family, loss, CASES[family].beta, { n: CASES[family].n[loss] })
    const { program, recover } = enumerated(problem)
    const result = solved(solveActiveSet, program, 1e-9)

    it('is solved to a certified gap with the cones satisfied', () => {
      expect(result.status).toBe('solved')
      expect(result.primal - result.dual).toBeLessThanOrEqual(1e-9 * result.primal)
      expect(result.primal - result.dual).toBeGreaterThanOrEqual(-1e-12 * result.primal)
      expect(programObjective(program, result.blocks)).toBe(result.primal)
      expect(maxConeViolation(program, result.blocks)).toBeLessThan(1e-12)
    })

    it('is the same by ADMM on the full program', () => {
      const other = solved(solveAdmm, program, CASES[family].gap)
      expect(other.status).toBe('solved')
      expect(Math.abs(other.primal - result.primal)).toBeLessThanOrEqual(1e-7 * result.primal)
      expect(other.dual).toBeLessThanOrEqual(result.primal * (1 + 1e-12))
    })

    it('is never undercut by gradient descent', () => {
      for (let seed = 0; seed < 5; seed++) {
        expect(descend(problem, seed)).toBeGreaterThanOrEqual(result.dual * (1 - 1e-12))
      }
      const network = recover(result.blocks)
      expect(objective(network, problem.X, problem.Y, loss, problem.beta)).toBeCloseTo(result.primal, 9)
    })

    it('is bounded below by the gated relaxation', () => {
      const gated = solved(solveActiveSet, enumerated(problem, false).program, 1e-8)
      expect(gated.status).toBe('solved')
      expect(gated.primal).toBeLessThanOrEqual(result.primal * (1 + 1e-8))
    })
  })
})

describe('a second opinion from SCS', () => {
  it.each(['squared', 'hinge'] as const)('%s loss', async (loss) => {
    const problem = plantedProblem('relu', loss, 0.4, { n: 10 })
    const { program } = enumerated(problem)
    const { primal } = solved(solveActiveSet, program, 1e-9)
    expect(Math.abs((await scsValue(program)) - primal)).toBeLessThanOrEqual(1e-5 * primal)
  })
})

describe.each([
  ['active-set', solveActiveSet],
  ['admm', solveAdmm],
] as const)('%s', (_, solver) => {
  const problem = plantedProblem('relu', 'squared', 0.3, { n: 30, d: 4 })
  const over = (A: Matrix, draws: number, Y: Matrix) =>
    scalarProgram(new PooledDictionary(A, sampleArrangement(A, draws, 1)), Y, LOSSES.squared, 0.3)
  const program = over(problem.X, 25, problem.Y)

  it('keeps the best feasible point when it is cancelled', () => {
    const run = solver(program, { tolerance: 1e-9, stop: (k) => (k >= 2 ? 'cancelled' : null) })
    const seen: SolverProgress[] = []
    let step = run.next()
    while (!step.done) {
      seen.push(step.value)
      step = run.next()
    }
    const last = step.value
    expect(last.status).toBe('cancelled')
    expect(last.primal).toBeLessThanOrEqual(seen[seen.length - 1].primal)
    expect(last.dual).toBeLessThanOrEqual(last.primal)
    expect(programObjective(program, last.blocks)).toBe(last.primal)
  })

  it('improves its best values monotonically', () => {
    const run = solver(program, { tolerance: 1e-7, stop: () => null })
    let [primal, dual] = [Infinity, -Infinity]
    for (const step of run) {
      expect(step.primal).toBeLessThanOrEqual(primal)
      expect(step.dual).toBeGreaterThanOrEqual(dual)
      ;[primal, dual] = [step.primal, step.dual]
    }
    expect(Number.isFinite(primal)).toBe(true)
  })

  it('solves data of all zeros and a single row', () => {
    const flat = over(Matrix.zeros(3, 2), 3, Matrix.column(Float64Array.of(1, 2, 3)))
    expect(solved(solver, flat, 1e-9).primal).toBeCloseTo(7, 12)
    const single = over(Matrix.fromRows([[3, 4]]), 9, Matrix.column(Float64Array.of(2)))
    // One atom of response 5 to the unit vector along the row: min ½(5c − 2)² + 0.3c.
    expect(solved(solver, single, 1e-9).primal).toBeCloseTo(0.3 * (2 / 5) - 0.5 * (0.3 / 5) ** 2, 9)
  })
})

describe('a β a thousandth of those above', () => {
  it.each(SCALAR_LOSSES)('%s loss: solved in a few dozen iterations', (loss) => {
    const { program } = enumerated(plantedProblem('relu', loss, 1e-4, { n: 16 }))
    const result = solved(solveActiveSet, program, 1e-7)
    expect(result.status).toBe('solved')
    expect(result.iterations).toBeLessThan(60)
    expect(result.primal - result.dual).toBeLessThanOrEqual(1e-7 * result.primal)
  })
})
