import type { Matrix } from '../linalg/matrix.ts'

/** A hyperplane whose unit normal has at most this product with a vertex passes through it. */
export const ON_PLANE = 1e-14
/** Cuts stay this far from the ends of an edge, as shares of it. */
const LEAST_SHARE = 0.2
/** Share of the length of an edge in its score: it decides where no hyperplane crosses. */
const LENGTH_SHARE = 1e-9

/** Rows that are looked at to choose a cut, about. */
const SCORED = 48

/** Bit k where vertex k lies before a hyperplane, bit 16 + k where it lies behind, none where it lies on it. */
export function sideOf(image: number, k: number): number {
  if (image > ON_PLANE) return 1 << k
  return image < -ON_PLANE ? 1 << (k + 16) : 0
}

/** Where a cone is cut: between two of its vertices. */
export interface Cut {
  first: number
  second: number
  /** The new vertex is along·V_first + across·V_second, a unit vector. */
  along: number
  across: number
  /** Length of the edge. */
  length: number
}

/**
 * The cone of r unit vertices in R^r that is being worked on: buffers that are filled again for every cone.
 *
 * Hyperplanes that miss the cone are summed up in `form` (its layout belongs to the bounder); only those that cross it
 * are listed.
 */
export class WorkingCone {
  readonly r: number
  /** r×r: row k is V_k. */
  readonly vertices: Float64Array
  /** r×r: row k is W_k with W_kᵀV_l = δ_kl, so u = Σ (W_kᵀu)V_k. */
  readonly dual: Float64Array
  readonly form: Float64Array
  /** The hyperplanes that cross the cone: the first `count`. */
  readonly rows: Int32Array
  count = 0
  /** On which side of a crossing hyperplane the vertices lie: the combined {@link sideOf} of all of them. */
  readonly sides: Int32Array
  /** count×r: the crossing normals times the vertices, where they were computed. */
  readonly images: Float64Array
  /** Σ V_k. */
  readonly center: Float64Array
  /** Upper bounds of F, −F on the part in the unit ball; of ‖F‖ and 0 for vector outputs. */
  readonly bounds = new Float64Array(2)
  /** min over k of c̄ᵀV_k, c̄ the normalised centre: Σλ_k ≤ 1/least for Σλ_kV_k in the unit ball. */
  least = 1
  private readonly work: Float64Array
  private readonly scores: Float64Array

  constructor(r: number, hyperplanes: number, formSize: number) {
    this.r = r
    this.vertices = new Float64Array(r * r)
    this.dual = new Float64Array(r * r)
    this.form = new Float64Array(formSize)
    this.rows = new Int32Array(hyperplanes)
    this.sides = new Int32Array(hyperplanes)
    this.images = new Float64Array(hyperplanes * r)
    this.center = new Float64Array(r)
    this.work = new Float64Array(2 * r * r)
    this.scores = new Float64Array((r * (r - 1)) / 2)
  }

  get bound(): number {
    return Math.max(this.bounds[0], this.bounds[1])
  }

  /** Fills in `center` and `least`. */
  measureCenter(): void {
    const { r, vertices, center } = this
    let square = 0
    for (let c = 0; c < r; c++) {
      let sum = 0
      for (let k = 0; k < r; k++) sum += vertices[k * r + c]
      center[c] = sum
      square += sum * sum
    }
    let least = Infinity
    for (let k = 0, at = 0; k < r; k++) {
      let sum = 0
      for (let c = 0; c < r; c++, at++) sum += center[c] * vertices[at]
      if (sum < least) least = sum
    }
    this.least = least / Math.sqrt(square)
  }

  /** Images of every `stride`-th crossing normal. */
  computeImages({ data }: Matrix, stride: number): void {
    const { r, rows, count, vertices, images } = this
    for (let e = 0; e < count; e += stride) {
      const from = rows[e] * r
      let to = e * r
      for (let k = 0, v = 0; k < r; k++, to++) {
        let t = 0
        for (let c = 0; c < r; c++, v++) t += data[from + c] * vertices[v]
        images[to] = t
      }
    }
  }

  /** `sides` of all crossing rows from their images. */
  findSides(): void {
    const { r, count, images, sides } = this
    for (let e = 0, at = 0; e < count; e++) {
      let side = 0
      for (let k = 0; k < r; k++, at++) side |= sideOf(images[at], k)
      sides[e] = side
    }
  }

  /** The stride at which about {@link SCORED} rows are looked at. */
  get scoringStride(): number {
    return Math.max(1, Math.floor(this.count / SCORED))
  }

  /** For every edge Σ size·|t_i||t_j| over the kinks on it, of every `stride`-th row. */
  private scoreEdges(sizes: Float64Array, stride: number): void {
    const { r, rows, count, images, scores } = this
    scores.fill(0)
    for (let e = 0; e < count; e += stride) {
      const at = e * r
      const size = 0.5 * stride * sizes[rows[e]]
      for (let i = 1, edge = 0; i < r; i++) {
        const t = size * images[at + i]
        for (let j = 0; j < i; j++, edge++) {
          const product = t * images[at + j]
          scores[edge] += Math.abs(product) - product
        }
      }
    }
  }

  /** `dual` from the vertices by Gauss–Jordan with pivoting; zero when they are nearly dependent. */
  invert(): void {
    const { r, vertices, dual, work } = this
    // The vertices as columns beside I: what I becomes when they become I has the W_k as its rows.
    const width = 2 * r
    for (let i = 0; i < r; i++) {
      for (let k = 0; k < r; k++) {
        work[i * width + k] = vertices[k * r + i]
        work[i * width + r + k] = i === k ? 1 : 0
      }
    }
    for (let c = 0; c < r; c++) {
      let pivot = c
      for (let i = c + 1; i < r; i++) {
        if (Math.abs(work[i * width + c]) > Math.abs(work[pivot * width + c])) pivot = i
      }
      if (Math.abs(work[pivot * width + c]) < 1e-12) {
        dual.fill(0)
        return
      }
      eliminate(work, r, c, pivot)
    }
    for (let k = 0; k < r; k++) for (let c = 0; c < r; c++) dual[k * r + c] = work[k * width + r + c]
  }

  /**
   * The edge along which the crossing terms are furthest from their chords, cut at the mean of the kinks on it. Looks at
   * every `stride`-th row, whose images are known.
   *
   * @param sizes of the terms, by hyperplane
   * @param curvature what a squared length of an edge counts beside that
   */
  chooseCut(sizes: Float64Array, curvature: number, stride: number): Cut {
    this.scoreEdges(sizes, stride)
    const { r, scores, vertices } = this
    const cut = { first: 0, second: 1, along: 0, across: 0, length: 0 }
    let best = -1
    let atKinks = false
    for (let i = 0, edge = 0; i < r; i++) {
      for (let j = 0; j < i; j++, edge++) {
        const square = squaredDistance(vertices, i * r, j * r, r)
        const score = scores[edge] + (curvature + LENGTH_SHARE) * square
        if (score <= best) continue
        best = score
        cut.first = i
        cut.second = j
        cut.length = Math.sqrt(square)
        atKinks = scores[edge] > curvature * square
      }
    }
    const share = atKinks ? this.meanKink(cut, sizes, stride) : 0.5
    const size = Math.sqrt(1 - share * (1 - share) * cut.length ** 2)
    cut.along = (1 - share) / size
    cut.across = share / size
    return cut
  }

  /** Where the kinks on an edge lie, as a share of it: the mean, weighted by how far the terms are above their chords. */
  private meanKink({ first, second }: Cut, sizes: Float64Array, stride: number): number {
    const { r, rows, count, images } = this
    let total = 0
    let sum = 0
    for (let e = 0; e < count; e += stride) {
      const t = images[e * r + first]
      const s = images[e * r + second]
      if (t * s >= 0) continue
      const place = t / (t - s)
      const excess = sizes[rows[e]] * Math.abs(s) * place
      total += excess
      sum += excess * place
    }
    return Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, sum / total))
  }

  /** Becomes the part of `parent` in which vertex `replaced` is moved to the cut; rows and form are left to sort. */
  becomePart(parent: WorkingCone, cut: Cut, replaced: number): void {
    const { r, vertices, dual } = this
    vertices.set(parent.vertices)
    dual.set(parent.dual)
    this.form.set(parent.form)
    this.bounds.set(parent.bounds)
    const isFirst = replaced === cut.first
    const kept = isFirst ? cut.second : cut.first
    const [own, other] = isFirst ? [cut.along, cut.across] : [cut.across, cut.along]
    // u = λV + μV′ = (λ/own)·x + (μ − λ·other/own)·V′ for the new vertex x = own·V + other·V′.
    for (let c = 0; c < r; c++) {
      const [at, beside] = [replaced * r + c, kept * r + c]
      vertices[at] = own * parent.vertices[at] + other * parent.vertices[beside]
      dual[beside] -= (dual[at] * other) / own
      dual[at] /= own
    }
  }
}

function eliminate(work: Float64Array, r: number, c: number, pivot: number): void {
  const width = 2 * r
  for (let k = 0; k < width; k++) {
    const kept = work[c * width + k]
    work[c * width + k] = work[pivot * width + k]
    work[pivot * width + k] = kept
  }
  const inverse = 1 / work[c * width + c]
  for (let k = 0; k < width; k++) work[c * width + k] *= inverse
  for (let i = 0; i < r; i++) {
    const factor = work[i * width + c]
    if (i === c || factor === 0) continue
    for (let k = 0; k < width; k++) work[i * width + k] -= factor * work[c * width + k]
  }
}

function squaredDistance(x: Float64Array, i: number, j: number, n: number): number {
  let sum = 0
  for (let c = 0; c < n; c++) sum += (x[i + c] - x[j + c]) ** 2
  return sum
}
