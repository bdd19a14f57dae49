import type { LossId, NetworkSettings } from '../../../core/experiments/document.ts'
import { NETWORK_SCHEMAS } from '../../../core/experiments/document.ts'
import type { Problem } from '../../../core/experiments/problem.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { numericalRank, singularValues } from '../../../core/linalg/svd.ts'
import { buildProgram, type BuiltProgram } from '../../../core/programs/build.ts'
import type { ConvexProgram } from '../../../core/programs/program.ts'
import { stream } from '../../../core/random/index.ts'
import type { Solver, SolverResult } from '../../../core/solvers/solver.ts'

export const SCALAR_LOSSES = ['squared', 'hinge', 'logistic'] as const satisfies readonly LossId[]
export const FAMILIES = ['relu', 'bn-relu'] as const satisfies readonly NetworkSettings['family'][]

/** Gaussian features (with a mean) and targets of a small planted network, or their signs for the classification losses. */
export function plantedProblem(
  family: NetworkSettings['family'],
  loss: LossId,
  beta: number,
  { n = 20, d = 2, seed = 1 } = {},
): Problem {
  const source = stream(seed)
  const X = new Matrix(
    n,
    d,
    source.normals(n * d).map((value, at) => value + 0.3 * (at % d)),
  )
  const targets = plantedTargets(X, source.normals(3 * d), source.normals(n))
  const Y = Matrix.column(loss === 'squared' ? targets : targets.map((value) => (value > 0 ? 1 : -1)))
  return problemOn(X, Y, family, loss, beta)
}

function plantedTargets(X: Matrix, weights: Float64Array, noise: Float64Array): Float64Array {
  return Float64Array.from({ length: X.rows }, (_, i) => {
    let sum = 0.1 * noise[i] - 0.2
    for (let h = 0; h < 3; h++) {
      let t = 0
      for (let c = 0; c < X.cols; c++) t += X.get(i, c) * weights[h * X.cols + c]
      sum += (h === 1 ? -1.5 : 1) * Math.max(0, t)
    }
    return sum
  })
}

export function problemOn(
  X: Matrix,
  Y: Matrix,
  family: NetworkSettings['family'],
  loss: LossId,
  beta: number,
): Problem {
  const s = singularValues(X)
  const summary = {
    sha256: '',
    n: X.rows,
    d: X.cols,
    outputs: Y.cols,
    nTest: 0,
    classes: [],
    classCounts: [],
    labels: Y.data.every((value) => Math.abs(value) === 1) ? ('sign' as const) : ('real' as const),
    rank: numericalRank(s),
    rankWithOnes: numericalRank(singularValues(withOnes(X))),
    rankCentered: numericalRank(singularValues(centered(X)), 1e-12),
    sigmaMax: s[0],
    sigmaMin: s[numericalRank(s) - 1],
    whitenedError: null,
    image: null,
  }
  const network = NETWORK_SCHEMAS[family].parse({ family })
  return { X, Y, test: null, network, loss, beta, summary }
}

export function withOnes(X: Matrix): Matrix {
  return Matrix.fromRows(Array.from({ length: X.rows }, (_, i) => [...X.row(i), 1]))
}

export function centered(X: Matrix): Matrix {
  const means = Array.from(
    { length: X.cols },
    (_, c) => X.columnCopy(c).reduce((sum, t) => sum + t, 0) / X.rows,
  )
  return Matrix.fromRows(
    Array.from({ length: X.rows }, (_, i) => X.row(i).map((value, c) => value - means[c])),
  )
}

/** The program of a problem over all cells. */
export function enumerated(problem: Problem, cones = true): BuiltProgram {
  return buildProgram(problem, { mode: 'enumerate', count: 1, limit: 20_000 }, cones, 0)
}

/** Runs a solver to its end without limits. */
export function solved(solver: Solver, program: ConvexProgram, tolerance: number): SolverResult {
  const run = solver(program, { tolerance, stop: () => null })
  let step = run.next()
  while (!step.done) step = run.next()
  return step.value
}
