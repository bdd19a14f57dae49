/**
 * The construction that THEORY 5.1 and 5.2 share. Y is a sum of parts p ≥ 0 with disjoint supports, each with its own
 * output direction e (‖e‖ = 1): Y = Σ p·eᵀ. A is the input of the last hidden layer, X in two-layer networks. When
 * rank([A 1]) = n the response of one normalised neuron can be any
 * vector, so each part is fitted by one neuron,
 *
 *     w = A_c†(p − p̄),  γ = √s·‖p − p̄‖/‖p‖,  α = √s·1ᵀp/(√n·‖p‖),  output √s·e,  s = (‖p‖ − β)₊,
 *
 * whose response is √s·p/‖p‖. The scaling by √s makes it the optimum of the weight-decay problem itself. The dual
 * point V = Y − F is feasible for every X, since ‖Vᵀφ‖ ≤ β for each φ ≥ 0 of norm at most 1; its value is the
 * formula below, which therefore is a lower bound even when the hypothesis on the rank fails.
 */
import type { Problem } from '../experiments/problem.ts'
import { Matrix } from '../linalg/matrix.ts'
import { norm2 } from '../linalg/products.ts'
import { fromMatrix } from '../networks/arrays.ts'
import { bnReluNetwork } from '../networks/bn-relu.ts'
import { fixedLayers } from './bn-layers.ts'
import { centerColumns, solveCentered } from './minimum-norm.ts'
import type { ClosedForm, Theorem } from './theorem.ts'

/** One nonnegative part of Y: column `output` of Y holds sign·values where values > 0. */
export interface LabelPart {
  values: Float64Array
  output: number
  sign: 1 | -1
}

/** Above this relative residual of A_c·W = Y_c the data are too ill-conditioned for the formula. */
const RESIDUAL_LIMIT = 1e-6

/** Σ over parts of β‖p‖ − ½β² where ‖p‖ > β, ½‖p‖² elsewhere (THEORY 5.1, 5.2, all regimes of β). */
export function optimalValue(parts: readonly LabelPart[], beta: number): number {
  return parts.reduce((sum, { values }) => {
    const norm = norm2(values)
    return sum + (norm > beta ? beta * norm - 0.5 * beta * beta : 0.5 * norm * norm)
  }, 0)
}

export const statusOfInterpolation = (residual: number): ClosedForm['status'] =>
  residual <= RESIDUAL_LIMIT ? 'solved' : 'numericalError'

/**
 * The optimal network of ½‖F − Y‖² + (β/2)(‖γ‖² + ‖α‖² + ‖WL‖²). In deep networks the input of the last hidden layer are
 * the activations behind random, fixed layers in place of X.
 *
 * @param seed of the fixed layers
 * @returns V (n×K), the optimal dual point, as the array `dual`
 */
export function interpolateParts(
  problem: Problem,
  parts: readonly LabelPart[],
  { title, source }: Theorem,
  seed: number,
): ClosedForm {
  const { X, Y, beta } = problem
  const { front, A, measured } = fixedLayers(problem, seed)
  const active = parts.filter(({ values }) => norm2(values) > beta)
  const { W, residual, solver } = solveCentered(centerColumns(A), centeredParts(active, X.rows))
  const value = optimalValue(parts, beta)
  return {
    network: bnReluNetwork({ W1: W, ...outerWeights(active, Y.cols, beta) }, X, front),
    value,
    claim: { level: 'global', lowerBound: value, how: `Value formula of ${title} (${source}).` },
    measured,
    // The lower bound holds in either case; the weights attain it only when the interpolation succeeded.
    status: statusOfInterpolation(residual),
    arrays: { dual: fromMatrix(dualPoint(parts, X.rows, Y.cols, beta)) },
    details: { 'interpolation residual': residual, solver },
  }
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Columns p − p̄, n×m; exactly zero for a constant part. */
function centeredParts(parts: readonly LabelPart[], n: number): Matrix {
  const B = Matrix.zeros(n, parts.length)
  parts.forEach(({ values }, j) => {
    const average = mean(values)
    const constant = values.every((value) => value === values[0])
    for (let i = 0; i < n; i++) B.set(i, j, constant ? 0 : values[i] - average)
  })
  return B
}

function outerWeights(parts: readonly LabelPart[], outputs: number, beta: number) {
  const gamma = new Float64Array(parts.length)
  const alpha = new Float64Array(parts.length)
  const W2 = Matrix.zeros(parts.length, outputs)
  parts.forEach(({ values, output, sign }, j) => {
    const [norm, average] = [norm2(values), mean(values)]
    const root = Math.sqrt(norm - beta)
    const spread = values.every((value) => value === values[0]) ? 0 : norm2(values.map((p) => p - average))
    gamma[j] = (root * spread) / norm
    alpha[j] = (root * Math.sqrt(values.length) * average) / norm
    W2.set(j, output, sign * root)
  })
  return { gamma, alpha, W2 }
}

/** V = Y − F: β·p/‖p‖ for an active part, p itself for one below β. */
function dualPoint(parts: readonly LabelPart[], n: number, outputs: number, beta: number): Matrix {
  const V = Matrix.zeros(n, outputs)
  for (const { values, output, sign } of parts) {
    const factor = sign * Math.min(1, beta / norm2(values))
    for (let i = 0; i < n; i++) if (values[i] > 0) V.set(i, output, factor * values[i])
  }
  return V
}
