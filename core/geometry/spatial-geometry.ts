/** The sets of Ergen & Pilanci 2021 (JMLR), Fig. 5 and 11, for three samples, as meshes to draw. */
import { boxOf, polarReach, type Box } from './polar.ts'
import type { RectifiedSet } from './rectified-set.ts'
import type { Vector } from './small-cone.ts'

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
  /** Half the sides of the box around the origin that unbounded sets are cut at. */
  readonly box: Box
  /** {v : vᵀx ≤ 1 for x ∈ Q}, cut at the box. */
  readonly polar: Mesh
  /** {v : |vᵀx| ≤ 1 for x ∈ Q}: the dual's feasible set for β = 1, cut at the box. */
  readonly dual: Mesh
}

const MERIDIANS = 36
const PARALLELS = 18
/** Subdivisions of an edge of the octant, and of the box. */
const OCTANT = 16
const BOX = 12

/** @param set of three samples */
export function spatialGeometry(set: RectifiedSet): SpatialGeometry {
  const box = boxOf(set)
  const grid = parameterGrid(set.rank)
  const map = (points: readonly Vector[], f: (v: Vector) => ArrayLike<number>): Float64Array =>
    Float64Array.from(points.flatMap((v) => Array.from(f(v))))
  const globe = sphereGrid()
  const along = (reach: (v: Vector) => number) => (v: Vector) => v.map((t) => t * reach(v))
  const octant = octantGrid()
  const faces = boxGrid(box)
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
      ...faces,
      vertices: map(
        faces.points,
        along((v) => polarReach(set, v, box, false)),
      ),
    },
    dual: {
      ...faces,
      vertices: map(
        faces.points,
        along((v) => polarReach(set, v, box, true)),
      ),
    },
  }
}

const EMPTY: Mesh = { vertices: new Float64Array(0), edges: new Uint32Array(0), faces: new Uint32Array(0) }

interface Grid {
  points: Vector[]
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
function wound(rings: number, at: (ring: number, angle: number) => Vector): Grid {
  const points: Vector[] = []
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
function tilted(x: number, y: number, z: number): Vector {
  const [a, b, c] = [x / Math.SQRT2, y / Math.sqrt(6), z / Math.sqrt(3)]
  return Float64Array.of(a + b + c, -a + b + c, -2 * b + c)
}

/** Unit directions with non-negative entries, in rows from the z axis to the xy plane. */
function octantGrid(): Grid {
  return woven(OCTANT, (row, column) => {
    const polar = (Math.PI * row) / (2 * OCTANT)
    const angle = (Math.PI * column) / (2 * OCTANT)
    return Float64Array.of(
      clean(Math.sin(polar) * Math.cos(angle)),
      clean(Math.sin(polar) * Math.sin(angle)),
      clean(Math.cos(polar)),
    )
  })
}

/** Points on the six faces of the box: sets that are nearly boxes show their edges then. */
function boxGrid(box: Box): Grid {
  const sides = [0, 1, 2].flatMap((axis) =>
    [-1, 1].map((sign) =>
      woven(BOX, (row, column) => {
        const point = new Float64Array(3)
        point[axis] = sign * box[axis]
        point[(axis + 1) % 3] = box[(axis + 1) % 3] * ((2 * row) / BOX - 1)
        point[(axis + 2) % 3] = box[(axis + 2) % 3] * ((2 * column) / BOX - 1)
        return point
      }),
    ),
  )
  const shifted = (part: 'edges' | 'faces') =>
    Uint32Array.from(sides.flatMap((side, s) => Array.from(side[part], (k) => k + s * side.points.length)))
  return { points: sides.flatMap(({ points }) => points), edges: shifted('edges'), faces: shifted('faces') }
}

/** A square of points, `size` + 1 a side. */
function woven(size: number, at: (row: number, column: number) => Vector): Grid {
  const points: Vector[] = []
  const edges: number[] = []
  const faces: number[] = []
  const width = size + 1
  for (let row = 0; row < width; row++) {
    for (let column = 0; column < width; column++) {
      const here = row * width + column
      points.push(at(row, column))
      if (column < size) edges.push(here, here + 1)
      if (row < size) edges.push(here, here + width)
      if (column < size && row < size) faces.push(here, here + 1, here + width + 1, here + width)
    }
  }
  return { points, edges: Uint32Array.from(edges), faces: Uint32Array.from(faces) }
}

/** Cosines of right angles are 0. */
const clean = (value: number) => (Math.abs(value) < 1e-15 ? 0 : value)
