/**
 * Extreme points of the rectified ellipsoid along any direction (THEORY 5.11; Ergen & Pilanci 2021 (JMLR), Lemma 2.8).
 */
import { rowSpace } from '../data/spectrum.ts'
import { projectPolyhedralCone } from '../linalg/cone.ts'
import type { Matrix } from '../linalg/matrix.ts'
import { dot, multiply, multiplyVector, norm2 } from '../linalg/products.ts'
import { exactOracle, exactOracleWithBias } from '../programs/cutting-planes/exact-oracle.ts'
import { respond } from '../programs/cutting-planes/neuron.ts'

/** Responses below this share of ‖A‖ are zero: the sample is at the kink. */
const AT_KINK = 1e-10

export interface ExtremePointAlong {
  /** Unit hidden weight, d entries. */
  readonly u: Float64Array
  /** 0 without bias. */
  readonly b: number
  /** αᵀ(Au + b1)₊ > 0, the largest over ‖u‖ ≤ 1 and b. */
  readonly value: number
  /** S: samples with a positive response. */
  readonly active: readonly number[]
  /** n entries: λ on S and ν on the others, such that u is the normalised Σ_S (αᵢ + λᵢ)aᵢ − Σ νⱼaⱼ. */
  readonly multipliers: Float64Array
}

export interface AlongOptions {
  /** Whether neurons have free biases; default true. */
  readonly bias?: boolean
  /** Enumeration of more cells than this is refused; default 20,000. */
  readonly limit?: number
}

/**
 * max αᵀ(Au + b1)₊ over ‖u‖ ≤ 1 and b, exactly, by enumeration of the cells.
 *
 * @param A n×d, samples as rows; @param alpha n entries, with bias 1ᵀα ≤ 0: else the value grows without end with b
 * @returns null when no neuron has a positive value
 * @throws RangeError when 1ᵀα > 0 with bias; BidualError too-large when there are too many cells
 */
export function extremePointAlong(
  A: Matrix,
  alpha: Float64Array,
  { bias = true, limit = 20_000 }: AlongOptions = {},
): ExtremePointAlong | null {
  const sum = alpha.reduce((total, value) => total + value, 0)
  const size = alpha.reduce((total, value) => total + Math.abs(value), 0)
  if (bias && sum > 1e-12 * size) {
    throw new RangeError('With a free bias the value is bounded only where 1ᵀα ≤ 0.')
  }
  const best = bestNeuron(A, alpha, bias, limit)
  if (!best) return null
  const { u, b } = best
  const responses = respond(A, best)
  const small = AT_KINK * norm2(A.data)
  const active = [...responses.keys()].filter((i) => responses[i] > small)
  const multipliers = bias ? multipliersWithBias(A, alpha, active, { u, b }) : multipliersOf(A, alpha, active)
  return { u, b, value: dot(alpha, responses), active, multipliers }
}

function bestNeuron(
  A: Matrix,
  alpha: Float64Array,
  bias: boolean,
  limit: number,
): { u: Float64Array; b: number } | null {
  const points = bias ? differences(A, 0) : A
  const { V } = rowSpace(points)
  const reduced = multiply(points, V)
  const oracle = bias ? exactOracleWithBias(reduced, limit) : exactOracle(reduced, limit)
  // Both signs are priced; only neurons with a positive value are wanted.
  const best = oracle.price(alpha, 0).neurons.find((neuron) => dot(alpha, respond(reduced, neuron)) > 0)
  if (!best) return null
  const u = multiplyVector(V, best.u)
  return { u, b: bias ? best.b - dot(A.row(0), u) : 0 }
}

/** λ on S and ν elsewhere, from the projection of Σ_S αᵢaᵢ on the closed cell of S. */
function multipliersOf(A: Matrix, alpha: Float64Array, active: readonly number[]): Float64Array {
  const cone = A.clone()
  const g = new Float64Array(A.cols)
  const inside = new Set(active)
  for (let i = 0; i < A.rows; i++) {
    const row = cone.row(i)
    if (inside.has(i)) for (let c = 0; c < g.length; c++) g[c] += alpha[i] * row[c]
    else for (let c = 0; c < g.length; c++) row[c] = -row[c]
  }
  return projectPolyhedralCone(cone, g).multipliers
}

/** The same on the differences to the sample at the kink, whose own multiplier makes both sides sum to the same. */
function multipliersWithBias(
  A: Matrix,
  alpha: Float64Array,
  active: readonly number[],
  { u, b }: { u: Float64Array; b: number },
): Float64Array {
  const offsets = multiplyVector(A, u).map((t) => Math.abs(t + b))
  const kink = offsets.indexOf(offsets.reduce((least, t) => Math.min(least, t), Infinity))
  const multipliers = multipliersOf(differences(A, kink), alpha, active)
  const inside = new Set(active)
  multipliers[kink] = 0
  multipliers[kink] = multipliers.reduce(
    (sum, value, i) => sum + (inside.has(i) ? alpha[i] + value : -value),
    0,
  )
  return multipliers
}

function differences(A: Matrix, k: number): Matrix {
  const result = A.clone()
  const origin = A.row(k)
  for (let i = 0; i < A.rows; i++) {
    const row = result.row(i)
    for (let c = 0; c < row.length; c++) row[c] -= origin[c]
  }
  return result
}
