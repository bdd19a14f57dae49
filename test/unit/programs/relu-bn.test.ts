import { describe, expect, it } from 'vitest'
import { sampleArrangement } from '../../../core/arrangements/arrangement.ts'
import { projectPolyhedralCone } from '../../../core/linalg/cone.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { dot, frobeniusNorm, multiply, multiplyVector, norm2 } from '../../../core/linalg/products.ts'
import type { Dictionary } from '../../../core/programs/dictionary.ts'
import { decomposeCell } from '../../../core/programs/dictionaries/relu-bn-cell.ts'
import { ReluBnDictionary } from '../../../core/programs/dictionaries/relu-bn.ts'
import { stream } from '../../../core/random/index.ts'
import { ConeProjector, type ConeRows } from '../../../core/solvers/cone-projector.ts'
import { SCALAR_LOSSES } from './fixtures.ts'
import {
  checkDegenerate,
  checkInterpolation,
  checkOptimum,
  expectSameObjective,
  overAllCells,
  overSample,
  problemOf,
  solvedTo,
} from './families.ts'

const family = 'relu-bn'

describe.each(SCALAR_LOSSES)('relu-bn over all cells of two features, %s loss', (loss) => {
  checkOptimum(overAllCells(problemOf({ family }, loss, 0.1, { n: 7, d: 2 })))
})

describe('the equality loss over all cells of relu-bn', () => {
  checkInterpolation(overAllCells(problemOf({ family }, 'equality', 1, { n: 5, d: 3 })))
})

describe('degenerate data of relu-bn', () => {
  checkDegenerate({ family })
})

/** The dictionary of the program as printed: w stays in the row space of the centred DᵢX. */
function asPrinted(dictionary: Dictionary): Dictionary {
  if (!(dictionary instanceof ReluBnDictionary)) throw new TypeError('Not a dictionary of relu-bn.')
  const { A, arrangement, size } = dictionary
  const rows = Array.from({ length: dictionary.count }, (_, cell) => {
    const { W } = decomposeCell(A, arrangement.patterns, cell, frobeniusNorm(A))
    const G = Matrix.zeros(A.rows, size)
    for (let j = 0; j < A.rows; j++) {
      const side = arrangement.patterns.isActive(cell, j) ? 1 : -1
      const image = multiply(new Matrix(1, A.cols, A.row(j).slice()), W).data
      const norm = norm2(image)
      if (norm > 1e-12 * norm2(A.row(j))) G.row(j).set(image.map((value) => (side * value) / norm))
    }
    return G
  })
  const cones: ConeRows = {
    row(cell, j, out) {
      out.set(rows[cell].row(j))
      return norm2(out) > 0
    },
    mostViolated(cell, u, least, closed) {
      const values = Array.from({ length: A.rows }, (_, j) => dot(rows[cell].row(j), u))
      const open = values.map((value, j) => (closed[j] === 0 ? value : Infinity))
      const worst = open.indexOf(Math.min(...open))
      return open[worst] < least ? worst : -1
    },
  }
  return {
    rows: A.rows,
    size,
    count: dictionary.count,
    complete: dictionary.complete,
    bound: dictionary.bound,
    draws: dictionary.draws,
    respond: dictionary.respond.bind(dictionary),
    pull: dictionary.pull.bind(dictionary),
    pullAll: dictionary.pullAll.bind(dictionary),
    images: dictionary.images.bind(dictionary),
    projector: () => new ConeProjector(size, A.rows, cones),
    constraints: (cell) => rows[cell],
    violation: dictionary.violation.bind(dictionary),
  }
}

describe('the null space of the centred D·X', () => {
  it.each([1, 2, 3, 4])('loses nothing when it is left out over all cells (seed %i)', (seed) => {
    const { program } = overAllCells(problemOf({ family }, 'squared', 0.05, { n: 6, d: 3, seed }))
    const printed = { ...program, dictionary: asPrinted(program.dictionary) }
    const [free, row] = [solvedTo(program, 1e-11), solvedTo(printed, 1e-11)]
    expect(Math.abs(free.primal - row.primal)).toBeLessThanOrEqual(1e-10 * free.primal)
  })

  it('is needed with sampled cells', () => {
    const gains = [1, 2, 3, 4, 5, 6].map((seed) => {
      const one = overSample(problemOf({ family }, 'squared', 0.05, { n: 8, d: 6, seed }), 2, seed)
      const printed = { ...one.program, dictionary: asPrinted(one.dictionary) }
      const result = solvedTo(one.program, 1e-10)
      expect(result.status).toBe('solved')
      expectSameObjective(one, result)
      return solvedTo(printed, 1e-10).primal - result.primal
    })
    expect(Math.min(...gains)).toBeGreaterThan(-1e-9)
    expect(Math.max(...gains)).toBeGreaterThan(0.01)
  })
})

describe('the projected cones', () => {
  const A = new Matrix(9, 5, stream(4).normals(45))
  const dictionary = new ReluBnDictionary(A, sampleArrangement(A, 40, 2))
  const source = stream(5)

  it('are projected on as by all of their rows', () => {
    const projector = dictionary.projector()
    let projected = 0
    for (let cell = 0; cell < dictionary.count; cell++) {
      const G = dictionary.constraints(cell)
      if (decomposeCell(A, dictionary.arrangement.patterns, cell, frobeniusNorm(A)).open.length > 0)
        projected++
      projector.load(cell)
      for (let trial = 0; trial < 6; trial++) {
        const z = source.normals(dictionary.size)
        const { projection } = projectPolyhedralCone(G, z)
        expect(projector.project(z)).toBeCloseTo(norm2(projection), 9)
        projection.forEach((value, c) => expect(projector.projection[c]).toBeCloseTo(value, 8))
      }
    }
    expect(projected).toBeGreaterThan(5)
  })

  it('have a hidden weight in the cell for every vector, with the response of the vector', () => {
    const projector = dictionary.projector()
    for (let cell = 0; cell < dictionary.count; cell++) {
      projector.load(cell)
      projector.project(source.normals(dictionary.size))
      const v = projector.projection.slice()
      expect(dictionary.violation(cell, v)).toBeLessThan(1e-12)
      const w = dictionary.weight(cell, v)
      const sides = multiplyVector(A, w)
      sides.forEach((value, j) => {
        const side = dictionary.arrangement.patterns.isActive(cell, j) ? value : -value
        expect(side).toBeGreaterThanOrEqual(-1e-9 * norm2(w))
      })
      const rectified = sides.map((value) => Math.max(0, value))
      const mean = rectified.reduce((sum, value) => sum + value, 0) / A.rows
      const response = new Float64Array(A.rows)
      dictionary.respond(cell, v, 1, response)
      response.forEach((value, i) =>
        expect(rectified[i] - mean + v[A.cols] / Math.sqrt(A.rows)).toBeCloseTo(value, 8),
      )
    }
  })

  it('stop early only with an upper bound of the norm', () => {
    const projector = dictionary.projector()
    for (let cell = 0; cell < dictionary.count; cell++) {
      const z = source.normals(dictionary.size)
      const exact = norm2(projectPolyhedralCone(dictionary.constraints(cell), z).projection)
      projector.load(cell)
      const bound = projector.project(z, 1.2 * exact)
      expect(bound).toBeGreaterThanOrEqual(exact - 1e-12)
      expect(bound).toBeLessThanOrEqual(Math.max(1.2 * exact, exact + 1e-12))
    }
  })
})

describe('responses of relu-bn cells', () => {
  const A = new Matrix(7, 3, stream(8).normals(21))
  const dictionary = new ReluBnDictionary(A, sampleArrangement(A, 12, 1))

  it('are orthonormal in every direction that is not padding', () => {
    for (let cell = 0; cell < dictionary.count; cell++) {
      const identity = Float64Array.from({ length: 16 }, (_, at) => (at % 5 === 0 ? 1 : 0))
      const images = dictionary.images([{ cell, directions: identity }])
      const product = multiply(images, images, { transposeA: true })
      for (let i = 0; i < 4; i++) {
        const expected = product.get(i, i) > 0.5 ? 1 : 0
        for (let j = 0; j < 4; j++) expect(product.get(i, j)).toBeCloseTo(i === j ? expected : 0, 11)
      }
    }
  })

  it('pull is their adjoint, cell by cell and all at once', () => {
    const g = stream(9).normals(7)
    const all = new Float64Array(dictionary.count * 4)
    dictionary.pullAll(g, all)
    for (let cell = 0; cell < dictionary.count; cell++) {
      const v = stream(cell).normals(4)
      const [response, pulled] = [new Float64Array(7), new Float64Array(4)]
      dictionary.respond(cell, v, 1, response)
      dictionary.pull(cell, g, pulled)
      expect(dot(pulled, v)).toBeCloseTo(dot(g, response), 11)
      pulled.forEach((value, c) => expect(all[cell * 4 + c]).toBe(value))
    }
  })
})

describe('relu-bn', () => {
  it('works in the row space of rank-deficient data', () => {
    const problem = problemOf({ family }, 'squared', 0.1, { n: 8, d: 2 })
    const wide = multiply(problem.X, new Matrix(2, 4, stream(3).normals(8)))
    const { summary } = problem
    const one = overAllCells({ ...problem, X: wide, summary: { ...summary, d: 4, rank: 2 } })
    expect(one.dictionary.size).toBe(3)
    expectSameObjective(one, solvedTo(one.program, 1e-9))
  })

  it('restores the same dictionary from what it exports, and admits its own atoms', () => {
    const {
      family: programs,
      dictionary,
      program,
    } = overSample(problemOf({ family }, 'squared', 0.1, { n: 9, d: 3 }), 20)
    const restored = programs.restore(programs.arrays(dictionary), false)
    expect(restored.count).toBe(dictionary.count)
    const { blocks, primal } = solvedTo(program, 1e-9)
    expect(solvedTo({ ...program, dictionary: restored }, 1e-9).primal).toBeCloseTo(primal, 9)
    const growing = programs.growing()
    for (const block of blocks) {
      const theta = programs.atom(dictionary, block)
      const cell = programs.admit(growing, theta)
      expect(cell).toBeGreaterThanOrEqual(0)
      expect(programs.admit(growing, theta)).toBe(cell)
    }
  })
})
