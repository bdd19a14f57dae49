import { symmetricEigen } from '../linalg/eigen.ts'
import { Matrix } from '../linalg/matrix.ts'
import { gram, multiplyTransposeVector, multiplyVector, norm2 } from '../linalg/products.ts'
import type { BlockProjector } from '../solvers/cone-projector.ts'
import type { Dictionary } from './dictionary.ts'

/** A block that a dual vector prices above β: a cell and the unit output direction of its best vector. */
export interface PricedDirection {
  cell: number
  output: Float64Array
  /** ‖VᵀB_i·z‖ at the z that was found: a lower bound of the maximum over the cone. */
  value: number
}

export interface DirectionPrices {
  /** max over the cells of σ_max(VᵀB_i): an upper bound of ρ(V) over the dictionary (THEORY 3.3). */
  upper: number
  /** Local maxima above β, the largest first; one or two a cell. */
  found: PricedDirection[]
}

const MAX_ALTERNATIONS = 200
/** An alternation that gains less (relative) has arrived. */
const ENOUGH = 1e-13

/**
 * Prices the cells of a dictionary for vector outputs: max ‖VᵀB_i·z‖ over z in the cone of cell i, ‖z‖ ≤ 1. The
 * problem is not convex: σ_max(VᵀB_i) bounds it, and alternating projections z ← Π(B_iᵀVg), g ← VᵀB_iz climb to local
 * maxima from both signs of the leading singular vector.
 *
 * @param V n×K; @param cones false for the gated relaxation, where the bound is attained
 */
export function priceDirections(
  dictionary: Dictionary,
  V: Matrix,
  beta: number,
  cones: boolean,
): DirectionPrices {
  const projector = cones ? dictionary.projector() : null
  const columns = Array.from({ length: V.cols }, (_, k) => V.columnCopy(k))
  const M = Matrix.zeros(V.cols, dictionary.size)
  const found: PricedDirection[] = []
  let upper = 0
  for (let cell = 0; cell < dictionary.count; cell++) {
    columns.forEach((column, k) => dictionary.pull(cell, column, M.row(k)))
    const { value, left } = leading(M)
    upper = Math.max(upper, value)
    if (value <= beta) continue
    projector?.load(cell)
    for (const sign of projector ? [1, -1] : [1]) {
      const g = left.map((entry) => sign * entry)
      const climbed = projector ? climb(M, projector, g) : { output: g, value }
      if (climbed.value > beta) found.push({ cell, ...climbed })
    }
  }
  return { upper, found: found.sort((p, q) => q.value - p.value) }
}

/** σ_max of M (K×size) and its left singular vector. */
function leading(M: Matrix): { value: number; left: Float64Array } {
  const { values, vectors } = symmetricEigen(gram(M.transpose()))
  const last = values.length - 1
  return { value: Math.sqrt(Math.max(0, values[last])), left: vectors.columnCopy(last) }
}

function climb(
  M: Matrix,
  projector: BlockProjector,
  start: Float64Array,
): { output: Float64Array; value: number } {
  let best = { output: start, value: 0 }
  for (let step = 0; step < MAX_ALTERNATIONS; step++) {
    const size = projector.project(multiplyTransposeVector(M, best.output))
    if (!(size > 0)) return best
    const response = multiplyVector(
      M,
      projector.projection.map((entry) => entry / size),
    )
    const value = norm2(response)
    if (!(value > best.value * (1 + ENOUGH))) return best
    best = { output: response.map((entry) => entry / value), value }
  }
  return best
}
