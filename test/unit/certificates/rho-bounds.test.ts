import { describe, expect, it } from 'vitest'
import { enumerateArrangement } from '../../../core/arrangements/arrangement.ts'
import { boundRho } from '../../../core/certificates/branch-and-bound.ts'
import { cheapRhoBound } from '../../../core/certificates/cheap-bound.ts'
import { networkBound } from '../../../core/certificates/network-bound.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { LOSSES } from '../../../core/losses/index.ts'
import { stream } from '../../../core/random/index.ts'
import { PooledDictionary } from '../../../core/programs/dictionaries/pooled.ts'
import { scalarProgram } from '../../../core/programs/program.ts'
import { solveActiveSet } from '../../../core/solvers/active-set.ts'
import { Pricer } from '../../../core/solvers/pricing.ts'
import { enumerated, plantedProblem, solved } from '../programs/fixtures.ts'

/** ρ(v) over every cell, by cone projections. */
function exactRho(A: Matrix, v: Float64Array): number {
  const arrangement = enumerateArrangement(A, 20_000)
  const program = scalarProgram(
    new PooledDictionary(A, arrangement),
    Matrix.zeros(A.rows, 1),
    LOSSES.squared,
    0,
  )
  return new Pricer(program).price(v).rho
}

const settings = { floor: 0, epsilon: 1e-6, maxCones: 200_000 }

describe.each([1, 2, 3, 4])('bounds of ρ over all neurons, rank %i', (r) => {
  it.each([1, 2, 3])('branch and bound meets enumeration, seed %i', (seed) => {
    const source = stream(seed)
    const A = new Matrix(12, r, source.normals(12 * r))
    const v = source.normals(12)
    const exact = exactRho(A, v)
    const { lower, upper } = boundRho(A, v, { ...settings, epsilon: 1e-4 })
    expect(upper).toBeGreaterThanOrEqual(exact * (1 - 1e-12))
    expect(upper).toBeLessThanOrEqual(exact * (1 + 2e-4))
    expect(lower).toBeLessThanOrEqual(exact * (1 + 1e-12))
    expect(cheapRhoBound(A, v)).toBeGreaterThanOrEqual(exact * (1 - 1e-12))
  })

  it('stays valid when the budget ends the search', () => {
    const source = stream(9)
    const A = new Matrix(12, r, source.normals(12 * r))
    const v = source.normals(12)
    const exact = exactRho(A, v)
    let previous = Infinity
    for (const maxCones of [1, 40, 200, 1000]) {
      const { upper, cones } = boundRho(A, v, { ...settings, maxCones })
      expect(upper).toBeGreaterThanOrEqual(exact * (1 - 1e-12))
      expect(upper).toBeLessThanOrEqual(previous * (1 + 1e-12))
      expect(cones).toBeLessThanOrEqual(Math.max(maxCones + 1, 2 ** (r + 1)))
      previous = upper
    }
  })
})

it('zero and duplicate rows change nothing', () => {
  const A = Matrix.fromRows([
    [0, 0],
    [1, 2],
    [1, 2],
    [-2, 1],
    [2, -1],
  ])
  const v = Float64Array.of(5, 1, 0.5, -1, 0.7)
  expect(boundRho(A, v, settings).upper).toBeCloseTo(exactRho(A, v), 5)
})

it('bounds the network as enumeration does at the same dual vector', () => {
  const problem = plantedProblem('relu', 'squared', 0.2, { n: 15, d: 3 })
  const { program } = enumerated(problem)
  const { V, primal } = solved(solveActiveSet, program, 1e-9)
  const bound = networkBound({ ...program, A: problem.X }, V)
  expect(bound.method).toBe('branch and bound')
  expect(bound.lowerBound).toBeLessThanOrEqual(primal)
  expect(bound.lowerBound).toBeGreaterThan(primal * (1 - 0.02))
})
