import type { Matrix } from '../linalg/matrix.ts'
import { dot, norm2 } from '../linalg/products.ts'
import { stream } from '../random/index.ts'
import { cellOf, TwoLevelCells, twoLevelBound, unitVector, type TwoLevelArrangement } from './two-level.ts'

/** A draw closer than this (relative) to a hyperplane is on it. */
const ON_WALL = 1e-13

/**
 * The distinct cells of `count` draws of first-layer weights W₁ (r×m₁) and second-layer weights w₂ from N(0, I), in
 * the order of drawing (THEORY §4). Draws on a hyperplane, or without a positive row in the second layer, are dropped.
 *
 * @param A n×r
 */
export function sampleTwoLevel(A: Matrix, units: number, count: number, seed: number): TwoLevelArrangement {
  const source = stream(seed).split('two-level arrangements')
  const cells = new TwoLevelCells(A.rows, units)
  for (let draw = 0; draw < count; draw++) {
    const z = source.normals(units * A.cols)
    const w2 = source.normals(units)
    // (x·w₁ⱼ)₊w₂ⱼ = Iⱼ(x·Iⱼzⱼ)₊ with zⱼ = w₂ⱼw₁ⱼ.
    for (let at = 0; at < z.length; at++) z[at] *= w2[Math.floor(at / A.cols)]
    if (onWall(A, z, units)) continue
    const cell = cellOf(A, z, w2)
    if (cell) cells.join(cell, unitVector(z))
  }
  return { cells, complete: false, bound: twoLevelBound(A.rows, A.cols, units), draws: count }
}

function onWall(A: Matrix, z: Float64Array, units: number): boolean {
  const r = A.cols
  for (let j = 0; j < units; j++) {
    const part = z.subarray(j * r, (j + 1) * r)
    const size = norm2(part)
    for (let i = 0; i < A.rows; i++) {
      const norm = norm2(A.row(i))
      if (norm > 0 && Math.abs(dot(A.row(i), part)) <= ON_WALL * norm * size) return true
    }
  }
  return false
}
