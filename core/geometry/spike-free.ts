/**
 * The exact test of THEORY 5.10: whether (Au)₊ = Az with ‖z‖ ≤ ‖u‖ for every u, so that the rectified ellipsoid
 * {(Au)₊ : ‖u‖ ≤ 1} is the convex set {Az ≥ 0 : ‖z‖ ≤ 1} (Ergen & Pilanci 2021 (JMLR), §2.2).
 */
import { Matrix } from '../linalg/matrix.ts'
import { dot } from '../linalg/products.ts'
import { sameSignPair, shortestDependence, spikeCandidates } from './dependence.ts'
import { distinctDirections, radiusAround, type Representatives } from './distinct-directions.ts'
import { ResponseRange, type Spike } from './response-range.ts'

/**
 * Partial correlations up to this count as zero. One of 1e-8 lets ‖z‖ exceed ‖u‖ by a factor of 1 + 5e-17: less than
 * rounding.
 */
export const SPIKE_TOLERANCE = 1e-8

/** Two samples and a direction u whose rectified response no z of the length of u has. */
export interface SpikeWitness {
  /** Rows i < j of A. */
  readonly rows: readonly [number, number]
  /** Unit u, d entries. */
  readonly u: Float64Array
  /** The bias that goes with u; 0 without bias. */
  readonly b: number
  /** Distance of (Cu)₊ from the range of C, as a share of ‖(Cu)₊‖; C the distinct directions of the rows. */
  readonly outside: number
  /** The least ‖z‖ with Cz nearest to (Cu)₊: above 1 where (Cu)₊ is in the range and yet not reached. */
  readonly stretch: number
}

export interface SpikeFreeTest {
  readonly spikeFree: boolean
  /** Null when spike-free. */
  readonly witness: SpikeWitness | null
  /**
   * The largest gᵢⱼ/√(gᵢᵢgⱼⱼ), i ≠ j, of G = (CCᵀ)⁻¹; 1 when the rows of C depend on each other, −1 when there is one row
   * or none. Spike-free is at most {@link SPIKE_TOLERANCE}.
   */
  readonly correlation: number
}

/**
 * Exact and polynomial: O(nd·min(n, d)). Zero rows are dropped and positive multiples of a row merged (unit rows closer
 * than 1e-10), which changes nothing; what is left, C, must have linearly independent rows (singular values above
 * 10·ε·max(m, d)·σ₁) and (CCᵀ)⁻¹ no positive off-diagonal entry.
 *
 * Why: with t = Cu = a − b, a and b ≥ 0 complementary, ‖C†a‖ ≤ ‖u‖ is 2aᵀGb ≤ bᵀGb at the shortest u; scaling a leaves
 * aᵀGb ≤ 0. Where gᵢⱼ > 0, a = (gⱼⱼ/gᵢⱼ)eᵢ and b = eⱼ violate it most, by the factor 1/√(1 − gᵢⱼ²/(gᵢᵢgⱼⱼ)). Rows that
 * depend on each other fail: a shortest dependence has two coefficients of one sign, and a u at which its rows have both
 * signs has (Cu)₊ outside the range.
 *
 * @param A n×d, samples as rows
 * @throws NotFiniteError naming the entry
 */
export function spikeFreeTest(A: Matrix): SpikeFreeTest {
  const { rows, tooMany, units } = plainDirections(A)
  const range = new ResponseRange(units, false)
  return judge({ range, rows, dependent: tooMany, restore: ({ u }) => ({ u, b: 0 }) })
}

/**
 * The same for neurons with a free bias: whether (Au + b1)₊ = Az + c1 with ‖z‖ ≤ ‖u‖ for every u and b. Equal samples are
 * merged; the others must be affinely independent, and G = (HCCᵀH)†, H = I − 11ᵀ/m, have no positive off-diagonal entry:
 * they are the corners of a simplex without obtuse angles between its faces. (It is the test of [A, M·1] for M → ∞.)
 *
 * @param A n×d, samples as rows; @returns `outside` and `stretch` with the biases free
 * @throws NotFiniteError naming the entry
 */
export function spikeFreeTestWithBias(A: Matrix): SpikeFreeTest {
  const { rows, tooMany, size } = affineDirections(A)
  const distinct = pick(A, rows)
  const center = meanRow(distinct)
  const range = new ResponseRange(shifted(distinct, center, size), true)
  const restore = ({ u, b }: Spike) => ({ u, b: size * b - dot(center, u) })
  return judge({ range, rows, dependent: tooMany, restore })
}

/** Whether there are more distinct directions (with bias: samples) than can be independent: then A is not spike-free. */
export function hasTooManyDirections(A: Matrix, bias: boolean): boolean {
  return (bias ? affineDirections(A) : plainDirections(A)).tooMany
}

const plainDirections = (A: Matrix): Representatives => distinctDirections(A.rows, (i) => A.row(i), A.cols)

/** Equal samples are those whose [a, 1] have one direction, the unit of length being the `size` of the data. */
function affineDirections(A: Matrix): Representatives & { size: number } {
  const center = meanRow(A)
  const size = radiusAround(A, center)
  const lifted = (i: number): Float64Array => {
    const vector = new Float64Array(A.cols + 1)
    A.row(i).forEach((value, c) => (vector[c] = (value - center[c]) / size))
    vector[A.cols] = 1
    return vector
  }
  return { ...distinctDirections(A.rows, lifted, A.cols + 1), size }
}

interface Case {
  range: ResponseRange
  /** Rows of A that stand for the distinct directions. */
  rows: readonly number[]
  /** Whether there are more of them than dimensions. */
  dependent: boolean
  /** From the coordinates of the range to those of A. */
  restore: (spike: Spike) => { u: Float64Array; b: number }
}

function judge({ range, rows, dependent, restore }: Case): SpikeFreeTest {
  if (rows.length < 2) return { spikeFree: true, witness: null, correlation: -1 }
  const found = dependent || range.isDependent ? byDependence(range) : byCorrelation(range)
  const { pair, correlation, spike } = found
  if (correlation <= SPIKE_TOLERANCE) return { spikeFree: true, witness: null, correlation }
  const { outside, stretch } = range.evaluate(spike)
  const [i, j] = pair.map((k) => rows[k]).sort((p, q) => p - q)
  return { spikeFree: false, correlation, witness: { rows: [i, j], ...restore(spike), outside, stretch } }
}

interface Finding {
  pair: [number, number]
  correlation: number
  spike: Spike
}

/** The pair with the largest partial correlation, and the u = C†((gⱼⱼ/gᵢⱼ)eᵢ − eⱼ) that it stretches most. */
function byCorrelation(range: ResponseRange): Finding {
  const G = range.precision()
  let [pair, correlation] = [[0, 1] as [number, number], -1]
  for (let i = 0; i < G.rows; i++) {
    for (let j = 0; j < i; j++) {
      const value = G.get(i, j) / Math.sqrt(G.get(i, i) * G.get(j, j))
      if (value > correlation) [pair, correlation] = [[i, j], value]
    }
  }
  const [i, j] = pair
  const t = new Float64Array(G.rows)
  t[i] = G.get(j, j) / Math.max(G.get(i, j), Number.MIN_VALUE)
  t[j] = -1
  return { pair, correlation, spike: range.shortest(t) }
}

/** Two rows of a shortest dependence, and a u between them whose rectified response is furthest outside the range. */
function byDependence(range: ResponseRange): Finding {
  const { lifted } = range
  const mu = shortestDependence(lifted)
  const pair = sameSignPair(mu)
  const [ci, cj] = pair.map((k) => lifted.row(k))
  const start = range.between(ci, cj)
  const spikes = spikeCandidates(lifted, mu, start).map((v) => range.unit(v))
  const furthest = spikes.reduce((best, spike) =>
    range.evaluate(spike).outside > range.evaluate(best).outside ? spike : best,
  )
  return { pair, correlation: 1, spike: furthest }
}

function pick(A: Matrix, rows: readonly number[]): Matrix {
  const result = Matrix.zeros(rows.length, A.cols)
  rows.forEach((i, k) => result.row(k).set(A.row(i)))
  return result
}

function meanRow(A: Matrix): Float64Array {
  const mean = new Float64Array(A.cols)
  for (let i = 0; i < A.rows; i++) for (let c = 0; c < A.cols; c++) mean[c] += A.get(i, c) / A.rows
  return mean
}

/** (A − 1·offsetᵀ)/size. */
function shifted(A: Matrix, offset: Float64Array, size: number): Matrix {
  const result = A.clone()
  for (let i = 0; i < A.rows; i++) {
    const row = result.row(i)
    for (let c = 0; c < row.length; c++) row[c] = (row[c] - offset[c]) / size
  }
  return result
}
