import { describe, expect, it } from 'vitest'
import { PatternSet, packBits } from '../../../core/arrangements/patterns.ts'
import { buildArrangement } from '../../../core/arrangements/arrangement.ts'
import { methodApplies } from '../../../core/experiments/catalog.ts'
import { METHOD_SCHEMAS, type LossId, type SettingsOf } from '../../../core/experiments/document.ts'
import { runPenalized } from '../../../core/experiments/methods/penalized.ts'
import type { MethodOutcome, MethodProgress, Problem, StopReason } from '../../../core/experiments/problem.ts'
import { engine } from '../../../core/kernels/engine.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { dot, norm2 } from '../../../core/linalg/products.ts'
import { LOSSES } from '../../../core/losses/index.ts'
import { objective } from '../../../core/networks/index.ts'
import { PooledDictionary } from '../../../core/programs/dictionaries/pooled.ts'
import { blocksOf, type PenalizedProgram } from '../../../core/programs/penalized/program.ts'
import { shrinkScaled } from '../../../core/programs/penalized/prox-steps.ts'
import { RowPatterns } from '../../../core/programs/penalized/row-patterns.ts'
import { Workspace } from '../../../core/programs/penalized/workspace.ts'
import { buildProgram } from '../../../core/programs/build.ts'
import { stream } from '../../../core/random/index.ts'
import { solveActiveSet } from '../../../core/solvers/active-set.ts'
import { batchRows } from '../../../core/training/batches.ts'
import { enumerated, plantedProblem, problemOn, solved } from './fixtures.ts'

const CELLS = 6
const SEED = 5

type Overrides = Partial<SettingsOf<'penalized'>>

const settingsOf = (overrides: Overrides): SettingsOf<'penalized'> =>
  METHOD_SCHEMAS.penalized.parse({ id: 'penalized', arrangements: { count: CELLS }, ...overrides })

interface Finished {
  outcome: MethodOutcome
  history: MethodProgress[]
}

function run(
  problem: Problem,
  overrides: Overrides,
  stop: (epoch: number) => StopReason | null = () => null,
  seed = 1,
): Finished {
  const context = { clock: () => 0, stop, seed, dictionarySeed: SEED }
  const method = runPenalized(problem, settingsOf(overrides), context)
  const history: MethodProgress[] = []
  let step = method.next()
  while (!step.done) {
    history.push(step.value)
    step = method.next()
  }
  return { outcome: step.value, history }
}

function randomProgram(
  n: number,
  d: number,
  K: number,
  loss: LossId,
  { cells = 5, patches = 1 } = {},
): PenalizedProgram {
  const source = stream(11)
  const A = new Matrix(n * patches, d, source.normals(n * patches * d))
  const Y = Matrix.zeros(n, K)
  for (let i = 0; i < n; i++) Y.set(i, i % K, 1)
  if (K === 1) Y.data.forEach((_, i) => (Y.data[i] = i % 3 === 0 ? -1 : 1))
  const arrangement = buildArrangement(A, { mode: 'sample', count: cells, limit: 1 }, 3)
  return {
    dictionary: new PooledDictionary(A, arrangement, patches),
    Y,
    loss: LOSSES[loss],
    beta: 0.1,
    penalty: 0.7,
  }
}

/** Runs `body` on a workspace whose blocks are random. */
function withBlocks<T>(program: PenalizedProgram, body: (workspace: Workspace) => T): T {
  return engine().scratch((arena) => {
    const workspace = new Workspace(program, arena)
    workspace.V.data.set(stream(2).normals(workspace.V.data.length))
    return body(workspace)
  })
}

const range = (n: number) => Int32Array.from({ length: n }, (_, i) => i)

describe('patterns by rows', () => {
  it('are the same bits as patterns by cells', () => {
    const source = stream(4)
    const patterns = new PatternSet(70)
    for (let i = 0; i < 40; i++) patterns.add(packBits(Array.from({ length: 70 }, () => source.integer(2))))
    const rows = new RowPatterns(patterns)
    const { words, wordsPerRow, count } = rows
    expect(count).toBe(40)
    for (let i = 0; i < 40; i++) {
      for (let j = 0; j < 70; j++) {
        expect((words[j * wordsPerRow + (i >>> 5)] >>> (i & 31)) & 1).toBe(Number(patterns.isActive(i, j)))
      }
    }
    const both = Array.from({ length: 40 }, (_, i) => patterns.isActive(i, 3) && patterns.isActive(i, 66))
    expect(rows.commonCount(3, 66)).toBe(both.filter(Boolean).length)
  })
})

describe('the penalised program', () => {
  const shapes = [
    { name: 'one output', K: 1, loss: 'logistic', patches: 1 },
    { name: 'three outputs', K: 3, loss: 'cross-entropy', patches: 1 },
    { name: 'three outputs, squared, four patches a sample', K: 3, loss: 'squared', patches: 4 },
  ] as const

  it.each(shapes)('has the gradient of its value: $name', ({ K, loss, patches }) => {
    const program = randomProgram(8, 3, K, loss, { patches })
    withBlocks(program, (workspace) => {
      const samples = Int32Array.of(6, 1, 3, 7)
      workspace.gradient(samples)
      const gradient = workspace.G.data.slice()
      const at = Array.from({ length: 12 }, (_, i) => (i * 7) % gradient.length)
      for (const entry of at) {
        const value = (shift: number) => {
          const before = workspace.V.data[entry]
          workspace.V.data[entry] = before + shift
          const result = workspace.gradient(samples)
          workspace.V.data[entry] = before
          return result
        }
        const h = 2e-3
        expect(Math.abs((value(h) - value(-h)) / (2 * h) - gradient[entry])).toBeLessThan(
          4e-3 * Math.max(1, Math.abs(gradient[entry])),
        )
      }
    })
  })

  it('is worth what its definition says, block by block', () => {
    const program = randomProgram(9, 3, 2, 'squared', { patches: 2 })
    const { dictionary, Y, beta, penalty } = program
    withBlocks(program, (workspace) => {
      const evaluation = workspace.evaluate()
      const F = Matrix.zeros(9, 2)
      let [size, violation, worst] = [0, 0, 0]
      const blocks = blocksOf(program, workspace.V.data)
      expect(blocks).toHaveLength(dictionary.count * 4)
      const largest = Math.max(...blocks.map(({ vector }) => norm2(vector)))
      for (const { cell, output, vector } of blocks) {
        const response = new Float64Array(9)
        dictionary.respond(cell, vector, 1, response)
        for (let i = 0; i < 9; i++) for (let k = 0; k < 2; k++) F.data[i * 2 + k] += response[i] * output[k]
        const G = dictionary.constraints(cell)
        for (let j = 0; j < G.rows; j++) {
          const missed = Math.max(0, -dot(G.row(j), vector))
          violation += missed
          worst = Math.max(worst, missed / norm2(G.row(j)) / largest)
        }
        size += norm2(vector)
      }
      expect(evaluation.violation).toBeCloseTo(violation, 3)
      expect(evaluation.relativeViolation).toBeCloseTo(worst, 5)
      expect(
        evaluation.penalized / (LOSSES.squared.value(F, Y) + beta * size + penalty * violation),
      ).toBeCloseTo(1, 5)
    })
  })

  it('does the same in parts as at once, in memory that does not grow with the rows', () => {
    const build = (n: number) => randomProgram(n, 4, 10, 'squared', { cells: 200 })
    const program = build(1500)
    const held = (of: PenalizedProgram) =>
      engine().scratch((arena) => {
        const { chunkSamples } = new Workspace(of, arena)
        expect(chunkSamples).toBeLessThan(of.Y.rows)
        return arena.heldBytes
      })
    withBlocks(program, (workspace) => {
      const all = workspace.gradient(range(1500))
      const G = workspace.G.data.slice()
      const value = workspace.gradient(range(700))
      const first = workspace.G.data.slice()
      const rest = workspace.gradient(range(1500).subarray(700))
      expect((value + rest) / all).toBeCloseTo(1, 6)
      const scale = G.reduce((most, g) => Math.max(most, Math.abs(g)), 0)
      const apart = G.reduce(
        (most, g, at) => Math.max(most, Math.abs(g - first[at] - workspace.G.data[at])),
        0,
      )
      expect(apart).toBeLessThan(1e-5 * scale)
    })
    expect(held(build(4000))).toBe(held(program))
  })
})

describe('the prox in the metric of Adam', () => {
  it('is stationary, or zero where the penalty is above the slope', () => {
    const source = stream(8)
    const s = Float64Array.from({ length: 6 }, () => Math.exp(source.normal(0, 2)))
    const y = Float32Array.from(source.normals(6))
    const slope = norm2(Float64Array.from(y, (value, c) => value / s[c]))
    const x = y.slice()
    shrinkScaled(x, s, 0.5 * slope)
    const size = norm2(Float64Array.from(x))
    x.forEach((value, c) => {
      expect(Math.abs((value - y[c]) / s[c] + (0.5 * slope * value) / size)).toBeLessThan(1e-4 * slope)
    })
    shrinkScaled(y, s, 1.001 * slope)
    expect([...y]).toEqual([0, 0, 0, 0, 0, 0])
  })
})

describe('training', () => {
  it('takes every row once an epoch', () => {
    const batches = batchRows(101, 16, stream(3))
    const sizes: number[] = []
    const seen = [...batches.epoch(2)].flatMap((rows) => {
      sizes.push(rows.length)
      return [...rows]
    })
    expect(seen.sort((a, b) => a - b)).toEqual([...range(101)])
    expect(Math.max(...sizes)).toBe(batches.largest)
  })

  const cases = [
    { family: 'relu', loss: 'squared', optimizer: 'momentum' },
    { family: 'relu', loss: 'hinge', optimizer: 'adam' },
    { family: 'bn-relu', loss: 'logistic', optimizer: 'adam' },
    { family: 'bn-relu', loss: 'squared', optimizer: 'momentum' },
  ] as const

  it.each(cases)('$optimizer reaches the convex program: $family, $loss', ({ family, loss, optimizer }) => {
    const problem = plantedProblem(family, loss, 0.3, { n: 12, d: 2, seed: 1 })
    const { outcome } = run(problem, {
      optimizer,
      penalty: 2,
      epochs: 6000,
      learningRate: 0.3,
      batchSize: 'full',
      schedule: { factor: 0.7, patience: 200 },
    })
    const all = solved(solveActiveSet, enumerated(problem).program, 1e-6)
    const sample = buildProgram(problem, { mode: 'sample', count: CELLS, limit: 1 }, true, SEED)
    const { primal } = solved(solveActiveSet, sample.program, 1e-6)
    const penalized = outcome.details!['penalised value'] as number
    expect(Math.abs(penalized - primal)).toBeLessThan(1e-2 * primal)
    const violation = outcome.details!['sum of violations'] as number
    expect(penalized).toBeGreaterThan(primal * (1 - 1e-3) - 4 * violation)
    const recovered = objective(outcome.network!, problem.X, problem.Y, loss, 0.3)
    expect(recovered).toBeGreaterThan(all.dual)
    expect(recovered).toBeLessThan(1.02 * primal)
    const { level, lowerBound } = outcome.claim
    // Of batch-normalised networks the labels prove something, whatever the method.
    const byLabels = family === 'bn-relu' && loss === 'squared'
    expect(level).toBe(byLabels ? 'bound' : 'none')
    if (byLabels) expect(lowerBound).toBeLessThan(all.dual)
    else expect(lowerBound).toBeNull()
  })

  const toy = () => {
    const source = stream(6)
    const X = new Matrix(90, 5, source.normals(450))
    const Y = Matrix.zeros(90, 3)
    for (let i = 0; i < 90; i++) Y.set(i, X.get(i, 0) > 0.4 ? 0 : X.get(i, 1) > 0 ? 1 : 2, 1)
    const problem = problemOn(X, Y, 'relu', 'cross-entropy', 0.05)
    return { ...problem, summary: { ...problem.summary, labels: 'one-hot' as const } }
  }

  it('in batches, three outputs: the recorded objective is the network’s, and falls', () => {
    const problem = toy()
    const { outcome, history } = run(problem, { epochs: 20, batchSize: 16, arrangements: { count: 30 } })
    const values = history.flatMap(({ objective: value }) => (value === undefined ? [] : [value]))
    const best = objective(outcome.network!, problem.X, problem.Y, 'cross-entropy', 0.05)
    expect(Math.min(...values) / best).toBeCloseTo(1, 5)
    expect(best).toBeLessThan(0.5 * values[0])
  })

  it('trains filters on the patches of images', () => {
    const { X } = plantedProblem('relu', 'squared', 0.1, { n: 24, d: 16, seed: 3 })
    const Y = Matrix.column(
      Float64Array.from({ length: 24 }, (_, i) => (X.get(i, 0) + X.get(i, 9) > 0.6 ? 1 : -1)),
    )
    const image = { height: 4, width: 4, channels: 1 }
    const flat = problemOn(X, Y, 'conv-bn', 'logistic', 0.02)
    const problem = { ...flat, summary: { ...flat.summary, image } }
    const { outcome, history } = run(problem, { epochs: 40, batchSize: 8, arrangements: { count: 20 } })
    const best = objective(outcome.network!, X, Y, 'logistic', 0.02)
    const values = history.flatMap(({ objective: value }) => (value === undefined ? [] : [value]))
    expect(Math.min(...values) / best).toBeCloseTo(1, 5)
    expect(best).toBeLessThan(0.8 * values[0])
  })

  it('repeats itself from its seed, and cancelled keeps the best iterate', () => {
    const problem = toy()
    const [a, b, c] = [1, 1, 2].map(
      (seed) => run(problem, { epochs: 3, batchSize: 16 }, undefined, seed).outcome,
    )
    expect(a.network).toEqual(b.network)
    expect(a.network).not.toEqual(c.network)
    const { outcome, history } = run(problem, { epochs: 50, batchSize: 16 }, (epoch) =>
      epoch < 4 ? null : 'cancelled',
    )
    expect(outcome).toMatchObject({ status: 'cancelled', iterations: 4 })
    const values = history.flatMap(({ objective: value }) => (value === undefined ? [] : [value]))
    expect(objective(outcome.network!, problem.X, problem.Y, 'cross-entropy', 0.05)).toBeCloseTo(
      Math.min(...values),
      3,
    )
  })

  it('says that steps too long diverge', () => {
    const { outcome } = run(plantedProblem('relu', 'squared', 0.1), {
      epochs: 400,
      optimizer: 'sgd',
      learningRate: 100,
    })
    expect(outcome.status).toBe('diverged')
    expect(outcome.network).not.toBeNull()
  })

  it('has no setting without effect', () => {
    const problem = toy()
    const base: Overrides = { epochs: 6, batchSize: 16, learningRate: 0.2 }
    const result = (overrides: Overrides) => run(problem, { ...base, ...overrides }).outcome.network
    const usual = result({})
    const changes: Overrides[] = [
      { arrangements: { count: 4 } },
      { penalty: 5 },
      { optimizer: 'sgd' },
      { optimizer: 'adam' },
      { learningRate: 0.05 },
      { momentum: 0.5 },
      { epochs: 8 },
      { batchSize: 'full' },
    ]
    for (const change of changes) expect(result(change), JSON.stringify(change)).not.toEqual(usual)
    const scheduled = run(problem, {
      epochs: 30,
      batchSize: 'full',
      learningRate: 3,
      schedule: { factor: 0.5, patience: 1 },
    })
    expect(scheduled.outcome.details!['final learning rate']).toBeLessThan(3)
  })
})

describe('applies', () => {
  it('to two-layer ReLU networks with losses that have a gradient, and says why not elsewhere', () => {
    const problem = plantedProblem('relu', 'squared', 0.1)
    const answer = (change: Partial<Problem>) => methodApplies({ ...problem, ...change }, settingsOf({}))
    expect(answer({}).applies).toBe(true)
    expect(answer({ loss: 'equality' })).toMatchObject({
      applies: false,
      because: expect.stringContaining('gradient') as string,
    })
    expect(answer({ loss: 'hinge' }).because).toContain('sign labels')
    expect(answer({ network: { ...problem.network, layers: 3 } as Problem['network'] }).because).toContain(
      '3 layers',
    )
    const refused = run.bind(null, { ...problem, loss: 'equality' }, {})
    expect(refused).toThrow('Equality')
  })
})
