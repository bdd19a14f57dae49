import type { Matrix } from '../linalg/matrix.ts'
import { axpy, dot, norm2, scale } from '../linalg/products.ts'

/**
 * A cone of unit vertices on which f(u) = Σ vᵢ(aᵢᵀu)₊ is bounded. Rows whose hyperplane misses the cone are summed up
 * in one linear form; only the rows that cross it are looked at again in its parts.
 */
export interface SimplicialCone {
  /** r unit vectors. */
  readonly vertices: readonly Float64Array[]
  readonly sign: 1 | -1
  /** Σ vᵢaᵢ over the rows that are positive on the whole cone. */
  readonly linear: Float64Array
  readonly crossing: Int32Array
  /** An upper bound of f on the part of the cone in the unit ball. */
  readonly bound: number
  /** f at the normalised centre: a lower bound of the maximum. */
  readonly value: number
}

/** The problem: rows and weights of f; `sign` in the cones multiplies the weights. */
export interface PiecewiseLinear {
  readonly A: Matrix
  readonly v: Float64Array
}

/**
 * Bounds f on the cone of the given vertices (THEORY §4). Terms with vᵢ > 0 are convex and lie below their values at
 * the vertices; a term with vᵢ < 0 lies below −|vᵢ|cᵢaᵢᵀu for any cᵢ ∈ [0, 1]. So f ≤ hᵀλ for u = Σλ_kV_k, and on the
 * ball hᵀλ ≤ min(‖V⁻ᵀh‖, max h_k / min c̄ᵀV_k) with c̄ the centre.
 *
 * @param rows that may cross the cone; @param linear the form of the others
 */
export function boundedCone(
  { A, v }: PiecewiseLinear,
  sign: 1 | -1,
  vertices: readonly Float64Array[],
  rows: ArrayLike<number>,
  linear: Float64Array,
): SimplicialCone {
  const center = normalizedSum(vertices)
  const form = linear.slice()
  const h = new Float64Array(vertices.length)
  const crossing: number[] = []
  let value = 0
  for (let k = 0; k < rows.length; k++) {
    const row = A.row(rows[k])
    const weight = sign * v[rows[k]]
    const along = vertices.map((vertex) => dot(row, vertex))
    if (along.every((t) => t <= 0)) continue
    if (along.every((t) => t >= 0)) {
      axpy(weight, row, form)
      continue
    }
    crossing.push(rows[k])
    const middle = dot(row, center)
    value += weight * Math.max(0, middle)
    for (let j = 0; j < h.length; j++) {
      h[j] += weight > 0 ? weight * Math.max(0, along[j]) : middle > 0 ? weight * along[j] : 0
    }
  }
  vertices.forEach((vertex, j) => (h[j] += dot(form, vertex)))
  const bound = Math.min(centerBound(vertices, h, center), spanBound(vertices, h))
  return {
    vertices,
    sign,
    linear: form,
    crossing: Int32Array.from(crossing),
    bound,
    value: value + dot(form, center),
  }
}

/** The two halves of a cone, cut at the middle of its longest edge. */
export function bisect(problem: PiecewiseLinear, cone: SimplicialCone): [SimplicialCone, SimplicialCone] {
  const { vertices, sign, crossing, linear } = cone
  let [first, second, least] = [0, 1, Infinity]
  for (let i = 0; i < vertices.length; i++) {
    for (let j = i + 1; j < vertices.length; j++) {
      const cosine = dot(vertices[i], vertices[j])
      if (cosine < least) [first, second, least] = [i, j, cosine]
    }
  }
  const middle = normalizedSum([vertices[first], vertices[second]])
  const half = (replaced: number) =>
    boundedCone(
      problem,
      sign,
      vertices.map((vertex, k) => (k === replaced ? middle : vertex)),
      crossing,
      linear,
    )
  return [half(first), half(second)]
}

function normalizedSum(vertices: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(vertices[0].length)
  for (const vertex of vertices) axpy(1, vertex, sum)
  scale(1 / norm2(sum), sum)
  return sum
}

/** Σλ_k ≤ 1/min c̄ᵀV_k on the ball. */
function centerBound(vertices: readonly Float64Array[], h: Float64Array, center: Float64Array): number {
  const most = Math.max(0, ...h)
  return most / Math.min(...vertices.map((vertex) => dot(center, vertex)))
}

/** ‖V⁻ᵀh‖ by Gaussian elimination on the rows V_kᵀ·x = h_k; Infinity when the vertices are nearly dependent. */
function spanBound(vertices: readonly Float64Array[], h: Float64Array): number {
  const r = h.length
  const rows = vertices.map((vertex, k) => Float64Array.of(...vertex, h[k]))
  for (let c = 0; c < r; c++) {
    let pivot = c
    for (let k = c + 1; k < r; k++) if (Math.abs(rows[k][c]) > Math.abs(rows[pivot][c])) pivot = k
    ;[rows[c], rows[pivot]] = [rows[pivot], rows[c]]
    if (Math.abs(rows[c][c]) < 1e-9) return Infinity
    for (let k = 0; k < r; k++) if (k !== c) axpy(-rows[k][c] / rows[c][c], rows[c], rows[k])
  }
  return norm2(Float64Array.from(rows, (row, c) => row[r] / row[c]))
}
