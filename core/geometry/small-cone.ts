/** Projections on cones of a few rows in few dimensions, face by face. */

export type Vector = Float64Array

/** A row is satisfied down to this share of ‖g‖‖z‖ below 0, and a vector below this share of z is rounding. */
const ROUNDING = 1e-12

export function dotOf(x: Vector, y: Vector): number {
  let sum = 0
  for (let c = 0; c < x.length; c++) sum += x[c] * y[c]
  return sum
}
export const lengthOf = (x: Vector): number => Math.sqrt(dotOf(x, x))
export const scaled = (x: Vector, factor: number): Vector => x.map((value) => factor * value)

/** The cones {w : ±gⱼᵀw ≥ 0} for all choices of signs, with the orthonormal bases of the spans of all subsets of rows. */
export class SmallCones {
  private readonly rows: readonly Vector[]
  private readonly lengths: readonly number[]
  /** By the bits of the subset. */
  private readonly bases: Vector[][]

  constructor(rows: readonly Vector[]) {
    this.rows = rows
    this.lengths = rows.map(lengthOf)
    this.bases = Array.from({ length: 2 ** rows.length }, (_, bits) =>
      orthonormal(rows.filter((_row, j) => (bits >> j) & 1)),
    )
  }

  /**
   * The projection of z on {w : signsⱼ·gⱼᵀw ≥ 0}: the longest of its projections on the faces' spans that lie in the cone.
   * (Such a p has zᵀp = ‖p‖², so none is longer than the projection itself, which is one of them.)
   */
  project(signs: readonly number[], z: Vector): Vector {
    const size = lengthOf(z)
    let best: Vector = new Float64Array(z.length)
    let longest = ROUNDING * size
    for (const basis of this.bases) {
      const p = orthogonal(z, basis)
      const length = lengthOf(p)
      if (length > longest && this.contains(signs, p, ROUNDING * size)) {
        best = p
        longest = length
      }
    }
    return best
  }

  private contains(signs: readonly number[], p: Vector, tolerance: number): boolean {
    return this.rows.every((row, j) => signs[j] * dotOf(row, p) >= -tolerance * this.lengths[j])
  }
}

/** Gram–Schmidt, twice; dependent vectors add nothing. */
function orthonormal(vectors: readonly Vector[]): Vector[] {
  const basis: Vector[] = []
  for (const vector of vectors) {
    const rest = orthogonal(orthogonal(vector, basis), basis)
    const length = lengthOf(rest)
    if (length > ROUNDING * lengthOf(vector)) basis.push(scaled(rest, 1 / length))
  }
  return basis
}

/** x minus its part in the span of orthonormal vectors. */
function orthogonal(x: Vector, basis: readonly Vector[]): Vector {
  const rest = x.slice()
  for (const q of basis) {
    const share = dotOf(q, rest)
    for (let c = 0; c < rest.length; c++) rest[c] -= share * q[c]
  }
  return rest
}
