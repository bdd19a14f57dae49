import type { Workbench } from './blocks.ts'
import type { Matrix } from './matrix.ts'
import { norm2, scale } from './products.ts'
import { secularRoot, type SecularProblem } from './secular.ts'

/** Indices that sort `values` ascending, equal ones in their order. */
export function ascendingOrder(values: Float64Array): Int32Array {
  return Int32Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b] || a - b)
}

/** Places that group the columns by kind, in order; and how many there are of each of the three. */
export function groupByKind(kinds: readonly number[]): { place: Int32Array; kinds: readonly number[] } {
  const counts = [0, 0, 0]
  for (const kind of kinds) counts[kind]++
  const next = [0, counts[0], counts[0] + counts[1]]
  return { place: Int32Array.from(kinds, (kind) => next[kind]++), kinds: counts }
}

/** The solved secular equation of a merge. */
export interface SecularSolution {
  /** The roots, ascending: eigenvalues, or singular values where `squared`. */
  readonly values: Float64Array
  /** Row i: δⱼ − λᵢ for every pole. */
  readonly gaps: Matrix
  /** The updating vector recomputed from the roots. */
  readonly z: Float64Array
}

/**
 * All roots, and z recomputed from them (Gu and Eisenstat 1994): vectors formed with it are those of a nearby
 * problem, exactly, and therefore orthogonal.
 */
export function solveSecular(
  bench: Workbench,
  problem: SecularProblem,
  signs: readonly number[],
): SecularSolution {
  const { poles } = problem
  const gaps = bench.arena.matrixUndefined(poles.length, poles.length)
  const values = Float64Array.from(poles, (_, i) => {
    const { origin, shift } = secularRoot(problem, i, gaps.row(i))
    return poles[origin] + shift
  })
  return { values, gaps, z: recomputedZ(problem, gaps, signs) }
}

/** ẑⱼ² = Πᵢ (λᵢ − δⱼ) / Π_{i≠j} (δᵢ − δⱼ), paired so that every factor is near 1. */
function recomputedZ(
  { poles, squared }: SecularProblem,
  gaps: Matrix,
  signs: readonly number[],
): Float64Array {
  const k = poles.length
  const product = new Float64Array(k).fill(1)
  for (let i = 0; i < k; i++) {
    const gap = gaps.row(i)
    const base = poles[i]
    for (let j = 0; j < k; j++) {
      const distance = (poles[j] - base) * (squared ? poles[j] + base : 1)
      product[j] *= j === i ? gap[j] : gap[j] / distance
    }
  }
  return product.map((value, j) => signs[j] * Math.sqrt(Math.abs(value)))
}

/**
 * Unit vectors in rows: entry place[j] of row i is numerators[j] / (δⱼ − λᵢ); a place listed in `fixed` gets that
 * value before normalisation instead.
 */
export function vectorRows(
  bench: Workbench,
  gaps: Matrix,
  numerators: Float64Array,
  place: Int32Array,
  fixed?: { readonly pole: number; readonly value: number },
): Matrix {
  const k = gaps.rows
  const vectors = bench.arena.matrixUndefined(k, k)
  for (let i = 0; i < k; i++) {
    const row = vectors.row(i)
    const gap = gaps.row(i)
    for (let j = 0; j < k; j++) row[place[j]] = numerators[j] / gap[j]
    if (fixed) row[place[fixed.pole]] = fixed.value
    scale(1 / norm2(row), row)
  }
  return vectors
}
