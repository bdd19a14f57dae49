/**
 * Neurons that are active on one sample only: the extreme points of the rectified ellipsoid along the basis vectors
 * (THEORY 5.11; Ergen & Pilanci 2021 (JMLR), Lemma 2.7).
 */
import { projectPolyhedralCone } from '../linalg/cone.ts'
import { Matrix } from '../linalg/matrix.ts'
import { axpy, dot, norm2 } from '../linalg/products.ts'
import { conicLeastSquares } from '../linalg/nnls.ts'

/** A sample closer to the hull of the others than this share of the largest distance counts as inside. */
const INSIDE = 1e-7

export interface ExtremePoint {
  /** Unit hidden weight, d entries. */
  readonly u: Float64Array
  /** Hidden bias; 0 without bias. */
  readonly b: number
  /**
   * n entries, 0 at i: u is the normalised aᵢ − Σλⱼaⱼ. With bias λ ≥ 0 sums to 1: the residual of writing aᵢ as a mixture
   * of the others.
   */
  readonly lambda: Float64Array
  /** aᵢᵀu + b > 0, the response of sample i; that of every other sample is 0. With bias, the distance to their hull. */
  readonly value: number
}

/**
 * max aᵢᵀu + b subject to aⱼᵀu + b ≤ 0 for j ≠ i and ‖u‖ ≤ 1: the unit neuron that responds most on sample i alone.
 *
 * With bias u points from the nearest point of the hull of the other samples to aᵢ, found by non-negative least squares
 * (Lawson and Hanson 1974, ch. 23: least distance programming). Without, u is the projection of aᵢ on the cone
 * {aⱼᵀu ≤ 0}.
 *
 * @param A n×d, samples as rows
 * @param i sample, 0 ≤ i < n
 * @param bias whether the neuron has a free bias
 * @returns null when there is no such neuron: aᵢ lies in the hull (without bias: the cone) of the others, up to 1e-7 of
 * its distance from them
 */
export function extremePointNeuron(A: Matrix, i: number, bias = true): ExtremePoint | null {
  if (!(Number.isInteger(i) && i >= 0 && i < A.rows)) {
    throw new RangeError(`Expected a sample from 0 to ${A.rows - 1}, found ${i}.`)
  }
  return bias ? withBias(A, i) : withoutBias(A, i)
}

/** {@link extremePointNeuron} of every sample. */
export function extremePoints(A: Matrix, bias = true): (ExtremePoint | null)[] {
  return Array.from({ length: A.rows }, (_, i) => extremePointNeuron(A, i, bias))
}

function withBias(A: Matrix, i: number): ExtremePoint | null {
  const others = indicesBut(A.rows, i)
  if (others.length === 0) return null
  const differences = rowsOf(A, others)
  for (let k = 0; k < others.length; k++) subtractFrom(A.row(i), differences.row(k))
  const weights = nearestToOrigin(differences)
  const u = new Float64Array(A.cols)
  weights?.lambda.forEach((share, k) => {
    axpy(share, differences.row(k), u)
  })
  const distance = norm2(u)
  if (!weights || distance <= INSIDE * weights.size) return null
  for (let c = 0; c < u.length; c++) u[c] /= distance
  const b = -others.reduce((most, j) => Math.max(most, dot(A.row(j), u)), -Infinity)
  return { u, b, lambda: spread(weights.lambda, others, A.rows), value: dot(A.row(i), u) + b }
}

function withoutBias(A: Matrix, i: number): ExtremePoint | null {
  const others = indicesBut(A.rows, i)
  const cone = rowsOf(A, others)
  for (let at = 0; at < cone.data.length; at++) cone.data[at] *= -1
  const { projection, multipliers } = projectPolyhedralCone(cone, A.row(i))
  const value = norm2(projection)
  if (!(value > INSIDE * norm2(A.row(i)))) return null
  const u = projection.map((entry) => entry / value)
  return { u, b: 0, lambda: spread(multipliers, others, A.rows), value }
}

/**
 * The mixture λ ≥ 0, Σλ = 1, of the rows of G nearest to the origin. With (r, ρ) the residual of writing (0, 1) as a
 * conic combination of the rows (gⱼ, 1), the nearest point is a multiple of r.
 *
 * @returns null when all rows are zero; `size` is the largest row norm
 */
function nearestToOrigin(G: Matrix): { lambda: Float64Array; size: number } | null {
  const d = G.cols
  const size = largestRow(G)
  if (size === 0) return null
  const lifted = Matrix.zeros(G.rows, d + 1)
  for (let k = 0; k < G.rows; k++) {
    axpy(1 / size, G.row(k), lifted.row(k))
    lifted.set(k, d, 1)
  }
  const target = new Float64Array(d + 1)
  target[d] = 1
  const { x } = conicLeastSquares(lifted, target)
  const total = x.reduce((sum, share) => sum + share, 0)
  return { lambda: x.map((share) => share / total), size }
}

function largestRow(G: Matrix): number {
  let most = 0
  for (let k = 0; k < G.rows; k++) most = Math.max(most, norm2(G.row(k)))
  return most
}

const indicesBut = (n: number, i: number) => Array.from({ length: n }, (_, j) => j).filter((j) => j !== i)

function rowsOf(A: Matrix, rows: readonly number[]): Matrix {
  const result = Matrix.zeros(rows.length, A.cols)
  rows.forEach((j, k) => result.row(k).set(A.row(j)))
  return result
}

/** row ← a − row. */
function subtractFrom(a: Float64Array, row: Float64Array): void {
  for (let c = 0; c < row.length; c++) row[c] = a[c] - row[c]
}

function spread(values: Float64Array, at: readonly number[], n: number): Float64Array {
  const result = new Float64Array(n)
  at.forEach((j, k) => (result[j] = values[k]))
  return result
}
