import type { RectifiedSet } from './rectified-set.ts'

/** Half the side of a cube around the origin. */
export type Box = number

/** How far the polar set {v : vᵀx ≤ 1 for x ∈ Q} reaches along a unit direction, cut at the box; `both`: |vᵀx| ≤ 1. */
export function polarReach(set: RectifiedSet, v: Float64Array, box: Box, both: boolean): number {
  const ahead = set.support(v).value
  const value = both ? Math.max(ahead, set.support(v.map((t) => -t)).value) : ahead
  const limit = boxReach(v, box)
  return value * limit > 1 ? 1 / value : limit
}

/** How far the box reaches along a direction. */
export const boxReach = (v: Float64Array, box: Box): number =>
  box / v.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
