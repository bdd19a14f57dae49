import { expect, it } from 'vitest'
import { atomsOf } from '../../../core/atoms/index.ts'
import type { LossId, NetworkSettings } from '../../../core/experiments/document.ts'
import { networkSchema } from '../../../core/experiments/document.ts'
import type { Problem } from '../../../core/experiments/problem.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { norm2 } from '../../../core/linalg/products.ts'
import { forward, objective, regularizer } from '../../../core/networks/index.ts'
import { programOver } from '../../../core/programs/build.ts'
import { decomposeGated } from '../../../core/programs/decompose.ts'
import type { Dictionary } from '../../../core/programs/dictionary.ts'
import { familyOf, type ProgramFamily } from '../../../core/programs/families/index.ts'
import type { ConvexProgram } from '../../../core/programs/program.ts'
import { solveActiveSet } from '../../../core/solvers/active-set.ts'
import { solveAdmm } from '../../../core/solvers/admm.ts'
import { maxConeViolation } from '../../../core/solvers/cone-violation.ts'
import { programPredictions, type SolverResult } from '../../../core/solvers/solver.ts'
import { descend } from '../solvers/descent.ts'
import { scsValue } from '../solvers/scs.ts'
import { plantedProblem, problemOn, solved } from './fixtures.ts'

export interface Case {
  readonly problem: Problem
  readonly family: ProgramFamily
  readonly dictionary: Dictionary
  readonly program: ConvexProgram
}

/** A planted problem with the given network. */
export function problemOf(
  network: Partial<NetworkSettings> & Pick<NetworkSettings, 'family'>,
  loss: LossId,
  beta: number,
  shape: { n: number; d: number; seed?: number },
): Problem {
  return { ...plantedProblem(network.family, loss, beta, shape), network: networkSchema.parse(network) }
}

/** Its program over all cells. */
export function overAllCells(problem: Problem): Case {
  return over(problem, { mode: 'enumerate', count: 1, limit: 20_000 })
}

/** Its program over sampled cells. */
export function overSample(problem: Problem, count: number, seed = 1): Case {
  return over(problem, { mode: 'sample', count, limit: 20_000 }, seed)
}

function over(problem: Problem, settings: Parameters<ProgramFamily['dictionary']>[0], seed = 0): Case {
  const family = familyOf(problem)
  const dictionary = family.dictionary(settings, seed)
  return { problem, family, dictionary, program: programOver(problem, dictionary, true) }
}

export const solvedTo = (program: ConvexProgram, tolerance: number): SolverResult =>
  solved(solveActiveSet, program, tolerance)

/** The network recovered from a result has the objective and the predictions of the program. */
export function expectSameObjective(
  { problem, family, dictionary, program }: Case,
  { blocks, primal }: SolverResult,
): void {
  const network = family.recover(dictionary, blocks)
  const { X, Y, loss, beta } = problem
  const value = objective(network, X, Y, loss, beta)
  expect(blocks.length).toBeGreaterThan(0)
  expect(Math.abs(value - primal)).toBeLessThanOrEqual(1e-9 * Math.abs(primal))
  const F = programPredictions(program, blocks).data
  forward(network, X).data.forEach((f, i) => expect(f).toBeCloseTo(F[i], 8))
}

function expectSameAtoms({ problem, family, dictionary }: Case, { blocks }: SolverResult): void {
  const atoms = atomsOf(problem)
  for (const block of blocks) {
    const theta = family.atom(dictionary, block)
    const [expected, response] = [new Float64Array(dictionary.rows), new Float64Array(dictionary.rows)]
    dictionary.respond(block.cell, block.vector, 1, expected)
    atoms.respond(theta, response)
    response.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 8))
    expect(atoms.normalize(theta)).toBeCloseTo(norm2(block.vector), 8)
  }
}

/** What must come out for every family and loss on a small problem over all cells; SCS sees a smaller one, its own. */
export function checkOptimum(one: Case, smaller = one, { starts = 50, width = 6 } = {}): void {
  const { problem, program } = one
  const result = solvedTo(program, 1e-9)

  it('is solved to a certified gap with the cones satisfied', () => {
    expect(program.dictionary.complete).toBe(true)
    expect(result.status).toBe('solved')
    const gap = result.primal - result.dual
    expect(gap).toBeLessThanOrEqual(1e-9 * result.primal)
    expect(gap).toBeGreaterThanOrEqual(-1e-12 * result.primal)
    expect(maxConeViolation(program, result.blocks)).toBeLessThan(1e-11)
  })

  it('has one objective with the recovered network', () => expectSameObjective(one, result))

  it('has the responses and sizes of its atoms', () => expectSameAtoms(one, result))

  it('is bounded below by the gated relaxation, whose blocks are made of neurons in the cones', () => {
    const gated = programOver(problem, program.dictionary, false)
    const { status, primal, blocks } = solvedTo(gated, 1e-8)
    expect(status).toBe('solved')
    expect(primal).toBeLessThanOrEqual(result.primal * (1 + 1e-8))
    const neurons = blocks.flatMap((block) => decomposeGated(gated, block))
    const F = programPredictions(gated, neurons).data
    programPredictions(gated, blocks).data.forEach((f, i) => expect(F[i]).toBeCloseTo(f, 8))
    const inside = neurons.filter(({ vector }) => norm2(vector) > 0)
    expect(maxConeViolation(program, inside)).toBeLessThan(1e-9)
  })

  it('is the same by ADMM', () => {
    const other = solved(solveAdmm, program, 1e-7)
    expect(Math.abs(other.primal - result.primal)).toBeLessThanOrEqual(1e-7 * result.primal)
  })

  // The cone form of SCS has no logarithms.
  if (problem.loss !== 'logistic') {
    it('is the same by SCS', async () => {
      const { primal } = smaller === one ? result : solvedTo(smaller.program, 1e-9)
      expect(Math.abs((await scsValue(smaller.program)) - primal)).toBeLessThanOrEqual(1e-5 * primal)
    })
  }

  it(`is never undercut by gradient descent from ${starts} starts`, () => {
    for (let seed = 0; seed < starts; seed++) {
      expect(descend(problem, seed, { width, steps: 60 })).toBeGreaterThanOrEqual(result.dual * (1 - 1e-12))
    }
  })
}

/** The shortest interpolant over all cells: a certified value, that of the recovered network, whatever β is. */
export function checkInterpolation(one: Case): void {
  it('is interpolated at a certified least cost', () => {
    const { problem, family, dictionary, program } = one
    const result = solvedTo(program, 1e-9)
    expect(result.status).toBe('solved')
    expect(result.primal - result.dual).toBeLessThanOrEqual(1e-9 * result.primal)
    expect(result.primal - result.dual).toBeGreaterThanOrEqual(-1e-12 * result.primal)
    expectSameObjective(one, result)
    // Under the squared loss a small β pays at most what interpolation costs.
    const beta = 1e-5
    const small = programOver({ Y: problem.Y, loss: 'squared', beta }, dictionary, true)
    const cheap = solvedTo(small, 1e-9)
    expect(cheap.primal).toBeLessThanOrEqual(beta * result.primal)
    expect(cheap.primal).toBeGreaterThan(0.9 * beta * result.primal)
    expect(regularizer(family.recover(dictionary, cheap.blocks))).toBeLessThanOrEqual(result.primal)
  })
}

/** Rows that are zero, alone, equal, parallel, opposite, on one line, in a half-plane or with a constant column. */
const DEGENERATE: Readonly<Record<string, number[][]>> = {
  'all zeros': [
    [0, 0],
    [0, 0],
    [0, 0],
  ],
  'a single row': [[3, 4]],
  'duplicate, parallel, opposite and zero rows': [
    [1, 2],
    [1, 2],
    [2, 4],
    [-1, -2],
    [0, 0],
  ],
  'a constant column': [
    [1, 2],
    [1, -1],
    [1, 0.5],
    [1, 3],
  ],
  'data of rank one': [
    [1, 2],
    [2, 4],
    [-3, -6],
    [0.5, 1],
  ],
  'rows in a quadrant': [
    [1, 2],
    [2, 1],
    [3, 1],
    [1, 1],
  ],
}

/** Degenerate data is solved to the same certified gap, and recovered networks have the same objective. */
export function checkDegenerate(network: Partial<NetworkSettings> & Pick<NetworkSettings, 'family'>): void {
  it.each(Object.entries(DEGENERATE))('%s', (_, rows) => {
    const X = Matrix.fromRows(rows)
    const Y = Matrix.column(Float64Array.from(rows, (_row, i) => 1 + Math.sin(5 * i)))
    const problem = {
      ...problemOn(X, Y, network.family, 'squared', 0.05),
      network: networkSchema.parse(network),
    }
    for (const one of [overAllCells(problem), overSample(problem, 50)]) {
      const { status, primal, dual, blocks } = solvedTo(one.program, 1e-9)
      expect(status).toBe('solved')
      expect(primal - dual).toBeLessThanOrEqual(1e-9 * primal)
      const value = objective(one.family.recover(one.dictionary, blocks), X, Y, 'squared', 0.05)
      expect(Math.abs(value - primal)).toBeLessThanOrEqual(1e-9 * primal)
    }
  })
}
