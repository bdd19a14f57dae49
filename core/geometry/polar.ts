import type { RectifiedSet } from './rectified-set.ts'
import type { Vector } from './small-cone.ts'

/** Half the sides of a box around the origin, n entries. */
export type Box = Vector

/** How much further the box reaches than the polar set does along each axis. */
const ROOM = 1.5

/** Wide enough to show where the polar set is bounded: along axis i it ends at 1/‖aᵢ‖. */
export function boxOf({ lengths }: RectifiedSet): Box {
  const least = Math.min(...lengths.filter((length) => length > 0))
  const fallback = Number.isFinite(least) ? 1 / least : 1
  return Float64Array.from(lengths, (length) => ROOM * (length > 0 ? 1 / length : fallback))
}

/** How far the polar set {v : vᵀx ≤ 1 for x ∈ Q} reaches along a direction, cut at the box; `both`: |vᵀx| ≤ 1. */
export function polarReach(set: RectifiedSet, v: Vector, box: Box, both: boolean): number {
  const ahead = set.support(v).value
  const value = both ? Math.max(ahead, set.support(v.map((t) => -t)).value) : ahead
  const limit = boxReach(v, box)
  return value * limit > 1 ? 1 / value : limit
}

/** How far the box reaches along a direction. */
export const boxReach = (v: Vector, box: Box): number =>
  1 / v.reduce((most, value, i) => Math.max(most, Math.abs(value) / box[i]), 0)
