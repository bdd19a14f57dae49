import { Matrix } from '../linalg/matrix.ts'
import { combine, frobeniusNorm, multiply, norm2 } from '../linalg/products.ts'
import { minimumNorm } from '../linalg/minimum-norm.ts'
import type { LabelPart } from './bn-interpolation.ts'
import { scalarParts } from './bn-scalar.ts'
import { vectorParts } from './bn-vector.ts'
import type { Part } from './branches.ts'

export interface LabelParts {
  parts: Part[]
  /** ‖X·W − P‖_F/‖P‖_F: 0 to rounding where X has full row rank. */
  residual: number
}

/**
 * The parts of the labels, each with the neuron of least norm that responds with it: u = X†p/‖X†p‖, κ = 1/‖X†p‖
 * (THEORY 5.3, 5.4). One output: (y)₊ and (−y)₊; several, one-hot: the classes. Empty parts are left out.
 *
 * @param X n×d of rank n
 */
export function labelParts(X: Matrix, Y: Matrix): LabelParts {
  const labels = (Y.cols === 1 ? scalarParts(Y) : vectorParts(Y)).filter(({ values }) => norm2(values) > 0)
  const P = Matrix.zeros(X.rows, labels.length)
  labels.forEach(({ values }, k) => {
    const norm = norm2(values)
    values.forEach((value, i) => {
      P.set(i, k, value / norm)
    })
  })
  if (labels.length === 0) return { parts: [], residual: 0 }
  const W = minimumNorm(X, P).X
  return {
    parts: labels.map((label, k) => partOf(label, W.columnCopy(k), Y.cols)),
    residual: frobeniusNorm(combine(1, multiply(X, W), -1, P)) / frobeniusNorm(P),
  }
}

function partOf({ values, output, sign }: LabelPart, weights: Float64Array, outputs: number): Part {
  const [target, size] = [norm2(values), norm2(weights)]
  const e = new Float64Array(outputs)
  e[output] = sign
  return {
    input: weights.map((weight) => weight / size),
    unit: 1 / size,
    response: values.map((value) => value / target),
    output: e,
    target,
  }
}

/** Above this residual the weights do not interpolate: the data are too ill-conditioned for the formula. */
const RESIDUAL_LIMIT = 1e-9

export const statusOf = (residual: number): 'solved' | 'numericalError' =>
  residual <= RESIDUAL_LIMIT ? 'solved' : 'numericalError'
