import { readFileSync } from 'node:fs'
import {
  sampleArrangement,
  enumerateArrangement,
  type Arrangement,
} from '../../core/arrangements/arrangement.ts'
import { METHOD_SCHEMAS } from '../../core/experiments/document.ts'
import { CellsSession, type SolvedCells } from '../../core/experiments/methods/convex/session.ts'
import type { Problem } from '../../core/experiments/problem.ts'
import { engine } from '../../core/kernels/engine.ts'
import { Matrix } from '../../core/linalg/matrix.ts'
import { columnNorms, scaleColumns } from '../../core/linalg/products.ts'
import { LOSSES } from '../../core/losses/index.ts'
import { betaMax } from '../../core/programs/beta-max.ts'
import { PooledDictionary } from '../../core/programs/dictionaries/pooled.ts'
import { scalarProgram, type ConvexProgram } from '../../core/programs/program.ts'
import { stream } from '../../core/random/index.ts'
import { solveActiveSet } from '../../core/solvers/active-set.ts'
import type { SolverResult } from '../../core/solvers/solver.ts'
import { problemOf, toyProblem } from './program-data.ts'
import { measure, mebibytes, printTable, seconds, type Row } from './report.ts'

/**
 * Convex programs from the start of the solve to the certificate, one thread; programs of given cells the best of three
 * after one to warm up, growth once. Options: `--quick`, and paths of UCI
 * `_R.dat` tables to solve as well (unit-norm columns, labels ±1, squared loss; β after the name: `sonar.dat=1.77`).
 */
export function run(options: readonly string[]): void {
  engine().timeTiles(() => performance.now())
  const quick = options.includes('--quick')
  const tables = options.filter((option) => !option.startsWith('--')).map(table)
  const fixed = [...plane(), ...planted(quick), ...tables.flatMap(programsOf)]
  const columns = ['cpu', 'wall', 'outer', 'cells', 'active', 'primal', 'relative gap']
  printTable('Solve to a relative gap of 1e-6, squared loss', columns, fixed.map(solveRow))
  const grown = ['cpu', 'wall', 'cells', 'neurons', 'primal', 'ρ/β found', 'ρ/β ≤', 'cones', 'proved gap']
  printTable('Growth, and the bound over all neurons', grown, [
    ...tables.map(({ what, problem }) =>
      growRow(`${what}, grown to ρ/β ≤ 1 + 1e-4`, problem, { tolerance: 1e-4 }),
    ),
    ...lowRank(quick),
  ])
  printTable(
    'Three-layer parallel network, all cells',
    ['cpu', 'wall', 'cells', 'primal', 'proved gap'],
    [toy()],
  )
  printTable('Doubling the rows and the patterns', ['cpu', 'outer', 'cpu a step', 'memory'], doubling(quick))
  process.stdout.write(`\nPeak resident memory: ${mebibytes(process.resourceUsage().maxRSS * 1024)}\n`)
}

interface Task {
  what: string
  program: ConvexProgram
}

function solve(program: ConvexProgram): SolverResult {
  const run = solveActiveSet(program, { tolerance: 1e-6, stop: () => null })
  let step = run.next()
  while (!step.done) step = run.next()
  return step.value
}

function solveRow({ what, program }: Task): Row {
  let result: SolverResult | undefined
  const { cpu, wall } = measure(() => (result = solve(program)))
  const { status, iterations, blocks, primal, dual } = result!
  const gap = ((primal - dual) / primal).toExponential(1)
  const cells = program.dictionary.count
  const figures = [
    seconds(cpu),
    seconds(wall),
    iterations,
    cells,
    blocks.length,
    primal.toPrecision(8),
    `${gap} ${status}`,
  ]
  return { what, figures: figures.map(String) }
}

const programOn = (
  A: Matrix,
  Y: Matrix,
  beta: number,
  arrangement: Arrangement,
  cones = true,
): ConvexProgram => scalarProgram(new PooledDictionary(A, arrangement), Y, LOSSES.squared, beta, cones)

/** Gaussian rows and the targets of a planted network of ten neurons with noise 0.1. */
function plantedData(n: number, d: number): { X: Matrix; Y: Matrix } {
  const source = stream(1).split(`planted ${n} ${d}`)
  const X = new Matrix(n, d, source.normals(n * d))
  const neurons = Array.from({ length: 10 }, () => ({ w: source.normals(d), a: source.normal() }))
  const targets = Float64Array.from({ length: n }, (_, i) =>
    neurons.reduce((sum, { w, a }) => {
      const t = X.row(i).reduce((inner, value, c) => inner + value * w[c], 0)
      return sum + (a * Math.max(0, t)) / Math.sqrt(d)
    }, 0.1 * source.normal()),
  )
  return { X, Y: Matrix.column(targets) }
}

const unitColumns = (X: Matrix) =>
  scaleColumns(
    X,
    columnNorms(X).map((norm) => 1 / norm),
  )

function plane(): Task[] {
  const { X, Y } = plantedData(1000, 2)
  return [
    { what: 'd = 2, n = 1000, all cells', program: programOn(X, Y, 5, enumerateArrangement(X, 20_000)) },
  ]
}

/** β is 20 % of the gated β_max, as in the table of the public solver. */
function planted(quick: boolean): Task[] {
  const { X, Y } = plantedData(quick ? 300 : 1000, 50)
  const A = unitColumns(X)
  const gated = programOn(A, Y, 1, sampleArrangement(A, 500, 0), false)
  const beta = 0.2 * betaMax(gated)
  return [
    { what: 'planted, d = 50', program: programOn(A, Y, beta, sampleArrangement(A, 200, 0)) },
    { what: 'planted, d = 50, gated', program: { ...gated, beta } },
  ]
}

interface Table {
  what: string
  problem: Problem
}

function table(option: string): Table {
  const [path, beta] = option.split('=')
  const rows = readFileSync(path, 'utf8').trim().split('\n').slice(1)
  const cells = rows.map((line) => line.split('\t').map(Number))
  const X = withoutZeroColumns(Matrix.fromRows(cells.map((row) => row.slice(1, -1))))
  const Y = Matrix.fromRows(cells.map((row) => [row[row.length - 1] > 0 ? 1 : -1]))
  const A = unitColumns(X)
  const value = beta ? Number(beta) : 0.2 * betaMax(programOn(A, Y, 1, sampleArrangement(A, 500, 0), false))
  const name = path.split('/').pop()!.replace('_R.dat', '')
  return { what: `${name}, β = ${value.toPrecision(4)}`, problem: problemOf({ family: 'relu' }, A, Y, value) }
}

function withoutZeroColumns(X: Matrix): Matrix {
  const kept = [...columnNorms(X).keys()].filter((c) => columnNorms(X)[c] > 0)
  return Matrix.fromRows(Array.from({ length: X.rows }, (_, i) => kept.map((c) => X.get(i, c))))
}

function programsOf({ what, problem: { X, Y, beta } }: Table): Task[] {
  return [
    { what, program: programOn(X, Y, beta, sampleArrangement(X, 200, 0)) },
    { what: `${what}, gated`, program: programOn(X, Y, beta, sampleArrangement(X, 500, 0), false) },
  ]
}

function session(problem: Problem, settings: object): SolvedCells {
  const convex = METHOD_SCHEMAS.convex.parse({ id: 'convex', ...settings })
  const context = { clock: () => 0, stop: () => null, seed: 1, dictionarySeed: 1 }
  const run = new CellsSession(problem, convex, context).solve(problem.beta)
  let step = run.next()
  while (!step.done) step = run.next()
  return step.value
}

/** Growth from nothing: no sample to start from. */
function growRow(what: string, problem: Problem, settings: object): Row {
  let solved: SolvedCells | undefined
  const { cpu, wall } = measure(() => (solved = session(problem, settings)), 1)
  const { program, result, rhoFound, proof } = solved!
  const { primal, blocks } = result
  const figures = [
    seconds(cpu),
    seconds(wall),
    program.dictionary.count,
    blocks.length,
    primal.toPrecision(8),
    (rhoFound ?? 1).toFixed(6),
    proof!.rhoRatio.toFixed(4),
    proof!.cones,
    ((primal - proof!.lowerBound) / primal).toExponential(1),
  ]
  return { what, figures: figures.map(String) }
}

function lowRank(quick: boolean): Row[] {
  const sizes = quick
    ? [[200, 4, 5, 1e-3]]
    : [
        [1000, 4, 5, 4e-3],
        [200, 5, 2, 5e-3],
        [100, 6, 1, 3e-2],
      ]
  return sizes.map(([n, d, beta, epsilon]) => {
    const { X, Y } = plantedData(n, d)
    const problem = problemOf({ family: 'relu' }, X, Y, beta)
    const proof = { cones: 20_000_000, epsilon }
    return growRow(`grown, d = ${d}, n = ${n}`, problem, {
      tolerance: 1e-4,
      arrangements: { mode: 'auto' },
      proof,
    })
  })
}

/** The toy of Ergen & Pilanci 2023, Table 2: five Gaussian rows through a parallel network of five branches. */
function toy(): Row {
  const problem = toyProblem()
  let solved: SolvedCells | undefined
  const { cpu, wall } = measure(
    () => (solved = session(problem, { tolerance: 1e-9, arrangements: { mode: 'enumerate' } })),
    1,
  )
  const { program, result } = solved!
  return {
    what: 'n = 5, d = 2, m₁ = 3, β = 0.002, from the data to the certificate',
    figures: [
      seconds(cpu),
      seconds(wall),
      String(program.dictionary.count),
      result.primal.toPrecision(8),
      ((result.primal - result.dual) / result.primal).toExponential(1),
    ],
  }
}

function doubling(quick: boolean): Row[] {
  const sizes = quick
    ? [[100, 100]]
    : [
        [200, 100],
        [400, 100],
        [200, 200],
        [200, 400],
      ]
  return sizes.map(([n, P]) => {
    const { X, Y } = plantedData(n, 10)
    const program = programOn(X, Y, 5, sampleArrangement(X, P, 0))
    let result: SolverResult | undefined
    const before = process.memoryUsage().arrayBuffers
    const { cpu } = measure(() => (result = solve(program)), 1)
    const memory = Math.max(0, process.memoryUsage().arrayBuffers - before)
    const { iterations } = result!
    return {
      what: `n = ${n}, P = ${P}, d = 10`,
      figures: [seconds(cpu), String(iterations), seconds(cpu / iterations), mebibytes(memory)],
    }
  })
}
