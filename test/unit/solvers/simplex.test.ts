import { describe, expect, it } from 'vitest'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { dot } from '../../../core/linalg/products.ts'
import { leastSquares } from '../../../core/linalg/svd.ts'
import { stream } from '../../../core/random/index.ts'
import { Simplex } from '../../../core/solvers/simplex.ts'

interface Program {
  columns: Float64Array[]
  costs: number[]
  b: Float64Array
}

function randomProgram(m: number, N: number, seed: number): Program {
  const source = stream(seed)
  const columns = Array.from({ length: N }, () => source.normals(m))
  const b = new Float64Array(m)
  // A feasible point, so that the program has one; costs are positive, so that it is bounded.
  for (const column of columns) {
    const x = Math.max(0, source.normal())
    column.forEach((value, i) => (b[i] += x * value))
  }
  return { columns, costs: Array.from({ length: N }, () => 0.1 + source.uniform()), b }
}

/** The least cost over all basic feasible points. */
function byBases({ columns, costs, b }: Program): number {
  const m = b.length
  let best = Infinity
  const visit = (chosen: number[], from: number): void => {
    if (chosen.length === m) {
      const B = Matrix.fromRows(chosen.map((j) => columns[j])).transpose()
      const x = leastSquares(B, Matrix.column(b)).data
      const fits = b.every((value, i) => Math.abs(dot(B.row(i), x) - value) < 1e-9)
      if (fits && x.every((value) => value >= -1e-9)) {
        best = Math.min(
          best,
          chosen.reduce((sum, j, k) => sum + costs[j] * x[k], 0),
        )
      }
      return
    }
    for (let j = from; j < columns.length; j++) visit([...chosen, j], j + 1)
  }
  visit([], 0)
  return best
}

/** Finds a feasible point with the artificial columns, then the optimum without them. */
function solved({ columns, costs, b }: Program): Simplex {
  const simplex = new Simplex(b)
  const numbers = columns.map((column) => simplex.add(column, 0))
  simplex.run()
  expect(simplex.infeasibility).toBeLessThan(1e-10)
  simplex.barArtificials()
  numbers.forEach((j, k) => {
    simplex.setCost(j, costs[k])
  })
  expect(simplex.run()).toBe('solved')
  return simplex
}

function expectOptimal(simplex: Simplex, { columns, costs, b }: Program): void {
  const x = simplex.solution()
  const v = simplex.duals()
  expect(Math.min(...x)).toBeGreaterThanOrEqual(0)
  b.forEach((value, i) => {
    expect(columns.reduce((sum, column, j) => sum + column[i] * x[j], 0)).toBeCloseTo(value, 9)
  })
  columns.forEach((column, j) => {
    expect(dot(v, column)).toBeLessThanOrEqual(costs[j] + 1e-9)
  })
  expect(dot(v, b)).toBeCloseTo(simplex.value, 9)
}

describe('the simplex method', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'finds the best of all basic points, and the dual that proves it (seed %i)',
    (seed) => {
      const program = randomProgram(3, 8, seed)
      const simplex = solved(program)
      expectOptimal(simplex, program)
      expect(simplex.value).toBeCloseTo(byBases(program), 9)
    },
  )

  it('goes on from its basis when columns join', () => {
    const program = randomProgram(4, 12, 7)
    const simplex = solved({
      ...program,
      columns: program.columns.slice(0, 8),
      costs: program.costs.slice(0, 8),
      b: partial(program, 8),
    })
    const before = simplex.value
    for (let j = 8; j < 12; j++) simplex.add(program.columns[j], 0.2 * program.costs[j])
    expect(simplex.run()).toBe('solved')
    expect(simplex.value).toBeLessThanOrEqual(before + 1e-12)
    const costs = program.costs.map((cost, j) => (j < 8 ? cost : 0.2 * cost))
    expectOptimal(simplex, { columns: program.columns, costs, b: partial(program, 8) })
  })

  it('keeps artificial columns of redundant rows at 0', () => {
    const program = randomProgram(3, 7, 9)
    const twice = (values: Float64Array) => Float64Array.of(...values, values[0] + values[1], 0)
    const redundant = { ...program, columns: program.columns.map(twice), b: twice(program.b) }
    const simplex = solved(redundant)
    expectOptimal(simplex, redundant)
    expect(simplex.value).toBeCloseTo(byBases(program), 9)
  })

  it('ends on degenerate programs and says when there is no optimum', () => {
    const columns = [
      Float64Array.of(1, 1),
      Float64Array.of(1, 1),
      Float64Array.of(0, 1),
      Float64Array.of(1, 0),
    ]
    const degenerate = { columns, costs: [1, 1, 0.5, 0.5], b: Float64Array.of(2, 2) }
    expect(solved(degenerate).value).toBeCloseTo(2, 12)
    const simplex = new Simplex(Float64Array.of(1))
    simplex.add(Float64Array.of(1), 1)
    simplex.add(Float64Array.of(-1), -2)
    expect(simplex.run()).toBe('unbounded')
  })

  it('leaves what cannot be met to the artificial columns, and prices it', () => {
    const simplex = new Simplex(Float64Array.of(1, -1))
    simplex.add(Float64Array.of(1, 1), 0)
    expect(simplex.run()).toBe('solved')
    expect(simplex.infeasibility).toBeGreaterThan(0.5)
    const v = simplex.duals()
    // A column that would help has vᵀa > 0.
    expect(v[0] - v[1]).toBeGreaterThan(0)
  })
})

/** The right-hand side of the first columns with weight 1 each. */
function partial({ columns, b }: Program, count: number): Float64Array {
  return b.map((_, i) => columns.slice(0, count).reduce((sum, column) => sum + column[i], 0))
}
