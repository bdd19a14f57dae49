import { growAtoms, type Growth, type GrowthSettings } from '../../../core/atoms/grow.ts'
import { atomsOf } from '../../../core/atoms/index.ts'
import { NETWORK_SCHEMAS, type FamilyId, type LossId } from '../../../core/experiments/document.ts'
import type { Problem } from '../../../core/experiments/problem.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { effectiveBeta, LOSSES } from '../../../core/losses/index.ts'
import { stream } from '../../../core/random/index.ts'
import { problemOn } from '../programs/fixtures.ts'

export const SMOOTH: readonly LossId[] = ['squared', 'logistic', 'cross-entropy']

/** Labels that a loss takes: real, ±1 or one-hot. */
export function labelsFor(loss: LossId, n: number, outputs: number, seed: number): Matrix {
  const source = stream(seed)
  const Y = Matrix.zeros(n, outputs)
  for (let i = 0; i < n; i++) {
    if (loss === 'hinge' || loss === 'logistic') Y.set(i, 0, source.uniform() < 0.5 ? -1 : 1)
    else if (loss === 'cross-entropy') Y.set(i, source.integer(outputs), 1)
    else Y.row(i).set(source.normals(outputs))
  }
  return Y
}

const SIZES: Partial<Record<FamilyId, object>> = {
  'conv-bn': { filter: 2 },
  parallel: { m1: 3, m2: 2 },
}

/** A random problem of a family; `relu-bias` gets data of rank one. */
export function problemFor(
  family: FamilyId,
  { n = 12, d = 4, outputs = 1, loss = 'squared', beta = 0.3, seed = 1 }: Partial<ProblemShape> = {},
): Problem {
  const source = stream(seed).split('X')
  const X = new Matrix(
    n,
    d,
    source.normals(n * d).map((value, at) => value + 0.3 * (at % d)),
  )
  if (family === 'relu-bias')
    for (let i = 0; i < n; i++) X.row(i).forEach((_, c) => void (X.row(i)[c] = X.get(i, 0) * (c + 1)))
  const problem = problemOn(X, labelsFor(loss, n, outputs, seed), family, loss, beta)
  return { ...problem, network: NETWORK_SCHEMAS[family].parse({ family, ...SIZES[family] }) }
}

interface ProblemShape {
  n: number
  d: number
  outputs: number
  loss: LossId
  beta: number
  seed: number
}

/** Growth to its end, or to an iteration that no test should need. */
export function grown(
  problem: Problem,
  settings: Partial<GrowthSettings> = {},
): Growth & { values: number[] } {
  const run = growAtoms(
    {
      family: atomsOf(problem),
      Y: problem.Y,
      loss: LOSSES[problem.loss],
      beta: effectiveBeta(problem.loss, problem.beta),
    },
    {
      tolerance: 1e-7,
      stop: (iteration) => (iteration >= 100 ? 'maxIterations' : null),
      stream: stream(11),
      ...settings,
    },
  )
  const values: number[] = []
  for (;;) {
    const step = run.next()
    values.push(step.value.primal)
    if (step.done) return { ...step.value, values }
  }
}
