import type { Workbench } from './blocks.ts'
import type { Matrix } from './matrix.ts'
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

/**
 * The roots of the secular equation, ascending, and the unit eigenvectors of diag(poles) + zzᵀ: row i of `vectors`
 * belongs to root i, its entry for pole j at place[j].
 *
 * z is recomputed from the roots (Gu and Eisenstat 1994): the vectors are then those of a nearby problem, exactly.
 */
export function secularVectors(
  bench: Workbench,
  problem: SecularProblem,
  signs: readonly number[],
  place: Int32Array,
): { values: Float64Array; vectors: Matrix } {
  const { poles } = problem
  const k = poles.length
  const gaps = bench.arena.matrixUndefined(k, k)
  const vectors = bench.arena.matrixUndefined(k, k)
  const values = new Float64Array(k)
  for (let i = 0; i < k; i++) {
    const { origin, shift } = secularRoot(problem, i, gaps.row(i))
    values[i] = poles[origin] + shift
  }
  const z = recomputedZ(poles, gaps, signs)
  for (let i = 0; i < k; i++) {
    const row = vectors.row(i)
    const gap = gaps.row(i)
    let sum = 0
    for (let j = 0; j < k; j++) {
      const value = z[j] / gap[j]
      row[place[j]] = value
      sum += value * value
    }
    const norm = Math.sqrt(sum)
    for (let j = 0; j < k; j++) row[j] /= norm
  }
  return { values, vectors }
}

/** ẑⱼ² = Πᵢ (λᵢ − δⱼ) / Π_{i≠j} (δᵢ − δⱼ), paired so that every factor is near 1. */
function recomputedZ(poles: Float64Array, gaps: Matrix, signs: readonly number[]): Float64Array {
  const k = poles.length
  const product = new Float64Array(k).fill(1)
  for (let i = 0; i < k; i++) {
    const gap = gaps.row(i)
    for (let j = 0; j < k; j++) product[j] *= j === i ? gap[j] : gap[j] / (poles[j] - poles[i])
  }
  return product.map((value, j) => signs[j] * Math.sqrt(Math.abs(value)))
}
