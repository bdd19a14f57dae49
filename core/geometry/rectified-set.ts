/**
 * The rectified ellipsoid Q = {(Au)₊ : ‖u‖ ≤ 1} of a few samples as a set in Rⁿ (Ergen & Pilanci 2021 (JMLR), §2.2–2.4):
 * n is the number of samples, whatever their dimension.
 */
import { symmetricEigen } from '../linalg/eigen.ts'
import { projectPolyhedralCone } from '../linalg/cone.ts'
import { Matrix } from '../linalg/matrix.ts'
import { multiplyTransposeVector, multiplyVector, norm2, scaleRows } from '../linalg/products.ts'

/** Eigenvalues of a Gram matrix below this share of the largest are zero. */
const NEGLIGIBLE = 1e-12
/** A projection shorter than this share of what was projected is rounding. */
const ROUNDING = 1e-13
/** More samples than this have too many patterns to go through. */
const MOST_SAMPLES = 12

/** The point of Q that is furthest along a direction. */
export interface SupportPoint {
  /** max vᵀx over x ∈ Q, at least 0: the origin is in Q. */
  readonly value: number
  /** n entries. */
  readonly point: Float64Array
}

export class RectifiedSet {
  /** Coordinates of the samples, n×r of full column rank: Q = {(Mw)₊ : ‖w‖ ≤ 1}. */
  readonly M: Matrix
  /** For each pattern, the cone {w : (2D − I)Mw ≥ 0} as its rows, and D. */
  private readonly patterns: { cone: Matrix; active: readonly boolean[] }[]

  /** @param gram AAᵀ, n×n: all that Q depends on. @throws RangeError for more than twelve samples */
  constructor(gram: Matrix) {
    if (gram.rows > MOST_SAMPLES) throw new RangeError(`At most ${MOST_SAMPLES} samples, found ${gram.rows}.`)
    this.M = coordinatesOf(gram)
    const n = gram.rows
    this.patterns = Array.from({ length: 2 ** n }, (_, bits) => {
      const active = Array.from({ length: n }, (_, i) => ((bits >> i) & 1) === 1)
      return {
        active,
        cone: scaleRows(
          this.M,
          active.map((on) => (on ? 1 : -1)),
        ),
      }
    })
  }

  /** n. */
  get dimension(): number {
    return this.M.rows
  }

  /** Dimension r of the ellipsoid. */
  get rank(): number {
    return this.M.cols
  }

  /** The image Mw, n entries. */
  image(w: Float64Array): Float64Array {
    return multiplyVector(this.M, w)
  }

  /** Exact: the best point of every pattern is a cone projection. */
  support(v: Float64Array): SupportPoint {
    let best: SupportPoint = { value: 0, point: new Float64Array(this.dimension) }
    for (const { cone, active } of this.patterns) {
      const g = multiplyTransposeVector(
        this.M,
        v.map((value, i) => (active[i] ? value : 0)),
      )
      if (norm2(g) <= best.value) continue
      const { projection } = projectPolyhedralCone(cone, g)
      const value = norm2(projection)
      if (value <= Math.max(best.value, ROUNDING * norm2(g))) continue
      const response = this.image(projection.map((t) => t / value))
      best = { value, point: response.map((t, i) => (active[i] ? Math.max(0, t) : 0)) }
    }
    return best
  }

  /** The end of the spike along axis i: the largest response of sample i alone, 0 where it has none. */
  spike(i: number): number {
    const alone = this.patterns[2 ** i]
    const g = this.M.row(i)
    const length = norm2(projectPolyhedralCone(alone.cone, g).projection)
    return length > ROUNDING * norm2(g) ? length : 0
  }

  /** How far {Mw ≥ 0 : ‖w‖ ≤ 1}, the spike-free relaxation, reaches along a direction of Rⁿ; 0 where it does not go. */
  relaxationReach(direction: Float64Array): number {
    if (direction.some((value) => value < 0) || this.rank < this.dimension) return 0
    const w = solveSquare(this.M, direction)
    return 1 / norm2(w)
  }
}

/** M with MMᵀ = gram, of full column rank. */
function coordinatesOf(gram: Matrix): Matrix {
  const { values, vectors } = symmetricEigen(gram)
  const largest = values[values.length - 1] ?? 0
  const kept = [...values.keys()].reverse().filter((k) => values[k] > NEGLIGIBLE * largest)
  const M = Matrix.zeros(gram.rows, kept.length)
  kept.forEach((k, c) => {
    for (let i = 0; i < M.rows; i++) M.set(i, c, Math.sqrt(values[k]) * vectors.get(i, k))
  })
  return M
}

/** M⁻¹t for M = U√Λ with orthonormal U: its columns are orthogonal. */
function solveSquare(M: Matrix, t: Float64Array): Float64Array {
  return multiplyTransposeVector(M, t).map((value, c) => {
    const column = M.columnCopy(c)
    return value / norm2(column) ** 2
  })
}
