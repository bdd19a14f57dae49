/**
 * Networks of separate branches (THEORY 5.3, 5.4, 5.6): every branch is one chain of neurons, one in each hidden layer.
 * Its response to the data is x·κ·p·eᵀ, where x ≥ 0 is the product of the norms of its layers, p ≥ 0 a unit vector of n
 * entries, κ the response of unit weights and e a unit vector of K outputs. Where the matrices p·eᵀ of the branches are
 * orthogonal the squared loss is a sum of parts; weight decay on L balanced layers costs (L/2)·x^{2/L} a branch. Each x
 * then minimises
 *
 *     ½(κx − t)² + β(L/2)x^{2/L},   t = pᵀ·Y·e.
 */
import type { Problem, TrainedNetwork } from '../experiments/problem.ts'
import { Matrix } from '../linalg/matrix.ts'
import { frobeniusNorm } from '../linalg/products.ts'
import { effectiveBeta } from '../losses/index.ts'
import { reluNetwork } from '../networks/index.ts'
import { decayCost, decayProx } from '../programs/linear/schatten.ts'

/** What one branch can give, and what the labels ask of it. */
export interface Part {
  /** Unit input weights u, d entries: (X·u)₊ = κ·p. */
  input: Float64Array
  /** κ > 0. */
  unit: number
  /** p ≥ 0, n entries of norm 1. */
  response: Float64Array
  /** e, K entries of norm 1. */
  output: Float64Array
  /** t = pᵀ·Y·e > 0. */
  target: number
}

/** The part of a training problem that the sizes of the branches depend on. */
export interface BranchProblem {
  parts: readonly Part[]
  /** n×K. */
  Y: Matrix
  /** squared, or equality: x = t/κ. */
  loss: Problem['loss']
  beta: number
  /** L. */
  layers: number
}

/** The optimal x of every branch: exact, by the one-dimensional problem above. */
export function separateSizes({ parts, loss, beta, layers }: BranchProblem): Float64Array {
  return Float64Array.from(parts, ({ target, unit }) =>
    loss === 'equality' ? target / unit : decayProx(target / unit, beta / unit ** 2, layers),
  )
}

/** ℓ of branches of sizes x: ½Σ(κx − t)² and what of Y no branch reaches; 0 under equality. */
export function fitOf({ parts, Y, loss }: BranchProblem, sizes: Float64Array): number {
  if (loss === 'equality') return 0
  const missed = parts.reduce((sum, { unit, target }, k) => sum + (unit * sizes[k] - target) ** 2, 0)
  return 0.5 * (missed + frobeniusNorm(outOfReach(parts, Y)) ** 2)
}

/** The objective of balanced branches of sizes x: ℓ + β(L/2)Σx^{2/L}, without β under equality. */
export function separateValue(problem: BranchProblem, sizes: Float64Array): number {
  const { loss, beta, layers } = problem
  return fitOf(problem, sizes) + effectiveBeta(loss, beta) * decayCost(sizes, layers)
}

/** Y − Σt·p·eᵀ (n×K). */
export function outOfReach(parts: readonly Part[], Y: Matrix): Matrix {
  return minusResponses(
    Y,
    parts,
    parts.map(({ target }) => target),
  )
}

/** Y − F (n×K) for branches of sizes x. */
export function residualOf({ parts, Y }: BranchProblem, sizes: Float64Array): Matrix {
  return minusResponses(
    Y,
    parts,
    parts.map(({ unit }, k) => unit * sizes[k]),
  )
}

/** Σp·eᵀ/κ (n×K): under equality the dual point of two layers, at which every branch is priced 1. */
export function unitPrices(parts: readonly Part[], Y: Matrix): Matrix {
  const scales = parts.map(({ unit }) => -1 / unit)
  return minusResponses(Matrix.zeros(Y.rows, Y.cols), parts, scales)
}

function minusResponses(Y: Matrix, parts: readonly Part[], scales: readonly number[]): Matrix {
  const R = Y.clone()
  parts.forEach(({ response, output }, k) => {
    for (let i = 0; i < R.rows; i++) {
      const row = R.row(i)
      for (let j = 0; j < row.length; j++) row[j] -= scales[k] * response[i] * output[j]
    }
  })
  return R
}

/** The network of balanced branches of sizes x: every layer of branch k has norm x_k^{1/L}. Branches of size 0 are left out. */
export function separateNetwork(
  problem: Pick<BranchProblem, 'parts' | 'layers'>,
  sizes: Float64Array,
  shape: NetworkSides,
): TrainedNetwork {
  const { parts, layers } = problem
  const active = parts.map((part, k) => ({ part, size: sizes[k] })).filter(({ size }) => size > 0)
  const norms = active.map(({ size }) => new Float64Array(layers).fill(size ** (1 / layers)))
  return branchNetwork(
    active.map(({ part }) => part),
    norms,
    layers,
    shape,
  )
}

/** d and K. */
export interface NetworkSides {
  features: number
  outputs: number
}

/**
 * The network of one chain of neurons a part: W1 the inputs side by side, diagonal layers between, WL the outputs.
 *
 * @param norms L norms of every part, from the first layer to the last
 */
export function branchNetwork(
  parts: readonly Part[],
  norms: readonly Float64Array[],
  layers: number,
  { features, outputs }: NetworkSides,
): TrainedNetwork {
  const first = Matrix.zeros(features, parts.length)
  const last = Matrix.zeros(parts.length, outputs)
  parts.forEach(({ input, output }, k) => {
    for (let i = 0; i < features; i++) first.set(i, k, norms[k][0] * input[i])
    last.row(k).set(output.map((value) => norms[k][layers - 1] * value))
  })
  const between = Array.from({ length: layers - 2 }, (_, l) => diagonal(norms.map((all) => all[l + 1])))
  return reluNetwork(first, ...between, last)
}

function diagonal(values: readonly number[]): Matrix {
  const result = Matrix.zeros(values.length, values.length)
  values.forEach((value, k) => {
    result.set(k, k, value)
  })
  return result
}
