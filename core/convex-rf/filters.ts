import { extremePointNeuron } from '../geometry/extreme-points.ts'
import { symmetricEigen } from '../linalg/eigen.ts'
import { Matrix } from '../linalg/matrix.ts'
import { gram, identity, multiply, scaleColumns } from '../linalg/products.ts'
import { normalizePatches, patchCount, patchRange, patchSize, type PatchGeometry } from '../networks/index.ts'
import type { Stream } from '../random/index.ts'

/** Random patches of the rows of X, one a row; flat ones, which have no direction, are drawn again. */
export function drawPatches(X: Matrix, geometry: PatchGeometry, count: number, stream: Stream): Matrix {
  const perImage = patchCount(geometry)
  const kept: Float64Array[] = []
  for (let draw = 0; draw < MOST_DRAWS * count && kept.length < count; draw++) {
    const patch = patchRange(X, geometry, stream.integer(X.rows * perImage), 1).data
    if (patch.some((value) => value !== patch[0])) kept.push(patch)
  }
  const patches = Matrix.zeros(kept.length, patchSize(geometry))
  kept.forEach((patch, i) => patches.row(i).set(patch))
  return patches
}

/** Draws for each patch wanted: images may be mostly background. */
const MOST_DRAWS = 20

/** The mean over the patches of the variance within a patch. */
export function meanVariance(patches: Matrix): number {
  let sum = 0
  for (let i = 0; i < patches.rows; i++) {
    const p = patches.row(i)
    const mean = p.reduce((total, value) => total + value, 0) / p.length
    sum += p.reduce((total, value) => total + (value - mean) ** 2, 0) / p.length
  }
  return sum / Math.max(1, patches.rows)
}

export interface Whitening {
  /** h entries. */
  mean: Float64Array
  /** V(D + εI)^(−1/2)Vᵀ, h×h. */
  whitening: Matrix
}

/** Zero-phase whitening of the rows of P by their covariance VDVᵀ (Alg. 2, line 7). */
export function zeroPhaseWhitening(P: Matrix, epsilon: number): Whitening {
  const mean = columnMeans(P)
  const { values, vectors } = symmetricEigen(covariance(P, mean))
  const roots = values.map((value) => 1 / Math.sqrt(Math.max(0, value) + epsilon))
  return { mean, whitening: multiply(scaleColumns(vectors, roots), vectors, { transposeB: true }) }
}

/** Patches as they are, without whitening. */
export const noWhitening = (size: number): Whitening => ({
  mean: new Float64Array(size),
  whitening: identity(size),
})

export interface Filters {
  /** h×P, unit columns. */
  filters: Matrix
  /** Patches that lie in the hull of the others, where there is no such neuron. */
  inside: number
}

/**
 * The neuron of every patch that responds most on it alone (THEORY 5.11; Alg. 2, line 9): the residual of writing it as a
 * mixture of the others, normalised.
 *
 * @param P normalised patches as rows; whitened here
 * @yields the number of patches that are done
 */
export function* extremeFilters(P: Matrix, { mean, whitening }: Whitening): Generator<number, Filters> {
  const centered = P.clone()
  for (let i = 0; i < P.rows; i++) centered.row(i).forEach((value, k, row) => (row[k] = value - mean[k]))
  const A = multiply(centered, whitening)
  const found: Float64Array[] = []
  for (let i = 0; i < A.rows; i++) {
    yield i
    const neuron = extremePointNeuron(A, i)
    if (neuron) found.push(neuron.u)
  }
  const filters = Matrix.zeros(P.cols, found.length)
  found.forEach((u, j) => u.forEach((value, k) => filters.set(k, j, value)))
  return { filters, inside: A.rows - found.length }
}

/** Draws, normalises and reports the floor of the variance that goes with it: `epsilon` times what patches have. */
export function normalizedPatches(
  X: Matrix,
  geometry: PatchGeometry,
  { patches: count, epsilon }: { patches: number; epsilon: number },
  stream: Stream,
): { patches: Matrix; varianceFloor: number } {
  const patches = drawPatches(X, geometry, count, stream)
  const varianceFloor = epsilon * meanVariance(patches)
  return { patches: normalizePatches(patches, varianceFloor), varianceFloor }
}

function columnMeans(P: Matrix): Float64Array {
  const mean = new Float64Array(P.cols)
  for (let i = 0; i < P.rows; i++) P.row(i).forEach((value, k) => (mean[k] += value / P.rows))
  return mean
}

function covariance(P: Matrix, mean: Float64Array): Matrix {
  const C = gram(P)
  const h = P.cols
  for (let i = 0, at = 0; i < h; i++) {
    for (let j = 0; j < h; j++, at++) C.data[at] = C.data[at] / P.rows - mean[i] * mean[j]
  }
  return C
}
