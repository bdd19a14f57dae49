import { readFileSync } from 'node:fs'
import {
  enumerateArrangement,
  sampleArrangement,
  type Arrangement,
} from '../../core/arrangements/arrangement.ts'
import { Matrix } from '../../core/linalg/matrix.ts'
import { columnNorms, scaleColumns } from '../../core/linalg/products.ts'
import { networkBound } from '../../core/certificates/network-bound.ts'
import { LOSSES } from '../../core/losses/index.ts'
import { betaMax } from '../../core/programs/beta-max.ts'
import { PooledDictionary } from '../../core/programs/dictionaries/pooled.ts'
import { scalarProgram, type ConvexProgram } from '../../core/programs/program.ts'
import { stream } from '../../core/random/index.ts'
import { solveActiveSet } from '../../core/solvers/active-set.ts'
import type { SolverResult } from '../../core/solvers/solver.ts'
import { measure, mebibytes, printTable, seconds, type Row } from './report.ts'

/**
 * Convex programs from the start of the solve to the certificate, one thread. Options: `--quick`, and paths of UCI
 * `_R.dat` tables to solve as well (unit-norm columns, labels ±1, squared loss, 200 and gated 500 arrangements).
 */
export function run(options: readonly string[]): void {
  const quick = options.includes('--quick')
  const problems = [
    ...plane(),
    ...planted(quick),
    ...options.filter((option) => !option.startsWith('--')).flatMap(table),
  ]
  const columns = ['cpu', 'wall', 'outer', 'patterns', 'active', 'primal', 'relative gap']
  printTable('Solve to a relative gap of 1e-6, squared loss', columns, problems.map(solveRow))
  printTable('Doubling the rows and the patterns', ['cpu', 'outer'], doubling(quick))
  printTable('Bound of the network from a sample (d = 4)', ['cpu', 'cones', 'ρ/β ≤', 'gap'], [searchRow()])
  process.stdout.write(`\nPeak resident memory: ${mebibytes(process.resourceUsage().maxRSS * 1024)}\n`)
}

interface Problem {
  what: string
  program: ConvexProgram
}

function solve(program: ConvexProgram): SolverResult {
  const run = solveActiveSet(program, { tolerance: 1e-6, stop: () => null })
  let step = run.next()
  while (!step.done) step = run.next()
  return step.value
}

function solveRow({ what, program }: Problem): Row {
  let result: SolverResult | undefined
  const { cpu, wall } = measure(() => (result = solve(program)), 1)
  const { status, iterations, blocks, primal, dual } = result!
  const gap = ((primal - dual) / primal).toExponential(1)
  const patterns = program.dictionary.count
  const figures = [
    seconds(cpu),
    seconds(wall),
    iterations,
    patterns,
    blocks.length,
    primal.toPrecision(8),
    `${gap} ${status}`,
  ]
  return { what, figures: figures.map(String) }
}

function programOn(
  A: Matrix,
  Y: Matrix,
  beta: number,
  arrangement: Arrangement,
  cones = true,
): ConvexProgram {
  return scalarProgram(new PooledDictionary(A, arrangement), Y, LOSSES.squared, beta, cones)
}

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

function plane(): Problem[] {
  const { X, Y } = plantedData(1000, 2)
  const program = programOn(X, Y, 5, enumerateArrangement(X, 20_000))
  return [{ what: 'd = 2, n = 1000, all cells', program }]
}

function planted(quick: boolean): Problem[] {
  const { X, Y } = plantedData(quick ? 300 : 1000, 50)
  const A = unitColumns(X)
  const gated = programOn(A, Y, 1, sampleArrangement(A, 500, 0), false)
  const beta = 0.2 * betaMax(gated)
  return [
    { what: 'planted, d = 50', program: programOn(A, Y, beta, sampleArrangement(A, 200, 0)) },
    { what: 'planted, d = 50, gated', program: { ...gated, beta } },
  ]
}

function table(path: string): Problem[] {
  const rows = readFileSync(path, 'utf8').trim().split('\n').slice(1)
  const cells = rows.map((line) => line.split('\t').map(Number))
  const A = unitColumns(Matrix.fromRows(cells.map((row) => row.slice(1, -1))))
  const Y = Matrix.fromRows(cells.map((row) => [row[row.length - 1] > 0 ? 1 : -1]))
  const gated = programOn(A, Y, 1, sampleArrangement(A, 500, 0), false)
  const beta = 0.2 * betaMax(gated)
  const name = path.split('/').pop()!
  return [
    { what: `${name}, β = ${beta.toFixed(3)}`, program: programOn(A, Y, beta, sampleArrangement(A, 200, 0)) },
    { what: `${name}, gated`, program: { ...gated, beta } },
  ]
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
    const { cpu } = measure(() => (result = solve(program)), 1)
    return { what: `n = ${n}, P = ${P}, d = 10`, figures: [seconds(cpu), String(result!.iterations)] }
  })
}

function searchRow(): Row {
  const { X, Y } = plantedData(200, 4)
  const program = programOn(X, Y, 5, sampleArrangement(X, 300, 0))
  const { V, primal } = solve(program)
  let bound: ReturnType<typeof networkBound> | undefined
  const { cpu } = measure(() => (bound = networkBound({ ...program, A: X, V: Matrix.column(V) })), 1)
  const { cones, rhoRatio, lowerBound } = bound!
  const gap = ((primal - lowerBound) / primal).toExponential(1)
  return { what: 'n = 200, 300 patterns', figures: [seconds(cpu), String(cones), rhoRatio.toFixed(4), gap] }
}
