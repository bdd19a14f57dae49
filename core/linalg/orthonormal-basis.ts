import { axpy, dot, norm2 } from './products.ts'

/** A unit column closer than this to the span of the others counts as dependent on them. */
const dependence = 1e-13

/**
 * Thin QR of a changing list of unit columns in ℝᵈ: column i is Σ_{j≤i} R_{ji} q_j.
 *
 * The basis vectors are explicit and orthogonalised twice, so that they stay orthonormal to rounding however
 * close the columns are; deleting a column costs O(d·k) by Givens rotations.
 */
export class OrthonormalBasis {
  private readonly basis: Float64Array[] = []
  /** Column i of R, i + 1 entries. */
  private readonly triangle: number[][] = []

  get size(): number {
    return this.basis.length
  }

  /** Adds a unit column (kept, then overwritten); false, and nothing added, when it depends on the others. */
  append(column: Float64Array): boolean {
    if (this.size >= column.length) return false
    const coefficients = this.basis.map(() => 0)
    for (let pass = 0; pass < 2; pass++) {
      this.basis.forEach((q, j) => {
        const along = dot(q, column)
        coefficients[j] += along
        axpy(-along, q, column)
      })
    }
    const left = norm2(column)
    if (left <= dependence) return false
    for (let i = 0; i < column.length; i++) column[i] /= left
    this.basis.push(column)
    this.triangle.push([...coefficients, left])
    return true
  }

  /** Deletes column `index`. */
  remove(index: number): void {
    this.triangle.splice(index, 1)
    for (let j = index; j < this.triangle.length; j++) this.rotate(j)
    this.basis.pop()
  }

  /** Writes b minus its part in the span into `out`. */
  residual(b: Float64Array, out: Float64Array): void {
    out.set(b)
    for (let pass = 0; pass < 2; pass++) for (const q of this.basis) axpy(-dot(q, out), q, out)
  }

  /** The least-squares coefficients of b in the columns. */
  coefficients(b: Float64Array): Float64Array {
    const k = this.size
    const x = Float64Array.from(this.basis, (q) => dot(q, b))
    for (let i = k - 1; i >= 0; i--) {
      const column = this.triangle[i]
      x[i] /= column[i]
      for (let j = 0; j < i; j++) x[j] -= column[j] * x[i]
    }
    return x
  }

  /** The vector of the span whose inner product with column i is values[i]. */
  representer(values: ArrayLike<number>): Float64Array {
    const along = new Float64Array(this.size)
    const result = new Float64Array(this.basis[0]?.length ?? 0)
    for (let i = 0; i < along.length; i++) {
      const column = this.triangle[i]
      let rest = values[i]
      for (let j = 0; j < i; j++) rest -= column[j] * along[j]
      along[i] = rest / column[i]
      axpy(along[i], this.basis[i], result)
    }
    return result
  }

  /** Rotates basis vectors j and j+1 so that column j, which has one entry too many, ends on the diagonal. */
  private rotate(j: number): void {
    const radius = Math.hypot(this.triangle[j][j], this.triangle[j][j + 1])
    const c = this.triangle[j][j] / radius
    const s = this.triangle[j][j + 1] / radius
    for (const column of this.triangle.slice(j)) {
      const [upper, lower] = [column[j], column[j + 1]]
      column[j] = c * upper + s * lower
      column[j + 1] = c * lower - s * upper
    }
    this.triangle[j].pop()
    const [p, q] = [this.basis[j], this.basis[j + 1]]
    for (let i = 0; i < p.length; i++) {
      const [upper, lower] = [p[i], q[i]]
      p[i] = c * upper + s * lower
      q[i] = c * lower - s * upper
    }
  }
}
