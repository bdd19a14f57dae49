import type { Matrix } from '../linalg/matrix.ts'

/** A hyperplane whose unit normal has at most this product with a vertex passes through it. */
export const ON_PLANE = 1e-14
/** Cuts stay this far from the ends of an edge, as shares of it. */
const LEAST_SHARE = 0.2
/** Share of the length of an edge in its score: it decides where no hyperplane crosses. */
const LENGTH_SHARE = 1e-9

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
  /** count×r: the crossing normals times the vertices. */
  readonly images: Float64Array
  /** Sums of the rows of the images: their signs are those at the centre. */
  readonly middles: Float64Array
  /** How many vertices a crossing hyperplane has before and behind it. */
  readonly positives: Uint8Array
  readonly negatives: Uint8Array
  /** Upper bounds of F, −F on the part in the unit ball; of ‖F‖ and 0 for vector outputs. */
  readonly bounds = new Float64Array(2)
  /** min over k of c̄ᵀV_k, c̄ the normalised centre: Σλ_k ≤ 1/least for Σλ_kV_k in the unit ball. */
  least = 1
  private readonly work: Float64Array
  private readonly scores: Float64Array
  private readonly pulls: Float64Array

  constructor(r: number, hyperplanes: number, formSize: number) {
    this.r = r
    this.vertices = new Float64Array(r * r)
    this.dual = new Float64Array(r * r)
    this.form = new Float64Array(formSize)
    this.rows = new Int32Array(hyperplanes)
    this.images = new Float64Array(hyperplanes * r)
    this.middles = new Float64Array(hyperplanes)
    this.positives = new Uint8Array(hyperplanes)
    this.negatives = new Uint8Array(hyperplanes)
    this.work = new Float64Array(2 * r * r)
    this.scores = new Float64Array(r * r)
    this.pulls = new Float64Array(r * r)
  }

  get bound(): number {
    return Math.max(this.bounds[0], this.bounds[1])
  }

  /** Fills in `least`. */
  measureCenter(): void {
    const { r, vertices, work } = this
    let square = 0
    for (let c = 0; c < r; c++) {
      let sum = 0
      for (let k = 0; k < r; k++) sum += vertices[k * r + c]
      work[c] = sum
      square += sum * sum
    }
    let least = Infinity
    for (let k = 0, at = 0; k < r; k++) {
      let sum = 0
      for (let c = 0; c < r; c++, at++) sum += work[c] * vertices[at]
      if (sum < least) least = sum
    }
    this.least = least / Math.sqrt(square)
  }

  /** Images of the crossing normals, with what is asked of each row of them later; the scores of the edges. */
  survey({ data }: Matrix, sizes: Float64Array): void {
    const { r, rows, count, vertices, images, middles, positives, negatives } = this
    this.scores.fill(0)
    this.pulls.fill(0)
    for (let e = 0, at = 0; e < count; e++, at += r) {
      const from = rows[e] * r
      let [positive, negative, middle] = [0, 0, 0]
      for (let k = 0, v = 0; k < r; k++) {
        let t = 0
        for (let c = 0; c < r; c++, v++) t += data[from + c] * vertices[v]
        images[at + k] = t
        middle += t
        if (t > ON_PLANE) positive++
        else if (t < -ON_PLANE) negative++
      }
      middles[e] = middle
      positives[e] = positive
      negatives[e] = negative
      this.scoreEdges(at, sizes[rows[e]])
    }
  }

  /** Adds size·t_i|t_j|/(t_i + |t_j|) for every edge with a kink on it, and that times the place of the kink. */
  private scoreEdges(at: number, size: number): void {
    const { r, images, scores, pulls } = this
    for (let i = 0; i < r; i++) {
      const ti = images[at + i]
      for (let j = i + 1; j < r; j++) {
        const tj = images[at + j]
        if (ti * tj >= 0) continue
        const place = ti / (ti - tj)
        const score = size * Math.abs(tj) * place
        scores[i * r + j] += score
        pulls[i * r + j] += score * place
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
   * The edge along which the crossing terms are furthest above their chords, cut at the mean of the kinks on it.
   *
   * After a survey.
   *
   * @param curvature what a squared length of an edge counts beside that
   */
  chooseCut(curvature: number): Cut {
    const { r, scores, pulls, vertices } = this
    const cut = { first: 0, second: 1, along: 0, across: 0, length: 0 }
    let best = -1
    let share = 0.5
    for (let i = 0; i < r; i++) {
      for (let j = i + 1; j < r; j++) {
        const square = squaredDistance(vertices, i * r, j * r, r)
        const kinks = scores[i * r + j]
        const score = kinks + (curvature + LENGTH_SHARE) * square
        if (score <= best) continue
        best = score
        cut.first = i
        cut.second = j
        cut.length = Math.sqrt(square)
        share = kinks > 0 ? pulls[i * r + j] / kinks : 0.5
        if (curvature * square > kinks) share = 0.5
      }
    }
    share = Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, share))
    const size = Math.sqrt(1 - share * (1 - share) * cut.length ** 2)
    cut.along = (1 - share) / size
    cut.across = share / size
    return cut
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
