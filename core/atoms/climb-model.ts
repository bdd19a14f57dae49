import type { Matrix } from '../linalg/matrix.ts'
import { multiplyTransposeVector, norm2, rowNorms } from '../linalg/products.ts'
import type { AtomFamily } from './family.ts'
import { HingedQuadratic } from './hinged.ts'

/**
 * A concave model of gᵀφ around θ, g = Vᵀφ/‖Vᵀφ‖, in coordinates u where the size is ‖u‖:
 *
 *     tangentᵀu − Σ ωᵢ(rowᵢᵀu)₊ − ½‖u‖².
 *
 * It has the slopes of gᵀφ on both sides of every concave kink close by.
 */
export interface ClimbModel {
  readonly tangent: Float64Array
  readonly rows: Matrix
  readonly omega: Float64Array
  /** The coordinates of the unit θ. */
  readonly start: Float64Array
  /** Back from coordinates; scale does not matter. */
  readonly toTheta: (u: Float64Array) => Float64Array
}

/** w = V·Vᵀφ/‖Vᵀφ‖, n entries, where ‖Vᵀφ‖ is `value`. */
export type ModelAround = (theta: Float64Array, w: Float64Array) => ClimbModel

const MAX_STEPS = 60
const SHORTEST_STEP = 1 / 128
/** A climb that gains less (relative) has arrived. */
const ENOUGH = 1e-9
/** A climb is given up when this many more of its last gain would not reach what counts. */
const HOPE = 10

/**
 * Climbs by maximising the model exactly and searching along the way there, from a unit θ; kinks that maxima sit on are
 * reached exactly. What {@link AtomFamily.climb} asks for.
 */
export function climbByModel(
  family: Pick<AtomFamily, 'rows' | 'respond' | 'normalize'>,
  modelAround: ModelAround,
  theta: Float64Array,
  V: Matrix,
  floor: number,
): Float64Array {
  let best: Float64Array = theta.slice()
  let value = reach(family, best, V)
  for (let step = 0; step < MAX_STEPS && value.size > 0; step++) {
    const { tangent, rows, omega, start, toTheta } = modelAround(best, value.w)
    const u = start.map((entry) => value.size * entry)
    const target = toTheta(new HingedQuadratic(rows, tangent, omega, u, rowNorms(rows)).minimize())
    if (!(family.normalize(target) > 0)) break
    const next = stepTowards(family, best, target, value.size, V)
    if (!next) break
    const gain = next.value.size - value.size
    best = next.theta
    value = next.value
    if (gain <= ENOUGH * value.size || value.size + HOPE * gain < floor) break
  }
  return best
}

interface Reach {
  /** ‖Vᵀφ‖. */
  size: number
  /** V·Vᵀφ/‖Vᵀφ‖. */
  w: Float64Array
}

function reach(family: Pick<AtomFamily, 'rows' | 'respond'>, theta: Float64Array, V: Matrix): Reach {
  const response = new Float64Array(family.rows)
  family.respond(theta, response)
  const projected = multiplyTransposeVector(V, response)
  const size = norm2(projected)
  const w = Float64Array.from({ length: V.rows }, (_, i) => {
    let sum = 0
    for (let k = 0; k < V.cols; k++) sum += V.get(i, k) * projected[k]
    return size > 0 ? sum / size : 0
  })
  return { size, w }
}

/** The first of θ + t(target − θ), t = 1, ½, …, that is higher, at unit size. */
function stepTowards(
  family: Pick<AtomFamily, 'rows' | 'respond' | 'normalize'>,
  theta: Float64Array,
  target: Float64Array,
  size: number,
  V: Matrix,
): { theta: Float64Array; value: Reach } | null {
  for (let t = 1; t >= SHORTEST_STEP; t *= 0.5) {
    const trial = theta.map((entry, c) => entry + t * (target[c] - entry))
    family.normalize(trial)
    const value = reach(family, trial, V)
    if (value.size > size) return { theta: trial, value }
  }
  return null
}
