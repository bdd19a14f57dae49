import type { Matrix } from '../linalg/matrix.ts'
import type { Arrangement } from './arrangement.ts'
import { distinctLines } from './lines.ts'
import { compareBits } from './patterns.ts'
import { RowCone } from './row-cone.ts'

/** A first-layer cell that is active on some row. */
export interface LivePattern {
  /** D₁, words as in PatternSet. */
  readonly bits: Uint32Array
  /** 1 where a row is active. */
  readonly active: Uint8Array
  /** A unit vector strictly inside. */
  readonly point: Float64Array
  /** The walls of the cell: unit vectors gⱼ with cell {u : gⱼᵀu ≥ 0}, none superfluous. */
  readonly walls: readonly Float64Array[]
}

/** The cells of an arrangement of the rows of A (n×r) that are active somewhere, in the order of their patterns. */
export function livePatterns(A: Matrix, { patterns, gates }: Arrangement): LivePattern[] {
  const { normals } = distinctLines(A)
  const cells = Array.from({ length: patterns.count }, (_, p): LivePattern => {
    const bits = patterns.pattern(p).slice()
    const active = Uint8Array.from({ length: A.rows }, (_row, i) => (patterns.isActive(p, i) ? 1 : 0))
    const point = gates.row(p).slice()
    return { bits, active, point, walls: wallsAt(normals, point) }
  })
  return cells.filter(({ active }) => active.includes(1)).sort((a, b) => compareBits(a.bits, b.bits))
}

/** The rows of ±normals that bound the cell of a point: those whose hyperplane can be crossed alone. */
function wallsAt(normals: Matrix, point: Float64Array): Float64Array[] {
  const r = normals.cols
  const oriented = Array.from({ length: normals.rows }, (_, k) => {
    const row = normals.row(k)
    let side = 0
    for (let c = 0; c < r; c++) side += row[c] * point[c]
    return row.map((value) => (side > 0 ? value : -value))
  })
  return oriented.filter((row, k) => {
    const others = new RowCone(r, normals.rows)
    oriented.forEach((other, l) => {
      if (l !== k) others.push(other)
    })
    return others.beyond(row, -1, point) !== null
  })
}
