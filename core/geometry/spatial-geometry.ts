/** The sets of Ergen & Pilanci 2021 (JMLR), Fig. 5 and 11, for three samples, as meshes to draw. */
import { boxOf } from './planar-geometry.ts'
import { polarReach, type Box } from './polar.ts'
import type { RectifiedSet } from './rectified-set.ts'

/** A surface or a curve: vertices (x, y, z), edges as pairs and faces as quadruples of vertex numbers. */
export interface Mesh {
  readonly vertices: Float64Array
  readonly edges: Uint32Array
  readonly faces: Uint32Array
}

export interface SpatialGeometry {
  readonly dimension: 3
  /** {Au : ‖u‖ ≤ 1}: its surface, or the disc or segment that it is when the rank is less. */
  readonly ellipsoid: Mesh
  /** (Au)₊ at the same u: the outside of Q. */
  readonly rectified: Mesh
  /** {Au ≥ 0 : ‖u‖ ≤ 1}, the spike-free relaxation: the part of its surface away from the planes; empty when the rank is less than 3. */
  readonly relaxation: Mesh
  /** The points of Q furthest along directions all around: the surface of its convex hull. */
  readonly hull: Mesh
  /** Half the side of the cube, around the origin, that unbounded sets are cut at. */
  readonly box: Box
  /** {v : vᵀx ≤ 1 for x ∈ Q}, cut at the box. */
  readonly polar: Mesh
  /** {v : |vᵀx| ≤ 1 for x ∈ Q}: the dual's feasible set for β = 1, cut at the box. */
  readonly dual: Mesh
}

const MERIDIANS = 36
const PARALLELS = 18
/** Subdivisions of an edge of the octant. */
const OCTANT = 16

/** @param set of three samples */
export function spatialGeometry(set: RectifiedSet): SpatialGeometry {
  const box = boxOf(set)
  const grid = parameterGrid(set.rank)
  const map = (points: readonly Float64Array[], f: (v: Float64Array) => ArrayLike<number>): Float64Array =>
    Float64Array.from(points.flatMap((v) => Array.from(f(v))))
  const globe = sphereGrid()
  const along = (reach: (v: Float64Array) => number) => (v: Float64Array) => v.map((t) => t * reach(v))
  const octant = octantGrid()
  return {
    dimension: 3,
    ellipsoid: { ...grid, vertices: map(grid.points, (w) => set.image(w)) },
    rectified: {
      ...grid,
      vertices: map(grid.points, (w) => set.image(w).map((t) => Math.max(0, t))),
    },
    relaxation:
      set.rank === 3
        ? {
            ...octant,
            vertices: map(
              octant.points,
              along((v) => set.relaxationReach(v)),
            ),
          }
        : EMPTY,
    hull: { ...globe, vertices: map(globe.points, (v) => set.support(v).point) },
    box,
    polar: {
      ...globe,
      vertices: map(
        globe.points,
        along((v) => polarReach(set, v, box, false)),
      ),
    },
    dual: {
      ...globe,
      vertices: map(
        globe.points,
        along((v) => polarReach(set, v, box, true)),
      ),
    },
  }
}

const EMPTY: Mesh = { vertices: new Float64Array(0), edges: new Uint32Array(0), faces: new Uint32Array(0) }

interface Grid {
  points: Float64Array[]
  edges: Uint32Array
  faces: Uint32Array
}

/** The unit w that a surface is drawn over: the sphere of rank 3, the disc of rank 2, the segment of rank 1. */
function parameterGrid(rank: number): Grid {
  if (rank === 3) return sphereGrid()
  if (rank === 2) return discGrid()
  const points = Array.from({ length: 2 }, (_, k) => new Float64Array(rank).fill(2 * k - 1))
  return { points, edges: Uint32Array.of(0, 1), faces: new Uint32Array(0) }
}

/** Latitude and longitude; the axis of the globe is (1, 1, 1), so that no meridian runs along a coordinate plane. */
function sphereGrid(): Grid {
  return wound(PARALLELS + 1, (row, angle) => {
    const polar = (Math.PI * row) / PARALLELS
    return tilted(Math.sin(polar) * Math.cos(angle), Math.sin(polar) * Math.sin(angle), Math.cos(polar))
  })
}

function discGrid(): Grid {
  return wound(PARALLELS / 2 + 1, (row, angle) => {
    const radius = row / (PARALLELS / 2)
    return Float64Array.of(radius * Math.cos(angle), radius * Math.sin(angle))
  })
}

/** Rings of points, each joined to the next. */
function wound(rings: number, at: (ring: number, angle: number) => Float64Array): Grid {
  const points: Float64Array[] = []
  const edges: number[] = []
  const faces: number[] = []
  for (let ring = 0; ring < rings; ring++) {
    for (let m = 0; m < MERIDIANS; m++) {
      const here = ring * MERIDIANS + m
      const next = ring * MERIDIANS + ((m + 1) % MERIDIANS)
      points.push(at(ring, (2 * Math.PI * m) / MERIDIANS))
      edges.push(here, next)
      if (ring + 1 < rings) {
        edges.push(here, here + MERIDIANS)
        faces.push(here, next, next + MERIDIANS, here + MERIDIANS)
      }
    }
  }
  return { points, edges: Uint32Array.from(edges), faces: Uint32Array.from(faces) }
}

/** An orthonormal frame with the third axis along (1, 1, 1). */
function tilted(x: number, y: number, z: number): Float64Array {
  const [a, b, c] = [x / Math.SQRT2, y / Math.sqrt(6), z / Math.sqrt(3)]
  return Float64Array.of(a + b + c, -a + b + c, -2 * b + c)
}

/** Unit directions with non-negative entries, in rows from the z axis to the xy plane. */
function octantGrid(): Grid {
  const points: Float64Array[] = []
  const edges: number[] = []
  const faces: number[] = []
  const width = OCTANT + 1
  for (let row = 0; row < width; row++) {
    const polar = (Math.PI * row) / (2 * OCTANT)
    for (let column = 0; column < width; column++) {
      const angle = (Math.PI * column) / (2 * OCTANT)
      const at = row * width + column
      points.push(
        Float64Array.of(
          clean(Math.sin(polar) * Math.cos(angle)),
          clean(Math.sin(polar) * Math.sin(angle)),
          clean(Math.cos(polar)),
        ),
      )
      if (column < OCTANT) edges.push(at, at + 1)
      if (row < OCTANT) edges.push(at, at + width)
      if (column < OCTANT && row < OCTANT) faces.push(at, at + 1, at + width + 1, at + width)
    }
  }
  return { points, edges: Uint32Array.from(edges), faces: Uint32Array.from(faces) }
}

/** Cosines of right angles are 0. */
const clean = (value: number) => (Math.abs(value) < 1e-15 ? 0 : value)
