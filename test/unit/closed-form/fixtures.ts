import type { LossId, NetworkSettings } from '../../../core/experiments/document.ts'
import type { MethodOutcome, MethodProgress, Problem, RunContext } from '../../../core/experiments/problem.ts'
import type { ProblemSummary } from '../../../core/experiments/result.ts'
import { whitenedError } from '../../../core/data/spectrum.ts'
import { centerColumns } from '../../../core/closed-form/minimum-norm.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { numericalRank, singularValues } from '../../../core/linalg/svd.ts'
import { stream } from '../../../core/random/index.ts'

export const BN: NetworkSettings = { family: 'bn-relu', layers: 2, width: 20, bias: false, outputs: 'auto' }
export const RELU: NetworkSettings = { ...BN, family: 'relu' }

const withOnes = (X: Matrix): Matrix =>
  Matrix.fromRows(Array.from({ length: X.rows }, (_, i) => [...X.row(i), 1]))
const rankOf = (A: Matrix): number => numericalRank(singularValues(A))

/** A problem with its measured facts; everything that the methods under test read is real. */
export function problemOf(
  X: Matrix,
  Y: Matrix,
  labels: ProblemSummary['labels'],
  {
    network = BN,
    loss = 'squared',
    beta = 0.1,
  }: { network?: NetworkSettings; loss?: LossId; beta?: number } = {},
): Problem {
  const s = singularValues(X)
  const summary: ProblemSummary = {
    sha256: '',
    n: X.rows,
    d: X.cols,
    outputs: Y.cols,
    nTest: 0,
    classes: [],
    classCounts: [],
    labels,
    rank: rankOf(X),
    rankWithOnes: rankOf(withOnes(X)),
    rankCentered: rankOf(centerColumns(X)),
    sigmaMax: s[0],
    sigmaMin: s[s.length - 1],
    whitenedError: whitenedError(X),
    image: null,
  }
  return { X, Y, test: null, network, loss, beta, summary }
}

export const gaussian = (n: number, d: number, seed: number): Matrix =>
  new Matrix(
    n,
    d,
    stream(seed)
      .split('X')
      .normals(n * d),
  )

/** One-hot rows; every class but those left out has a sample when n allows. */
export function oneHot(n: number, K: number, seed: number): Matrix {
  const source = stream(seed).split('Y')
  const Y = Matrix.zeros(n, K)
  for (let i = 0; i < n; i++) Y.set(i, i < K ? i : source.integer(K), 1)
  return Y
}

export const context = (seed = 0, stop: RunContext['stop'] = () => null): RunContext => ({
  clock: () => 0,
  stop,
  seed,
  dictionarySeed: 0,
})

export interface Finished {
  outcome: MethodOutcome
  progress: MethodProgress[]
}

/** Runs a method to its end. */
export function finish(run: Generator<MethodProgress, MethodOutcome>): Finished {
  const progress: MethodProgress[] = []
  let step = run.next()
  while (!step.done) {
    progress.push(step.value)
    step = run.next()
  }
  return { outcome: step.value, progress }
}
