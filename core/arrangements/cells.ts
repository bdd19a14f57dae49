import { Matrix } from '../linalg/matrix.ts'
import { axpy, dot, norm2, scale } from '../linalg/products.ts'
import { distinctLines } from './lines.ts'
import { PatternSet } from './patterns.ts'
import { planarCells } from './planar.ts'

/**
 * One strictly interior point of every open cell of a central arrangement, each cell once.
 *
 * Hyperplanes are added one at a time. Hyperplane h cuts exactly the cells whose restriction to h is a cell of the
 * arrangement that the earlier hyperplanes induce in h, of one dimension less: those are found by recursion, and
 * each splits in two. Every cell costs O(m·r) besides the recursion; no linear program is solved.
 *
 * @param normals m×r, unit rows, no two parallel (see {@link distinctLines}); any rank.
 */
export function cellPoints(normals: Matrix): Float64Array[] {
  const r = normals.cols
  if (normals.rows === 0) return [new Float64Array(r)]
  if (r === 1) return [Float64Array.of(1), Float64Array.of(-1)]
  if (r === 2) return planarCells(normals)
  let points: Float64Array[] = [new Float64Array(r)]
  for (let j = 0; j < normals.rows; j++) points = addHyperplane(normals, j, points)
  return points
}

/** Cells of rows 0..j from those of rows 0..j−1. */
function addHyperplane(normals: Matrix, j: number, points: Float64Array[]): Float64Array[] {
  const normal = normals.row(j)
  const earlier = new Matrix(j, normals.cols, normals.data.subarray(0, j * normals.cols))
  const cells = new PatternSet(j)
  for (const point of points) cells.add(signBits(earlier, point))
  const result = [...points]
  for (const onWall of wallPoints(earlier, normal)) {
    const cut = cells.find(onWall.bits)
    // A restricted cell always belongs to a known cell; rounding in a nearly degenerate position can hide it.
    if (cut < 0) continue
    result[cut] = stepOff(earlier, onWall.point, normal, 1)
    result.push(stepOff(earlier, onWall.point, normal, -1))
  }
  return result
}

/** Points of the hyperplane {normal·u = 0}, one in each of its cells, with their patterns on the rows of N. */
function wallPoints(N: Matrix, normal: Float64Array): { point: Float64Array; bits: Uint32Array }[] {
  const reflector = householder(normal)
  const restricted = Matrix.zeros(N.rows, N.cols - 1)
  for (let i = 0; i < N.rows; i++) restricted.row(i).set(reflect(reflector, N.row(i)).subarray(1))
  const { normals, line, orientation } = distinctLines(restricted)
  return cellPoints(normals).map((inside) => {
    const lifted = new Float64Array(N.cols)
    lifted.set(inside, 1)
    const bits = new Uint32Array(Math.max(1, Math.ceil(N.rows / 32)))
    for (let i = 0; i < N.rows; i++) {
      const side = line[i] < 0 ? 0 : orientation[i] * dot(normals.row(line[i]), inside)
      if (side > 0) bits[i >>> 5] |= 1 << (i & 31)
    }
    return { point: reflect(reflector, lifted), bits }
  })
}

/** From a point of the new wall, half the way along ±normal to the first earlier wall, at most 1; a unit vector. */
function stepOff(N: Matrix, wall: Float64Array, normal: Float64Array, side: 1 | -1): Float64Array {
  // Walls parallel to the step are met, by rounding, very far away: the cap keeps the point where it is.
  let reach = 2
  for (let i = 0; i < N.rows; i++) {
    const distance = -dot(N.row(i), wall) / (side * dot(N.row(i), normal))
    if (distance > 0) reach = Math.min(reach, distance)
  }
  const point = wall.slice()
  axpy(0.5 * side * reach, normal, point)
  scale(1 / norm2(point), point)
  return point
}

function signBits(N: Matrix, point: Float64Array): Uint32Array {
  const bits = new Uint32Array(Math.max(1, Math.ceil(N.rows / 32)))
  for (let i = 0; i < N.rows; i++) if (dot(N.row(i), point) > 0) bits[i >>> 5] |= 1 << (i & 31)
  return bits
}

/** Unit h with (I − 2hhᵀ)·normal on the first axis. */
function householder(normal: Float64Array): Float64Array {
  const h = normal.slice()
  h[0] += h[0] < 0 ? -1 : 1
  scale(1 / norm2(h), h)
  return h
}

function reflect(h: Float64Array, x: Float64Array): Float64Array {
  const image = x.slice()
  axpy(-2 * dot(h, x), h, image)
  return image
}
