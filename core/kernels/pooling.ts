/**
 * Batch normalisation, ReLU and sum over neighbouring rows, a group for each sample, in one pass: in the kernel memory by
 * the compiled kernels, elsewhere by plain loops.
 */
import type { Arena } from './arena.ts'
import { hostOf, isSingle, type RealArray } from './places.ts'
import type { Dense } from './staging.ts'

type Columns = Float64Array
type Real = Dense<RealArray>

/** By columns: N = (H − center)·factor, z = N·gamma + shift. */
export interface Activation {
  center: Columns
  factor: Columns
  gamma: Columns
  shift: Columns
}

/** Over the rows of each group that are active, those of z > 0; samples×n each. NaN counts as active. */
export interface ActiveSums {
  /** How many. */
  counts: Real
  /** Σ N. */
  actives: Real
  /** Σ z. */
  sums: Real
}

/** Writes the sums over groups of `group` rows of H. */
export function poolActive(H: Real, group: number, activation: Activation, out: ActiveSums): void {
  const { counts, actives, sums } = out
  for (const grouped of [counts, actives, sums]) requireGroups(H, group, grouped)
  const { rows, cols, data } = H
  const host = hostOf(data, counts.data, actives.data, sums.data)
  const { center, factor, gamma, shift } = activation
  if (host) {
    host.scratch((arena) => {
      const columns = joined(arena, data, [center, factor, gamma, shift])
      const [c, a, s] = [counts, actives, sums].map((grouped) => grouped.data.byteOffset)
      const at = columns.byteOffset
      host.kernels.poolActive(data.byteOffset, rows / group, group, cols, at, c, a, s, isSingle(data))
    })
    return
  }
  for (const grouped of [counts, actives, sums]) grouped.data.fill(0)
  eachEntry(H, group, (value, j, _, to) => {
    const N = (value - center[j]) * factor[j]
    const z = N * gamma[j] + shift[j]
    if (z <= 0) return
    counts.data[to] += 1
    actives.data[to] += N
    sums.data[to] += z
  })
}

/** The way back: `out` = (the row of D of the group where z > 0, else 0) − N·share − mean. */
export function spreadSlopes(
  H: Real,
  group: number,
  { center, factor, gamma, shift }: Activation,
  { share, mean }: { share: Columns; mean: Columns },
  D: Real,
  out: Real,
): void {
  requireGroups(H, group, D)
  requireGroups(out, group, D)
  const { rows, cols, data } = H
  const host = hostOf(data, D.data, out.data)
  if (host) {
    host.scratch((arena) => {
      const columns = joined(arena, data, [center, factor, gamma, shift, share, mean])
      const [h, at, d, to] = [data, columns, D.data, out.data].map(({ byteOffset }) => byteOffset)
      host.kernels.spreadSlopes(h, rows / group, group, cols, at, d, to, isSingle(data))
    })
    return
  }
  eachEntry(H, group, (value, j, at, from) => {
    const N = (value - center[j]) * factor[j]
    const slope = N * gamma[j] + shift[j] > 0 ? D.data[from] : 0
    out.data[at] = slope - (N * share[j] + mean[j])
  })
}

/** One array after the other, in the precision of `like`. */
function joined(arena: Arena, like: RealArray, columns: readonly Columns[]): RealArray {
  const [{ length }] = columns
  const all = arena.alike(like, columns.length * length)
  columns.forEach((values, i) => all.set(values, i * length))
  return all
}

function requireGroups(A: Real, group: number, grouped: Real): void {
  if (A.rows === grouped.rows * group && A.cols === grouped.cols) return
  throw new RangeError(`${A.rows}×${A.cols} is not ${grouped.rows}×${grouped.cols} in groups of ${group}.`)
}

/** @param visit also told where the entry is, and where that of its group is */
function eachEntry(
  { rows, cols, data }: Real,
  group: number,
  visit: (value: number, j: number, at: number, grouped: number) => void,
): void {
  for (let i = 0, at = 0; i < rows; i++) {
    const start = Math.floor(i / group) * cols
    for (let j = 0; j < cols; j++, at++) visit(data[at], j, at, start + j)
  }
}
