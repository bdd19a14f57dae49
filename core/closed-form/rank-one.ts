/**
 * ReLU networks on data of rank one, X = c·a₀ᵀ with ‖a₀‖ = 1 (THEORY 5.6; Ergen & Pilanci 2021, Thm 4.1, Prop. 4.2).
 *
 * Neurons along a₀ respond with c₊ = max(c, 0), neurons against it with c₋ = max(−c, 0), and nothing else helps: the
 * hull of ±c₊, ±c₋ holds every response of every layer (merged-bound.ts). So there are at most two parts, each with
 * the output direction Yᵀc₊, Yᵀc₋, and c ≥ 0 leaves one. All weights are of rank one along a part.
 *
 * Proved optimal at every depth: one part; two layers; two parts with the same output direction, which share all layers
 * from the second hidden one on and cost (L/2)(x₊ + x₋)^{2/L}. Two parts with different directions and three layers or
 * more: separate branches, with a lower bound.
 */
import { BidualError } from '../errors.ts'
import type { TrainedNetwork } from '../experiments/problem.ts'
import { Matrix } from '../linalg/matrix.ts'
import { dot, frobeniusNorm, multiplyTransposeVector, multiplyVector, norm2 } from '../linalg/products.ts'
import { EQUALITY_TOLERANCE } from '../losses/equality.ts'
import { fromMatrix, fromVector } from '../networks/arrays.ts'
import { reluNetwork } from '../networks/index.ts'
import { branchClaim } from './branch-claim.ts'
import {
  outOfReach,
  residualOf,
  separateNetwork,
  separateSizes,
  separateValue,
  unitPrices,
  type BranchProblem,
  type NetworkSides,
  type Part,
} from './branches.ts'
import { mergedOptimum } from './merged-bound.ts'
import type { SolveTheorem } from './theorem.ts'

/** Entries of c up to this share of the largest are rounding: a neuron there would need huge weights. */
const ROUNDING = 1e-13

/** The parts c₊ and c₋ of X (n×d, rank one) for targets Y (n×K); those that Y does not ask for are left out. */
export function rankOneParts(X: Matrix, Y: Matrix): Part[] {
  const along = largestRow(X)
  const c = multiplyVector(X, along)
  const largest = c.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return [1, -1].flatMap((sign): Part[] => {
    const values = c.map((value) => (sign * value > ROUNDING * largest ? sign * value : 0))
    const unit = norm2(values)
    if (unit === 0) return []
    const response = values.map((value) => value / unit)
    const asked = multiplyTransposeVector(Y, response)
    const target = norm2(asked)
    if (target === 0) return []
    const input = along.map((value) => sign * value)
    return [{ input, unit, response, output: asked.map((value) => value / target), target }]
  })
}

/** The row of largest norm, normalised: a₀ up to its sign. */
function largestRow(X: Matrix): Float64Array {
  let [best, largest] = [new Float64Array(X.cols), 0]
  for (let i = 0; i < X.rows; i++) {
    const norm = norm2(X.row(i))
    if (norm > largest) [best, largest] = [X.row(i).map((value) => value / norm), norm]
  }
  return best
}

const UNKNOWN = 'Whether other networks lie below these separate branches is not known.'

/** @throws BidualError unsupported, under equality, when no network without biases interpolates Y. */
export const solveRankOne: SolveTheorem = ({ X, Y, loss, beta, network: { layers } }) => {
  const parts = rankOneParts(X, Y)
  if (loss === 'equality') requireReach(parts, Y)
  const problem: BranchProblem = { parts, Y, loss, beta, layers }
  const bound = mergedOptimum(problem)
  const sides = { features: X.cols, outputs: Y.cols }
  const shared = layers > 2 && parts.length === 2 && sameDirection(parts)
  const sizes = shared ? bound.sizes : separateSizes(problem)
  const value = shared ? bound.value : separateValue(problem, sizes)
  const dual = loss === 'equality' ? unitPrices(parts, Y) : residualOf(problem, sizes)
  return {
    network: shared ? sharedNetwork(problem, sizes, sides) : separateNetwork(problem, sizes, sides),
    value,
    claim: branchClaim(problem, value, bound.value, UNKNOWN),
    status: 'solved',
    arrays: { sizes: fromVector(sizes), ...(layers === 2 ? { dual: fromMatrix(dual) } : {}) },
    details: {
      'signs of the rows': parts.length < 2 ? 'one' : 'both',
      branches: shared ? 'shared' : 'separate',
    },
  }
}

/** Output directions that differ by less count as the same. */
const SAME_DIRECTION = 1e-12

const sameDirection = ([first, second]: readonly Part[]): boolean =>
  1 - dot(first.output, second.output) <= SAME_DIRECTION

/**
 * Two parts that meet in one neuron of the second hidden layer: with G = Σx the first two layers have columns and rows
 * of norm G^{1/L}·√(x_k/G), all others norm G^{1/L}, so that every layer has the same norm.
 */
function sharedNetwork(
  { parts, layers }: BranchProblem,
  sizes: Float64Array,
  { features, outputs }: NetworkSides,
): TrainedNetwork {
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const active = parts.flatMap((part, k) => (sizes[k] > 0 ? [{ part, size: sizes[k] }] : []))
  if (active.length === 0) return separateNetwork({ parts, layers }, sizes, { features, outputs })
  const norm = total ** (1 / layers)
  const first = Matrix.zeros(features, active.length)
  const second = Matrix.zeros(active.length, 1)
  active.forEach(({ part, size }, k) => {
    const share = norm * Math.sqrt(size / total)
    second.set(k, 0, share)
    for (let i = 0; i < features; i++) first.set(i, k, share * part.input[i])
  })
  const scalar = new Matrix(1, 1, Float64Array.of(norm))
  const between = Array.from({ length: layers - 3 }, () => scalar.clone())
  const last = new Matrix(
    1,
    outputs,
    parts[0].output.map((value) => norm * value),
  )
  return reluNetwork(first, second, ...between, last)
}

function requireReach(parts: readonly Part[], Y: Matrix): void {
  const size = frobeniusNorm(Y)
  const miss = frobeniusNorm(outOfReach(parts, Y))
  if (miss <= EQUALITY_TOLERANCE * size) return
  throw new BidualError(
    'unsupported',
    `No network without biases fits these targets exactly: on data of rank one its outputs are proportional to the ` +
      `rows, and the best ones miss the targets by ${((100 * miss) / size).toPrecision(2)} %. ` +
      'Choose the squared loss, or a network with biases.',
  )
}
