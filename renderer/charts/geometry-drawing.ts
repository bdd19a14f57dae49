/** Lines of the geometry chart in pixels, as SVG path data: planar sets as they are, spatial ones seen from a side. */
import type { Mesh } from '../../core/geometry/spatial-geometry.ts'
import {
  GEOMETRY_LAYERS,
  planarLines,
  pointsOf,
  spatialMesh,
  type Geometry,
  type GeometryLayer,
  type GeometrySide,
  type LayerId,
} from './geometry-layers.ts'

/** Where the eye is, in radians. */
export interface Eye {
  yaw: number
  pitch: number
}

export interface Drawn {
  layer: GeometryLayer
  /** Path data. */
  area: string
  lines: string
  /** Lines on the far side. */
  hidden: string
}

export interface DrawnAxis {
  path: string
  /** Number of the sample whose response or multiplier it measures, from 0. */
  sample: number
  /** Where its name stands, and which part of it. */
  x: number
  y: number
  anchor: 'start' | 'middle' | 'end'
}

export interface GeometryDrawing {
  layers: Drawn[]
  axes: DrawnAxis[]
}

export interface GeometryView {
  side: GeometrySide
  visible: ReadonlySet<LayerId>
  eye: Eye
  /** Pixels. */
  width: number
  height: number
}

/** Pixels left free around the sets, for the names of the axes. */
const MARGIN = 18
/** Polar angles beyond this turn the picture over. */
export const STEEPEST = Math.PI / 2

/** From a point of R² or R³ to pixels, and how near it is. */
type Projection = (points: ArrayLike<number>, at: number) => { x: number; y: number; depth: number }

export function drawGeometry(geometry: Geometry, view: GeometryView): GeometryDrawing {
  const layers = GEOMETRY_LAYERS.filter(({ id, side }) => side === view.side && view.visible.has(id))
  const scene = sceneOf(geometry, layers)
  const project = projectionOf(geometry, scene, view)
  return {
    layers: layers.map((layer) => ({
      layer,
      ...(geometry.dimension === 2
        ? planar(planarLines(geometry, layer.id), project)
        : spatial(spatialMesh(geometry, layer.id), project)),
    })),
    axes: axesOf(scene, project),
  }
}

/** What has to be seen: a ball or, in the plane, a square around the middle of the sets and the origin. */
interface Scene {
  center: Float64Array
  reach: number
  /** Where the axes end, n entries. */
  ends: Float64Array
}

function sceneOf(geometry: Geometry, layers: readonly GeometryLayer[]): Scene {
  const n = geometry.dimension
  const low = new Float64Array(n)
  const high = new Float64Array(n)
  const all = layers.flatMap(({ id }) => pointsOf(geometry, id))
  for (const points of all) {
    points.forEach((value, at) => {
      low[at % n] = Math.min(low[at % n], value)
      high[at % n] = Math.max(high[at % n], value)
    })
  }
  const longest = high.reduce((most, value) => Math.max(most, value), 0) || 1
  const ends = high.map((value) => 1.08 * Math.max(value, 0.3 * longest))
  const center = low.map((value, i) => 0.5 * (value + Math.max(high[i], ends[i])))
  const distance = (point: ArrayLike<number>, at: number) => {
    const offsets = Array.from(center, (value, i) => Math.abs(point[at + i] - value))
    return n === 2 ? Math.max(...offsets) : Math.hypot(...offsets)
  }
  let reach = distance(new Float64Array(n), 0)
  for (const points of all) {
    for (let at = 0; at < points.length; at += n) reach = Math.max(reach, distance(points, at))
  }
  ends.forEach((end, i) => {
    const tip = new Float64Array(n)
    tip[i] = end
    reach = Math.max(reach, distance(tip, 0))
  })
  return { center, reach, ends }
}

function projectionOf(
  geometry: Geometry,
  { center, reach }: Scene,
  { eye, width, height }: GeometryView,
): Projection {
  const scale = (0.5 * Math.min(width, height) - MARGIN) / reach
  const pixel = (x: number, y: number, depth: number) => ({
    x: width / 2 + scale * x,
    y: height / 2 - scale * y,
    depth,
  })
  if (geometry.dimension === 2) {
    return (points, at) => pixel(points[at] - center[0], points[at + 1] - center[1], 0)
  }
  const [cy, sy, cp, sp] = [Math.cos(eye.yaw), Math.sin(eye.yaw), Math.cos(eye.pitch), Math.sin(eye.pitch)]
  return (points, at) => {
    const [x, y, z] = [points[at] - center[0], points[at + 1] - center[1], points[at + 2] - center[2]]
    // Orthographic: the eye looks along −(cp·cy, cp·sy, sp).
    const right = -sy * x + cy * y
    const up = -sp * cy * x - sp * sy * y + cp * z
    return pixel(right, up, cp * cy * x + cp * sy * y + sp * z)
  }
}

const number = (value: number) => value.toFixed(1)

function polyline(points: Float64Array, closed: boolean, project: Projection): string {
  const parts: string[] = []
  for (let at = 0; at < points.length; at += 2) {
    const { x, y } = project(points, at)
    parts.push(`${at === 0 ? 'M' : 'L'}${number(x)} ${number(y)}`)
  }
  return parts.join('') + (closed ? 'Z' : '')
}

function planar(shapes: readonly { points: Float64Array; closed: boolean }[], project: Projection) {
  const paths = shapes.map(({ points, closed }) => ({ closed, path: polyline(points, closed, project) }))
  return {
    area: paths
      .filter(({ closed }) => closed)
      .map(({ path }) => path)
      .join(''),
    lines: paths.map(({ path }) => path).join(''),
    hidden: '',
  }
}

function spatial({ vertices, edges, faces }: Mesh, project: Projection) {
  const pixels = Array.from({ length: vertices.length / 3 }, (_, k) => project(vertices, 3 * k))
  const lines = { near: '', far: '' }
  for (let e = 0; e < edges.length; e += 2) {
    const [a, b] = [pixels[edges[e]], pixels[edges[e + 1]]]
    if (a.x === b.x && a.y === b.y) continue
    lines[a.depth + b.depth >= 0 ? 'near' : 'far'] += segment(a, b)
  }
  return { area: outline(pixels, faces), lines: lines.near, hidden: lines.far }
}

const segment = (a: { x: number; y: number }, b: { x: number; y: number }) =>
  `M${number(a.x)} ${number(a.y)}L${number(b.x)} ${number(b.y)}`

/** All faces with one orientation, so that their areas add up to a silhouette and do not cancel. */
function outline(pixels: readonly { x: number; y: number }[], faces: Uint32Array): string {
  let path = ''
  for (let f = 0; f < faces.length; f += 4) {
    const corners = [0, 1, 2, 3].map((k) => pixels[faces[f + k]])
    const turned = corners.reduce((sum, { x, y }, k) => {
      const next = corners[(k + 1) % 4]
      return sum + x * next.y - y * next.x
    }, 0)
    if (Math.abs(turned) < 0.05) continue
    const ordered = turned > 0 ? corners : corners.toReversed()
    path += `M${ordered.map(({ x, y }) => `${number(x)} ${number(y)}`).join('L')}Z`
  }
  return path
}

/** Half-axes from the origin; their names stand beside the ends in the plane, beyond them in space. */
function axesOf({ ends }: Scene, project: Projection): DrawnAxis[] {
  const n = ends.length
  return Array.from(ends, (end, sample) => {
    const at = (share: number) => {
      const point = new Float64Array(n)
      point[sample] = share * end
      return project(point, 0)
    }
    const [start, tip, beyond] = [at(0), at(1), at(1.1)]
    const path = segment(start, tip)
    if (n === 3) return { path, sample, x: beyond.x, y: beyond.y, anchor: 'middle' }
    return sample === 0
      ? { path, sample, x: tip.x, y: tip.y + 11, anchor: 'end' }
      : { path, sample, x: tip.x + 6, y: tip.y + 2, anchor: 'start' }
  })
}
