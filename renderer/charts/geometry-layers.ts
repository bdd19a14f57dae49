/** The sets that the geometry chart draws: their words, where their points are, and how they look. */
import type { PlanarGeometry } from '../../core/geometry/planar-geometry.ts'
import type { Mesh, SpatialGeometry } from '../../core/geometry/spatial-geometry.ts'

export type Geometry = PlanarGeometry | SpatialGeometry

/** responses: sets of what neurons respond with. dual: sets of dual vectors. */
export type GeometrySide = 'responses' | 'dual'
export type LayerId = 'ellipsoid' | 'rectified' | 'relaxation' | 'hull' | 'polar' | 'dual'

export interface GeometryLayer {
  id: LayerId
  side: GeometrySide
  label: string
  hint: string
  /** CSS custom property of its colour. */
  token: string
  width: number
  dash: readonly number[]
  /** Opacity of its area; 0: none. */
  fill: number
  /** Whether it is shown at first, for two samples and for three. */
  shown: Record<2 | 3, boolean>
}

/** In the order of drawing. */
export const GEOMETRY_LAYERS: readonly GeometryLayer[] = [
  {
    id: 'ellipsoid',
    side: 'responses',
    label: 'Ellipsoid Au',
    hint: 'Responses before the ReLU, ‖u‖ ≤ 1',
    token: '--series-least-squares',
    width: 1,
    dash: [4, 3],
    fill: 0,
    shown: { 2: true, 3: false },
  },
  {
    id: 'hull',
    side: 'responses',
    label: 'Convex hull',
    hint: 'Of the rectified set: what mixtures of neurons reach',
    token: '--series-cutting-plane',
    width: 1.25,
    dash: [7, 3, 1.5, 3],
    fill: 0.06,
    shown: { 2: true, 3: false },
  },
  {
    id: 'rectified',
    side: 'responses',
    label: 'Rectified set (Au)₊',
    hint: 'What single neurons respond with; spikes stand out along the axes',
    token: '--series-convex',
    width: 2.5,
    dash: [],
    fill: 0.12,
    shown: { 2: true, 3: true },
  },
  {
    id: 'relaxation',
    side: 'responses',
    label: 'Spike-free relaxation',
    hint: 'Az ≥ 0, ‖z‖ ≤ 1: neurons that are active on every sample',
    token: '--series-closed-form',
    width: 1,
    dash: [],
    fill: 0.22,
    shown: { 2: true, 3: true },
  },
  {
    id: 'polar',
    side: 'dual',
    label: 'Polar set',
    hint: 'v with vᵀx ≤ 1 on the rectified set; cut where it has no end',
    token: '--series-convex',
    width: 1.5,
    dash: [],
    fill: 0.08,
    shown: { 2: true, 3: false },
  },
  {
    id: 'dual',
    side: 'dual',
    label: 'Dual feasible, |vᵀx| ≤ 1',
    hint: 'Where the dual vector may be, for β = 1: flat sides belong to spikes, round ones to smooth parts',
    token: '--series-sgd',
    width: 2,
    dash: [],
    fill: 0.16,
    shown: { 2: true, 3: true },
  },
]

/** Open or closed lines of points, two or three numbers each, of one layer. */
export interface LayerLines {
  /** One after another, `dimension` numbers a point. */
  readonly points: Float64Array
  readonly closed: boolean
}

/** The outlines of a layer in the plane: an area, and segments where it has spikes. */
export function planarLines(geometry: PlanarGeometry, id: LayerId): LayerLines[] {
  const area = (points: Float64Array): LayerLines => ({ points, closed: true })
  if (id !== 'rectified') return [area(geometry[id])]
  return [area(geometry.relaxation), ...geometry.spikes.map((points) => ({ points, closed: false }))]
}

export const spatialMesh = (geometry: SpatialGeometry, id: LayerId): Mesh => geometry[id]

/** All points that a layer is drawn through. */
export function pointsOf(geometry: Geometry, id: LayerId): Float64Array[] {
  return geometry.dimension === 2
    ? planarLines(geometry, id).map(({ points }) => points)
    : [spatialMesh(geometry, id).vertices]
}
