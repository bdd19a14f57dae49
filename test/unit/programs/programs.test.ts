import { describe, expect, it } from 'vitest'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { gram, multiply, norm2 } from '../../../core/linalg/products.ts'
import { networkSchema } from '../../../core/experiments/document.ts'
import { forward, matrixOf, objective } from '../../../core/networks/index.ts'
import { convexApplies } from '../../../core/programs/applies.ts'
import { arrangedMatrix } from '../../../core/programs/arranged.ts'
import { betaMax } from '../../../core/programs/beta-max.ts'
import { buildProgram } from '../../../core/programs/build.ts'
import { decomposeGated } from '../../../core/programs/decompose.ts'
import type { Block } from '../../../core/programs/program.ts'
import { stream } from '../../../core/random/index.ts'
import { solveActiveSet } from '../../../core/solvers/active-set.ts'
import { maxConeViolation } from '../../../core/solvers/cone-violation.ts'
import { programObjective, programPredictions } from '../../../core/solvers/solver.ts'
import { enumerated, FAMILIES, plantedProblem, problemOn, SCALAR_LOSSES, solved } from './fixtures.ts'

const sampling = { mode: 'sample', count: 30, limit: 20_000 } as const

describe('the arranged matrix', () => {
  it('is X itself when X has full column rank', () => {
    const problem = plantedProblem('relu', 'squared', 0.1)
    expect(arrangedMatrix(problem).A).toBe(problem.X)
  })

  it('has the responses of X when X is rank deficient', () => {
    const thin = new Matrix(9, 2, stream(3).normals(18))
    const X = multiply(thin, new Matrix(2, 4, stream(4).normals(8)))
    const { A, toFeatures } = arrangedMatrix(problemOn(X, Matrix.zeros(9, 1), 'relu', 'squared', 1))
    expect(A.cols).toBe(2)
    const w = toFeatures(Float64Array.of(0.4, -1.1))
    const direct = multiply(X, Matrix.column(w)).data
    multiply(A, Matrix.column(Float64Array.of(0.4, -1.1))).data.forEach((value, i) =>
      expect(value).toBeCloseTo(direct[i], 12),
    )
    expect(norm2(w)).toBeCloseTo(norm2(Float64Array.of(0.4, -1.1)), 12)
  })

  it('has orthonormal columns for batch normalisation', () => {
    const { A } = arrangedMatrix(plantedProblem('bn-relu', 'squared', 0.1, { d: 3 }))
    const product = gram(A)
    for (let i = 0; i < 4; i++)
      for (let j = 0; j < 4; j++) expect(product.get(i, j)).toBeCloseTo(i === j ? 1 : 0, 12)
  })
})

describe.each(FAMILIES)('%s: program and network', (family) => {
  it.each(SCALAR_LOSSES)('have one objective at the recovered weights, %s loss', (loss) => {
    const problem = plantedProblem(family, loss, 0.05)
    const { program, recover } = enumerated(problem)
    const { blocks, primal } = solved(solveActiveSet, program, 1e-6)
    const network = recover(blocks)
    const value = objective(network, problem.X, problem.Y, loss, problem.beta)
    expect(blocks.length).toBeGreaterThan(0)
    expect(Math.abs(value - primal)).toBeLessThanOrEqual(1e-9 * Math.abs(primal))
    forward(network, problem.X).data.forEach((f, i) =>
      expect(f).toBeCloseTo(programPredictions(program, blocks).data[i], 9),
    )
  })

  it('agree for a sampled dictionary of higher rank', () => {
    const problem = plantedProblem(family, 'squared', 0.2, { n: 30, d: 6 })
    const { program, recover } = buildProgram(problem, sampling, true, 5)
    const { blocks, primal } = solved(solveActiveSet, program, 1e-8)
    const value = objective(recover(blocks), problem.X, problem.Y, 'squared', 0.2)
    expect(Math.abs(value - primal)).toBeLessThanOrEqual(1e-9 * primal)
    expect(maxConeViolation(program, blocks)).toBeLessThan(1e-11)
  })
})

it('a batch-normalised neuron without direction is a constant', () => {
  const problem = plantedProblem('bn-relu', 'squared', 0.1)
  const { program, recover } = enumerated(problem)
  const { dictionary } = program
  const ones = Array.from({ length: dictionary.count }, (_, i) => i).find(
    (i) => dictionary.gates!.activeRows(i).length === problem.X.rows,
  )!
  const blocks: Block[] = [{ cell: ones, output: Float64Array.of(1), vector: Float64Array.of(0, 0, 2) }]
  const network = recover(blocks)
  expect(network.arrays.gamma.data[0]).toBe(0)
  expect(objective(network, problem.X, problem.Y, 'squared', 0.1)).toBeCloseTo(
    programObjective(program, blocks),
    12,
  )
})

it('the zero network is recovered from no blocks', () => {
  const problem = plantedProblem('relu', 'squared', 0.1)
  const network = enumerated(problem).recover([])
  expect(matrixOf(network, 'W1').cols).toBe(0)
  expect(objective(network, problem.X, problem.Y, 'squared', 0.1)).toBeCloseTo(
    0.5 * norm2(problem.Y.data) ** 2,
    12,
  )
})

describe('β_max', () => {
  it.each(SCALAR_LOSSES)('is where the zero network becomes optimal, %s loss', (loss) => {
    const problem = plantedProblem('relu', loss, 1)
    const threshold = betaMax(enumerated(problem).program)
    const at = (beta: number) => solved(solveActiveSet, enumerated({ ...problem, beta }).program, 1e-9)
    expect(at(threshold * 1.0001).blocks).toEqual([])
    expect(at(threshold * 1.0001).status).toBe('solved')
    expect(at(threshold * 0.99).blocks.length).toBeGreaterThan(0)
  })
})

describe('decomposition of gated blocks', () => {
  const problem = plantedProblem('relu', 'squared', 0.1, { n: 25, d: 4 })
  const { program } = buildProgram(problem, { ...sampling, count: 20 }, false, 3)

  it('keeps the response and lies in the cone', () => {
    const { blocks } = solved(solveActiveSet, program, 1e-8)
    expect(blocks.length).toBeGreaterThan(2)
    for (const block of blocks) {
      const neurons = decomposeGated(program, block)
      const together = programPredictions(program, neurons).data
      programPredictions(program, [block]).data.forEach((value, i) =>
        expect(together[i]).toBeCloseTo(value, 9),
      )
      expect(
        maxConeViolation(
          program,
          neurons.filter(({ vector }) => norm2(vector) > 0),
        ),
      ).toBeLessThan(1e-9)
    }
  })

  it('leaves a block alone that lies in its cone', () => {
    const inside = program.dictionary.projector()
    inside.load(2)
    inside.project(stream(1).normals(4))
    const [first, second] = decomposeGated(program, {
      cell: 2,
      output: Float64Array.of(1),
      vector: inside.projection.slice(),
    })
    expect(norm2(second.vector)).toBeLessThan(1e-10)
    expect(first.output[0]).toBe(1)
  })
})

describe('where the program applies', () => {
  const { network, summary } = plantedProblem('relu', 'hinge', 1)
  const auto = { mode: 'auto', count: 200, limit: 20_000 } as const
  const names = (answer: ReturnType<typeof convexApplies>) =>
    answer.hypotheses.filter(({ holds }) => !holds).map(({ name }) => name)

  it('says that all cells are enumerated in the plane', () => {
    const answer = convexApplies(network, 'hinge', summary, { arrangements: auto })
    expect(answer.applies).toBe(true)
    expect(answer.because).toContain('global')
  })

  it.each([
    ['hinge', { labels: 'real' as const }, 'labels sign'],
    ['cross-entropy', { labels: 'real' as const }, 'labels one-hot'],
  ] as const)('refuses %s with %o', (loss, change, hypothesis) => {
    const answer = convexApplies(network, loss, { ...summary, ...change }, { arrangements: auto })
    expect(answer.applies).toBe(false)
    expect(names(answer)).toEqual([hypothesis])
  })

  it('refuses ADMM where blocks are found on the way', () => {
    const several = { ...summary, outputs: 3, labels: 'one-hot' as const }
    const question = { arrangements: auto, solver: 'admm' } as const
    expect(names(convexApplies(network, 'cross-entropy', several, question))).toEqual([
      'one program for ADMM',
    ])
    expect(convexApplies(network, 'hinge', summary, question).applies).toBe(true)
  })

  it('refuses deep ReLU networks, biases on data of higher rank and filters that do not fit', () => {
    const asks = (settings: object) =>
      names(convexApplies(networkSchema.parse(settings), 'squared', summary, { arrangements: auto }))
    expect(asks({ family: 'relu', layers: 3 })).toEqual(['two layers'])
    expect(asks({ family: 'relu-bias' })).toEqual(['rank of the centred data ≤ 1'])
    expect(asks({ family: 'conv-bn', filter: 5 })).toEqual(['the filter fits the image'])
    expect(asks({ family: 'linear', layers: 3 })).toEqual([])
  })

  it('grows where there are too many cells to enumerate, and samples where there are too many entries', () => {
    const high = { ...summary, rank: 30 }
    expect(convexApplies(network, 'hinge', high, { arrangements: auto }).because).toContain('found by growth')
    const large = { ...high, n: 60_000 }
    expect(convexApplies(network, 'hinge', large, { arrangements: auto }).because).toContain('are sampled')
  })

  it('refuses an enumeration above the limit before any work, and the program does the same', () => {
    const settings = { mode: 'enumerate', count: 1, limit: 10 } as const
    expect(names(convexApplies(network, 'hinge', summary, { arrangements: settings }))).toEqual([
      'cells within the limit',
    ])
    expect(() => buildProgram(plantedProblem('relu', 'hinge', 1), settings, true, 0)).toThrow(
      expect.objectContaining({ code: 'too-large' }),
    )
  })
})
