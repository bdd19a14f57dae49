import { dotAt } from '../arrangements/strided.ts'

/** A constraint row this close (relative) to the span of the active ones is dependent on them. */
const DEPENDENCE = 1e-11

/** Updates of the factorisation after which it is computed afresh. */
const REFRESH = 400

/**
 * Orthonormal bases of the span of active constraints gₜ (t ∈ T) of one cone and of its complement.
 *
 * Q is d×d with orthonormal rows; the first |T| span {gₜ}, the others are a basis of the face {u : gₜᵀu = 0}.
 * Gᵀ = Q₁ᵀR with R upper triangular. Adding a row costs O(d²) (one Householder reflection of the complement),
 * deleting one O(d·|T|) (Givens rotations).
 */
export class ConeFace {
  readonly d: number
  /** Row k is basis vector k. */
  readonly Q: Float64Array
  /** The active rows, by number, in the order of entry. */
  readonly rows: Int32Array
  size = 0
  /** Column c of R starts at c·d. */
  private readonly R: Float64Array
  private readonly image: Float64Array
  private readonly scratch: Float64Array
  private updates = 0

  constructor(d: number) {
    this.d = d
    this.Q = new Float64Array(d * d)
    this.R = new Float64Array(d * d)
    this.rows = new Int32Array(d)
    this.image = new Float64Array(d)
    this.scratch = new Float64Array(d)
    this.clear()
  }

  /** No active constraint: the face is the whole space. */
  clear(): void {
    this.Q.fill(0)
    for (let k = 0; k < this.d; k++) this.Q[k * this.d + k] = 1
    this.size = 0
    this.updates = 0
  }

  /** Adds constraint row j, the vector g (d entries); false, and nothing changes, when it depends on the active rows. */
  append(g: Float64Array, j: number): boolean {
    const { d, Q, image, size } = this
    if (size >= d) return false
    for (let k = 0; k < d; k++) image[k] = dotAt(Q, k * d, g, 0, d)
    let tail = 0
    let total = 0
    for (let k = 0; k < d; k++) {
      total += image[k] ** 2
      if (k >= size) tail += image[k] ** 2
    }
    if (!(tail > DEPENDENCE ** 2 * total)) return false
    const diagonal = this.reflectComplement(Math.sqrt(tail))
    this.R.set(image.subarray(0, size), size * d)
    this.R[size * d + size] = diagonal
    this.rows[size] = j
    this.size++
    this.updates++
    return true
  }

  /** Deletes the constraint at position `index` of `rows`; its direction joins the complement. */
  remove(index: number): void {
    const { d, R, Q } = this
    for (let c = index; c + 1 < this.size; c++) {
      this.rows[c] = this.rows[c + 1]
      R.copyWithin(c * d, (c + 1) * d, (c + 1) * d + c + 2)
    }
    this.size--
    for (let c = index; c < this.size; c++) this.rotate(c, Q, R)
    this.updates++
  }

  /** Whether rounding may have accumulated: rebuild from `rows`. */
  get stale(): boolean {
    return this.updates > REFRESH
  }

  /** out = λ with Q₁ᵀRλ = −(the part of z in the span): the multipliers of the projection of z on the face. */
  multipliers(z: Float64Array, out: Float64Array): void {
    const { d, Q, R, size } = this
    for (let k = 0; k < size; k++) {
      out[k] = -dotAt(Q, k * d, z, 0, d)
    }
    for (let c = size - 1; c >= 0; c--) {
      const value = out[c] / R[c * d + c]
      out[c] = value
      for (let k = 0; k < c; k++) out[k] -= value * R[c * d + k]
    }
  }

  /** out = the projection of z on the face {u : gₜᵀu = 0, t ∈ T}. */
  projectOnFace(z: Float64Array, out: Float64Array): void {
    const { d, Q, size } = this
    if (size === 0) {
      out.set(z)
      return
    }
    out.fill(0)
    for (let k = size; k < d; k++) {
      const along = dotAt(Q, k * d, z, 0, d)
      for (let c = 0; c < d; c++) out[c] += along * Q[k * d + c]
    }
  }

  /** Reflects the complement so that its first vector carries the whole tail of `image`; returns that entry. */
  private reflectComplement(length: number): number {
    const { d, Q, image, size, scratch } = this
    const first = image[size]
    const diagonal = first > 0 ? -length : length
    image[size] = first - diagonal
    let square = 0
    for (let k = size; k < d; k++) square += image[k] ** 2
    scratch.fill(0)
    for (let k = size; k < d; k++) {
      const h = image[k]
      if (h !== 0) for (let c = 0; c < d; c++) scratch[c] += h * Q[k * d + c]
    }
    for (let k = size; k < d; k++) {
      const factor = (2 * image[k]) / square
      if (factor !== 0) for (let c = 0; c < d; c++) Q[k * d + c] -= factor * scratch[c]
    }
    return diagonal
  }

  /** Rotates basis vectors c and c+1 so that column c of R, which has one entry too many, ends on the diagonal. */
  private rotate(c: number, Q: Float64Array, R: Float64Array): void {
    const { d } = this
    const upper = R[c * d + c]
    const lower = R[c * d + c + 1]
    const radius = Math.hypot(upper, lower)
    if (radius === 0) return
    const cos = upper / radius
    const sin = lower / radius
    for (let column = c; column < this.size; column++) givens(R, column * d + c, column * d + c + 1, cos, sin)
    for (let k = 0; k < d; k++) givens(Q, c * d + k, (c + 1) * d + k, cos, sin)
  }
}

function givens(data: Float64Array, p: number, q: number, cos: number, sin: number): void {
  const upper = data[p]
  const lower = data[q]
  data[p] = cos * upper + sin * lower
  data[q] = cos * lower - sin * upper
}
