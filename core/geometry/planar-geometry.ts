/** The sets of Ergen & Pilanci 2021 (JMLR), Fig. 2–4, for two samples, as polygons to draw. */
import type { RectifiedSet } from './rectified-set.ts'
import type { Vector } from './small-cone.ts'
import { boxOf, polarReach, type Box } from './polar.ts'

/** Points (x, y) one after another. */
export type Polygon = Float64Array

export interface PlanarGeometry {
  readonly dimension: 2
  /** {Au : ‖u‖ ≤ 1}, closed; a segment back and forth when the rank is 1. */
  readonly ellipsoid: Polygon
  /** {Au ≥ 0 : ‖u‖ ≤ 1}, the spike-free relaxation, closed: the part of Q that is an area. */
  readonly relaxation: Polygon
  /** The other part of Q: segments from the origin along the axes, two points each. */
  readonly spikes: readonly Polygon[]
  /** The convex hull of Q, closed, counter-clockwise. */
  readonly hull: Polygon
  /** Half the sides of the box around the origin that unbounded sets are cut at. */
  readonly box: Box
  /** {v : vᵀx ≤ 1 for x ∈ Q}, closed, cut at the box. */
  readonly polar: Polygon
  /** {v : |vᵀx| ≤ 1 for x ∈ Q}: the dual's feasible set for β = 1, closed, cut at the box. */
  readonly dual: Polygon
}

/** Points of a full turn. */
const TURN = 720

/** @param set of two samples */
export function planarGeometry(set: RectifiedSet): PlanarGeometry {
  const relaxation = relaxationOf(set)
  const spikes = [0, 1].map((i) => {
    const end = set.spike(i)
    return i === 0 ? [end, 0] : [0, end]
  })
  const hull = convexHull([...pairs(relaxation), ...spikes, [0, 0]])
  const box = boxOf(set)
  const directions = turnsOf(hull, box)
  const around = (reach: (v: Vector) => number) =>
    Float64Array.from(
      directions.flatMap((v) => {
        const r = reach(v)
        return [r * v[0], r * v[1]]
      }),
    )
  return {
    dimension: 2,
    ellipsoid: ellipseOf(set),
    relaxation,
    spikes: spikes.map(([x, y]) => Float64Array.of(0, 0, x, y)),
    hull: Float64Array.from(hull.flat()),
    box,
    polar: around((v) => polarReach(set, v, box, false)),
    dual: around((v) => polarReach(set, v, box, true)),
  }
}

const direction = (angle: number) => Float64Array.of(Math.cos(angle), Math.sin(angle))

function ellipseOf(set: RectifiedSet): Polygon {
  const unit = (angle: number): Vector =>
    set.rank === 2 ? direction(angle) : new Float64Array(set.rank).fill(Math.cos(angle))
  return Float64Array.from(
    Array.from({ length: TURN }, (_, k) => [...set.image(unit((2 * Math.PI * k) / TURN))]).flat(),
  )
}

/** From the origin along one axis, the arc, and back; a segment or the origin alone when the rank is less. */
function relaxationOf(set: RectifiedSet): Polygon {
  if (set.rank === 2) {
    const arc = Array.from({ length: TURN / 4 + 1 }, (_, k) => {
      const v = direction((2 * Math.PI * k) / TURN).map((value) => Math.max(0, value))
      const r = set.relaxationReach(v)
      return [r * v[0], r * v[1]]
    })
    return Float64Array.from([0, 0, ...arc.flat()])
  }
  if (set.rank === 0) return Float64Array.of(0, 0)
  const end = set.image(Float64Array.of(1))
  const sign = end.every((value) => value >= 0) ? 1 : end.every((value) => value <= 0) ? -1 : 0
  return Float64Array.of(0, 0, sign * end[0], sign * end[1])
}

/** Directions in their order around: evenly, at the corners of the box, and along the normals of the hull's edges. */
function turnsOf(hull: readonly number[][], box: Box): Vector[] {
  const even = Array.from({ length: TURN }, (_, k) => (2 * Math.PI * k) / TURN - Math.PI)
  const corners = [-1, 1].flatMap((x) => [-1, 1].map((y) => Math.atan2(y * box[1], x * box[0])))
  const normals = hull.flatMap(([x, y], k) => {
    const [p, q] = hull[(k + 1) % hull.length]
    const angle = Math.atan2(-(p - x), q - y)
    return [angle, angle > 0 ? angle - Math.PI : angle + Math.PI]
  })
  return [...even, ...corners, ...normals].sort((a, b) => a - b).map(direction)
}

function pairs(polygon: Polygon): number[][] {
  return Array.from({ length: polygon.length / 2 }, (_, k) => [polygon[2 * k], polygon[2 * k + 1]])
}

/** Andrew's monotone chain: counter-clockwise corners; one or two points where all are in line. */
export function convexHull(points: readonly number[][]): number[][] {
  const sorted = [...points].sort(([x, y], [p, q]) => x - p || y - q)
  const distinct = sorted.filter(([x, y], k) => k === 0 || x !== sorted[k - 1][0] || y !== sorted[k - 1][1])
  if (distinct.length < 3) return distinct
  const lower = chain(distinct)
  const upper = chain(distinct.toReversed())
  return [...lower.slice(0, -1), ...upper.slice(0, -1)]
}

function chain(points: readonly number[][]): number[][] {
  const kept: number[][] = []
  for (const point of points) {
    while (kept.length > 1 && !turnsLeft(kept[kept.length - 2], kept[kept.length - 1], point)) kept.pop()
    kept.push(point)
  }
  return kept
}

const turnsLeft = ([ax, ay]: number[], [bx, by]: number[], [cx, cy]: number[]) =>
  (bx - ax) * (cy - ay) - (by - ay) * (cx - ax) > 0
