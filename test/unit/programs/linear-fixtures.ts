import { NETWORK_SCHEMAS, type LossId } from '../../../core/experiments/document.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { multiply } from '../../../core/linalg/products.ts'
import { thinSvd } from '../../../core/linalg/svd.ts'
import { solveLinear, type LinearResult, type LinearSettings } from '../../../core/programs/linear/index.ts'
import { stream } from '../../../core/random/index.ts'

export interface LinearProblem {
  X: Matrix
  Y: Matrix
  loss: LossId
  beta: number
}

export interface Shape {
  n: number
  d: number
  K: number
}

/** Gaussian features, targets of a linear teacher of rank at most 2 with noise, coded as the loss wants them. */
export function teacherProblem(loss: LossId, beta: number, { n, d, K }: Shape, seed = 1): LinearProblem {
  const source = stream(seed).split(loss)
  const X = gaussian(n, d, seed)
  const rank = Math.min(2, d, K)
  const teacher = multiply(
    new Matrix(d, rank, source.normals(d * rank)),
    new Matrix(rank, K, source.normals(rank * K)),
  )
  const Y = multiply(X, teacher)
  for (let at = 0; at < Y.data.length; at++) Y.data[at] += 0.5 * source.normal()
  for (let i = 0; i < n; i++) code(Y.row(i), loss)
  return { X, Y, loss, beta }
}

function code(row: Float64Array, loss: LossId): void {
  if (loss === 'squared' || loss === 'equality') return
  if (loss !== 'cross-entropy') row[0] = row[0] > 0 ? 1 : -1
  else {
    const best = row.indexOf(Math.max(...row))
    row.fill(0)[best] = 1
  }
}

export function gaussian(rows: number, cols: number, seed: number): Matrix {
  return new Matrix(
    rows,
    cols,
    stream(seed)
      .split('gaussian')
      .normals(rows * cols),
  )
}

/** n×d with orthonormal columns, n ≥ d. */
export function orthonormal(n: number, d: number, seed: number): Matrix {
  return thinSvd(gaussian(n, d, seed)).U
}

export function solve(
  problem: LinearProblem,
  layers = 2,
  settings: Partial<LinearSettings> = {},
): LinearResult {
  const network = NETWORK_SCHEMAS.linear.parse({ family: 'linear', layers })
  const all = { solver: 'active-set' as const, tolerance: 1e-9, stop: () => null, ...settings }
  return finished(solveLinear({ ...problem, network }, all))
}

/** Runs a solver to its end. */
export function finished<Result>(run: Generator<unknown, Result>): Result {
  let step = run.next()
  while (!step.done) step = run.next()
  return step.value
}
