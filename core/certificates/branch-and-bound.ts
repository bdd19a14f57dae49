import type { NamedArrays } from '../experiments/problem.ts'
import type { Matrix } from '../linalg/matrix.ts'
import { norm2 } from '../linalg/products.ts'
import { stream } from '../random/index.ts'
import { coneBounder, type ConeBounder } from './cone-bounder.ts'
import { ConeStore } from './cone-store.ts'
import { climbForm, pooledForm, type PooledForm } from './pooled-form.ts'
import { formKey, readSearch, searchArrays } from './saved-search.ts'
import { ON_PLANE, sideOf, WorkingCone } from './simplicial-cone.ts'

export interface RhoProblem {
  /** (n·p)×r; rows i·p … i·p + p − 1 belong to sample i. */
  readonly A: Matrix
  /** n×K. */
  readonly V: Matrix
  /** p, 1 when it is not given. */
  readonly patches?: number
}

export interface RhoSettings {
  /** Values up to this are of no interest: β. */
  readonly floor: number
  /** The search is done when upper ≤ (1 + epsilon)·max(lower, floor), up to rounding. */
  readonly epsilon: number
  /** Vectors to start the lower bound from (any length): gates of a dictionary, neurons of a network. */
  readonly candidates?: readonly Float64Array[]
  /** Bytes of open cones above which those nearest to being closed come first, so that few are added; 2²⁹. */
  readonly memory?: number
  /** A search of the same problem with the same settings to go on from. */
  readonly from?: NamedArrays
}

export interface RhoLimits {
  /** Stop when so many cones have been bounded since the search was created: the same result on every machine. */
  readonly maxCones?: number
  readonly halt?: () => boolean
}

/** Highest rank: 2^r root cones. */
export const MAX_SEARCH_RANK = 12
/** Random starts of the lower bound. */
const STARTS = 24
/** Cones between two questions whether to halt. */
const HALT_EVERY = 128
/** A cone whose edges are shorter is not cut: its bound counts as it is. */
const SHORTEST_EDGE = 1e-7
/** An improvement of the lower bound that is worth a climb. */
const VISIBLE = 1e-9

/**
 * Bounds ρ(V) = max over ‖u‖ ≤ 1 of ‖Vᵀ·S·(A·u)₊‖₂ over *all* u by branch and bound over simplicial cones (THEORY §4):
 * the orthants, cut along the edge where the bound is loosest, those with the largest bounds first. S sums the p rows
 * of a sample. It can be stopped and continued; the bound reached is valid at any time.
 *
 * Rounding: no intermediate sum exceeds Σ‖V_i‖‖a_i‖ by more than the root of the rank, and a term is neglected up to
 * {@link ON_PLANE} of its size; `safety` adds that to every upper bound.
 */
export class RhoSearch {
  /** Cones bounded. */
  cones = 0
  /** The best unit u seen; null when nothing above 0 was. */
  best: Float64Array | null = null
  private readonly form: PooledForm
  private readonly settings: RhoSettings
  private readonly bounder: ConeBounder
  private readonly store: ConeStore
  private readonly safety: number
  private readonly parent: WorkingCone
  private readonly part: WorkingCone
  /** Images at the new vertex, of the rows of the parent and of those of a part. */
  private readonly fresh: Float64Array
  private readonly moved: Float64Array
  /** `lower` in units of the form. */
  private known = 0
  /** The largest bound of the cones that were closed, in units of the form. */
  private closed = 0
  private crowded = false

  /** Cones taken up: every so many of them it is looked whether to halt, wherever the search was stopped before. */
  private steps = 0

  /**
   * @throws RangeError when the shapes do not match or the rank exceeds {@link MAX_SEARCH_RANK}; BidualError bad-input when
   * the search to go on from is damaged or of another problem
   */
  constructor({ A, V, patches = 1 }: RhoProblem, settings: RhoSettings) {
    const r = A.cols
    if (r > MAX_SEARCH_RANK) throw new RangeError(`Expected at most ${MAX_SEARCH_RANK} columns, found ${r}.`)
    this.form = pooledForm(A, V, patches)
    this.settings = settings
    this.bounder = coneBounder(this.form)
    const terms = this.form.normals.rows + 100
    const share = Math.sqrt(r) * (2 * ON_PLANE + 4 * Number.EPSILON * terms)
    this.safety = share * this.form.total + this.form.merged
    this.parent = new WorkingCone(r, this.form.normals.rows, this.bounder.formSize)
    this.part = new WorkingCone(r, this.form.normals.rows, this.bounder.formSize)
    this.fresh = new Float64Array(this.form.normals.rows)
    this.moved = new Float64Array(this.form.normals.rows)
    this.startLower()
    this.store = new ConeStore(r, this.bounder.formSize, this.closing)
    if (settings.from) this.goOn(settings.from)
    else if (r > 0 && this.form.total > 0) this.startOrthants()
  }

  /** ‖Vᵀ·S·(A·u)₊‖ at {@link best}. */
  get lower(): number {
    return this.known * this.form.unit
  }

  /** ρ(V) ≤ upper, whatever was left open. */
  get upper(): number {
    return (Math.max(this.known, this.closed, this.store.largestBound()) + this.safety) * this.form.unit
  }

  /** Whether nothing is open: upper is as small as was asked for, unless rounding forbids it. */
  get done(): boolean {
    return this.store.count === 0
  }

  /** Bytes of the open cones. */
  get bytes(): number {
    return this.store.bytes
  }

  /** Continues until the search is done or a limit is reached. */
  run({ maxCones = Infinity, halt }: RhoLimits = {}): void {
    for (; this.cones < maxCones; this.steps++) {
      if (this.steps % HALT_EVERY === 0) {
        if (halt?.()) return
        this.crowded = this.store.bytes > (this.settings.memory ?? 2 ** 29)
      }
      if (!this.store.pop(this.parent, this.crowded)) return
      if (this.parent.bound <= this.closing) this.closed = Math.max(this.closed, this.parent.bound)
      else this.split()
    }
  }

  /** Cones that are left. */
  get open(): number {
    return this.store.count
  }

  /**
   * The search as arrays, to go on from as if it had never been stopped.
   *
   * @returns null when there are more than `most` entries
   */
  save(most: number): NamedArrays | null {
    const { rows } = this.form.normals
    if (this.store.entries(rows) > most) return null
    const { steps, cones, known, closed, crowded, best, store } = this
    return searchArrays({
      key: this.key,
      steps,
      cones,
      known,
      closed,
      crowded,
      best,
      frontier: store.save(rows),
    })
  }

  private get key(): number {
    return formKey(this.form, this.settings)
  }

  private goOn(from: NamedArrays): void {
    const { normals } = this.form
    const { steps, cones, known, closed, crowded, best, frontier } = readSearch(from, this.key, normals.cols)
    ;[this.steps, this.cones, this.known, this.closed] = [steps, cones, known, closed]
    ;[this.crowded, this.best] = [crowded, best]
    this.store.load(frontier, normals)
  }

  /** Bounds up to this close a cone, in units of the form. */
  private get closing(): number {
    const { epsilon, floor } = this.settings
    return (1 + epsilon) * Math.max(this.known, floor / this.form.unit) + this.safety
  }

  private startLower(): void {
    const r = this.form.normals.cols
    const source = stream(0).split('starts of ρ')
    const random = Array.from({ length: r > 0 ? STARTS : 0 }, () => source.normals(r))
    for (const start of [...(this.settings.candidates ?? []), ...random]) this.climb(start)
  }

  /** Climbs from a copy of u, which may have any length but 0. */
  private climb(start: Float64Array): void {
    const size = norm2(start)
    if (size === 0) return
    const u = start.map((value) => value / size)
    const value = climbForm(this.form, u) - this.form.merged
    if (value <= this.known) return
    this.known = value
    this.best = u
  }

  private startOrthants(): void {
    const { part, bounder, form } = this
    const { r } = part
    for (let code = 0; code < 2 ** r; code++) {
      part.vertices.fill(0)
      for (let k = 0; k < r; k++) part.vertices[k * (r + 1)] = (code >> k) & 1 ? 1 : -1
      part.dual.set(part.vertices)
      part.bounds.fill(form.total)
      part.count = form.normals.rows
      for (let j = 0; j < part.count; j++) part.rows[j] = j
      part.computeImages(form.normals, 1)
      part.findSides()
      bounder.start(part)
      this.sortRows(part, null)
      for (let k = 0; k < r; k++) bounder.settle(part, k, part.images, k, r)
      this.consider()
    }
  }

  private split(): void {
    const { parent, part, bounder, form } = this
    const stride = parent.scoringStride
    parent.computeImages(form.normals, bounder.needsImages ? 1 : stride)
    const cut = parent.chooseCut(form.sizes, bounder.curvature(this.closing), stride)
    if (cut.length < SHORTEST_EDGE) {
      this.closed = Math.max(this.closed, parent.bound)
      return
    }
    parent.invert()
    for (const replaced of [cut.first, cut.second]) {
      part.becomePart(parent, cut, replaced)
      if (replaced === cut.first) this.imagesOf(part.vertices, replaced * part.r)
      this.sortRows(parent, replaced)
      const value = bounder.settle(part, replaced, this.moved, 0, 1)
      if (value > this.known * (1 + VISIBLE)) {
        this.climb(part.vertices.subarray(replaced * part.r, (replaced + 1) * part.r))
      }
      this.consider()
    }
  }

  /** Images of the rows of the parent at the new vertex. */
  private imagesOf(vertices: Float64Array, at: number): void {
    const { parent, fresh } = this
    const { data } = this.form.normals
    const { r, rows, count } = parent
    for (let e = 0; e < count; e++) {
      const from = rows[e] * r
      let t = 0
      for (let c = 0; c < r; c++) t += data[from + c] * vertices[at + c]
      fresh[e] = t
    }
  }

  /**
   * The rows of a cone that cross the part, into the part; those that are positive on all of it go into its form.
   *
   * @param replaced the vertex in which the part differs from the cone, null when it is the cone itself
   */
  private sortRows(cone: WorkingCone, replaced: number | null): void {
    const { part, bounder, fresh, moved } = this
    const { rows, sides, images, count } = cone
    const others = replaced === null ? -1 : ~(0x10001 << replaced)
    let kept = 0
    for (let e = 0; e < count; e++) {
      let side = sides[e] & others
      if (replaced !== null) side |= sideOf(fresh[e], replaced)
      if ((side & 0xffff) === 0) continue
      if (side >>> 16 === 0) {
        bounder.absorb(part, rows[e])
        continue
      }
      part.rows[kept] = rows[e]
      part.sides[kept] = side
      moved[kept] = fresh[e]
      if (replaced === null || bounder.needsImages) this.keepImages(images, e, kept, replaced)
      kept++
    }
    part.count = kept
  }

  private keepImages(images: Float64Array, e: number, kept: number, replaced: number | null): void {
    const { part, fresh } = this
    const { r } = part
    for (let k = 0; k < r; k++) part.images[kept * r + k] = images[e * r + k]
    if (replaced !== null) part.images[kept * r + replaced] = fresh[e]
  }

  /** Bounds the part and keeps it when it may hold something larger than what is known. */
  private consider(): void {
    const { part, bounder, store } = this
    this.cones++
    part.measureCenter()
    bounder.bound(part, this.closing)
    if (part.bound > this.closing && part.count === 0) this.climb(bounder.direction)
    const { closing } = this
    for (let sign = 0; sign < 2; sign++) {
      if (part.bounds[sign] > closing) continue
      this.closed = Math.max(this.closed, part.bounds[sign])
      part.bounds[sign] = 0
    }
    if (part.bound > closing) store.push(part)
  }
}

export interface RhoBounds {
  /** ρ(V) ≤ upper for all u, whatever was left open. */
  upper: number
  /** ‖Vᵀ·S·(A·u)₊‖ at the best unit vector seen. */
  lower: number
  /** Cones bounded. */
  cones: number
}

/** One uninterrupted {@link RhoSearch}. */
export function boundRho(problem: RhoProblem, settings: RhoSettings & RhoLimits): RhoBounds {
  const search = new RhoSearch(problem, settings)
  search.run(settings)
  const { upper, lower, cones } = search
  return { upper, lower, cones }
}
