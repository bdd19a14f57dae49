import { Matrix } from '../linalg/matrix.ts'
import { axpy, dot, norm2, scale } from '../linalg/products.ts'
import { dotAt } from './strided.ts'
import { distinctLines } from './lines.ts'
import { PatternSet } from './patterns.ts'
import { planarCells } from './planar.ts'

/** A cell by a point inside and its pattern on the rows that were added so far (later bits are zero). */
interface Cell {
  point: Float64Array
  bits: Uint32Array
}

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
  const first: Cell = { point: new Float64Array(r), bits: new Uint32Array(Math.ceil(normals.rows / 32)) }
  const cells = [first]
  for (let j = 0; j < normals.rows; j++) addHyperplane(normals, j, cells)
  return cells.map(({ point }) => point)
}

/** Cells of rows 0..j from those of rows 0..j−1, in place. */
function addHyperplane(normals: Matrix, j: number, cells: Cell[]): void {
  const normal = normals.row(j)
  const index = new PatternSet(normals.rows)
  for (const { bits } of cells) index.add(bits)
  const known = cells.length
  const isCut = new Uint8Array(known)
  for (const wall of wallCells(normals, j)) {
    const cut = index.find(wall.bits)
    // A restricted cell always belongs to a known cell; rounding in a nearly degenerate position can hide it.
    if (cut < 0) continue
    isCut[cut] = 1
    cells.push({ point: stepOff(normals, j, wall.point, -1), bits: wall.bits })
    cells[cut] = { point: stepOff(normals, j, wall.point, 1), bits: withBit(wall.bits, j) }
  }
  for (let c = 0; c < known; c++) {
    if (isCut[c] === 0 && dot(normal, cells[c].point) > 0) cells[c].bits = withBit(cells[c].bits, j)
  }
}

/** The cells of hyperplane j cut by rows 0..j−1. */
function wallCells(N: Matrix, j: number): Cell[] {
  const r = N.cols
  const reflector = householder(N.row(j))
  const restricted = Matrix.zeros(j, r - 1)
  for (let i = 0; i < j; i++) restricted.row(i).set(reflect(reflector, N.row(i)).subarray(1))
  const { normals, line, orientation } = distinctLines(restricted)
  return cellPoints(normals).map((inside) => {
    const lifted = new Float64Array(r)
    lifted.set(inside, 1)
    const bits = new Uint32Array(Math.ceil(N.rows / 32))
    for (let i = 0; i < j; i++) {
      const side = line[i] < 0 ? 0 : orientation[i] * dotAt(normals.data, line[i] * (r - 1), inside, 0, r - 1)
      if (side > 0) bits[i >>> 5] |= 1 << (i & 31)
    }
    return { point: reflect(reflector, lifted), bits }
  })
}

/** From a point of wall j, half the way along ±its normal to the first earlier wall, at most 1; a unit vector. */
function stepOff(N: Matrix, j: number, wall: Float64Array, side: 1 | -1): Float64Array {
  const r = N.cols
  // Walls parallel to the step are met, by rounding, very far away: the cap keeps the point where it is.
  let reach = 2
  for (let i = 0; i < j; i++) {
    const distance = -dotAt(N.data, i * r, wall, 0, r) / (side * dotAt(N.data, i * r, N.data, j * r, r))
    if (distance > 0 && distance < reach) reach = distance
  }
  const point = wall.slice()
  axpy(0.5 * side * reach, N.row(j), point)
  scale(1 / norm2(point), point)
  return point
}

function withBit(bits: Uint32Array, j: number): Uint32Array {
  const result = bits.slice()
  result[j >>> 5] |= 1 << (j & 31)
  return result
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
