/**
 * Batch normalisation, ReLU and sum over the rows of a group in one pass over a matrix of contiguous rows of n columns.
 *
 * With N = (h − center)·factor and z = N·gamma + shift by columns, a row is active in a column unless z ≤ 0: NaN counts as
 * active, so that divergence is seen.
 */
import { rowsAtOnce } from './columns'
import { lanes, madd } from './simd'

/** What belongs to the columns, one array of n entries after the other: center, factor, gamma, shift. */
@inline
function row<T>(columns: usize, n: usize, index: usize): usize {
  return columns + index * n * sizeof<T>()
}

/** counts = active rows of each group, actives = Σ of their N, sums = Σ of their z; `groups` rows of n entries each. */
export function poolActive(
  h: usize,
  groups: usize,
  group: usize,
  n: usize,
  columns: usize,
  counts: usize,
  actives: usize,
  sums: usize,
  single: bool,
): void {
  if (single) poolOf<f32>(h, groups, group, n, columns, counts, actives, sums)
  else poolOf<f64>(h, groups, group, n, columns, counts, actives, sums)
}

function poolOf<T>(
  h: usize,
  groups: usize,
  group: usize,
  n: usize,
  columns: usize,
  counts: usize,
  actives: usize,
  sums: usize,
): void {
  const bytes = n * sizeof<T>()
  const step = rowsAtOnce(bytes)
  for (let i: usize = 0; i < groups; i++, counts += bytes, actives += bytes, sums += bytes) {
    memory.fill(counts, 0, bytes)
    memory.fill(actives, 0, bytes)
    for (let k: usize = 0; k < group; k += step) {
      const rows = min(step, group - k)
      addActive<T>(h, rows, n, columns, counts, actives)
      h += rows * bytes
    }
    for (let j: usize = 0; j < n; j++) {
      const at = j * sizeof<T>()
      const gamma = load<T>(row<T>(columns, n, 2) + at)
      const shift = load<T>(row<T>(columns, n, 3) + at)
      store<T>(sums + at, gamma * load<T>(actives + at) + shift * load<T>(counts + at))
    }
  }
}

/** Adds to the counts and the sums of N of one group. */
function addActive<T>(h: usize, rows: usize, n: usize, columns: usize, counts: usize, actives: usize): void {
  const bytes = n * sizeof<T>()
  const end = h + rows * bytes
  const zero = v128.splat<T>(<T>0)
  const one = v128.splat<T>(<T>1)
  let j: usize = 0
  for (; j + 2 * lanes<T>() <= n; j += 2 * lanes<T>()) {
    const at = j * sizeof<T>()
    const c0 = v128.load(row<T>(columns, n, 0) + at)
    const c1 = v128.load(row<T>(columns, n, 0) + at, 16)
    const f0 = v128.load(row<T>(columns, n, 1) + at)
    const f1 = v128.load(row<T>(columns, n, 1) + at, 16)
    const g0 = v128.load(row<T>(columns, n, 2) + at)
    const g1 = v128.load(row<T>(columns, n, 2) + at, 16)
    const s0 = v128.load(row<T>(columns, n, 3) + at)
    const s1 = v128.load(row<T>(columns, n, 3) + at, 16)
    let count0 = zero
    let count1 = zero
    let sum0 = zero
    let sum1 = zero
    for (let from = h + at; from < end; from += bytes) {
      const n0 = v128.mul<T>(v128.sub<T>(v128.load(from), c0), f0)
      const n1 = v128.mul<T>(v128.sub<T>(v128.load(from, 16), c1), f1)
      const off0 = v128.le<T>(madd<T>(n0, g0, s0), zero)
      const off1 = v128.le<T>(madd<T>(n1, g1, s1), zero)
      count0 = v128.add<T>(count0, v128.andnot(one, off0))
      count1 = v128.add<T>(count1, v128.andnot(one, off1))
      sum0 = v128.add<T>(sum0, v128.andnot(n0, off0))
      sum1 = v128.add<T>(sum1, v128.andnot(n1, off1))
    }
    count0 = v128.add<T>(v128.load(counts + at), count0)
    count1 = v128.add<T>(v128.load(counts + at, 16), count1)
    sum0 = v128.add<T>(v128.load(actives + at), sum0)
    sum1 = v128.add<T>(v128.load(actives + at, 16), sum1)
    // Stores side by side with nothing between them: V8 joins only such (see tile.ts).
    v128.store(counts + at, count0)
    v128.store(counts + at, count1, 16)
    v128.store(actives + at, sum0)
    v128.store(actives + at, sum1, 16)
  }
  for (; j < n; j++) {
    const at = j * sizeof<T>()
    let count = <T>0
    let sum = <T>0
    for (let from = h + at; from < end; from += bytes) {
      const normalized = normalizedAt<T>(from, columns, n, at)
      if (zAt<T>(normalized, columns, n, at) <= <T>0) continue
      count += <T>1
      sum += normalized
    }
    store<T>(counts + at, load<T>(counts + at) + count)
    store<T>(actives + at, load<T>(actives + at) + sum)
  }
}

/**
 * The way back: row k of a group of `out` = row of d where z > 0, else 0, less N·share + mean, which are the fifth and the
 * sixth array of `columns`.
 */
export function spreadSlopes(
  h: usize,
  groups: usize,
  group: usize,
  n: usize,
  columns: usize,
  d: usize,
  out: usize,
  single: bool,
): void {
  if (single) spreadOf<f32>(h, groups, group, n, columns, d, out)
  else spreadOf<f64>(h, groups, group, n, columns, d, out)
}

function spreadOf<T>(
  h: usize,
  groups: usize,
  group: usize,
  n: usize,
  columns: usize,
  d: usize,
  out: usize,
): void {
  const bytes = n * sizeof<T>()
  const step = rowsAtOnce(2 * bytes)
  for (let i: usize = 0; i < groups; i++, d += bytes) {
    for (let k: usize = 0; k < group; k += step) {
      const rows = min(step, group - k)
      spreadRows<T>(h, rows, n, columns, d, out)
      h += rows * bytes
      out += rows * bytes
    }
  }
}

function spreadRows<T>(h: usize, rows: usize, n: usize, columns: usize, d: usize, out: usize): void {
  const bytes = n * sizeof<T>()
  const end = h + rows * bytes
  const zero = v128.splat<T>(<T>0)
  let j: usize = 0
  for (; j + 2 * lanes<T>() <= n; j += 2 * lanes<T>()) {
    const at = j * sizeof<T>()
    const c0 = v128.load(row<T>(columns, n, 0) + at)
    const c1 = v128.load(row<T>(columns, n, 0) + at, 16)
    const f0 = v128.load(row<T>(columns, n, 1) + at)
    const f1 = v128.load(row<T>(columns, n, 1) + at, 16)
    const g0 = v128.load(row<T>(columns, n, 2) + at)
    const g1 = v128.load(row<T>(columns, n, 2) + at, 16)
    const s0 = v128.load(row<T>(columns, n, 3) + at)
    const s1 = v128.load(row<T>(columns, n, 3) + at, 16)
    const share0 = v128.load(row<T>(columns, n, 4) + at)
    const share1 = v128.load(row<T>(columns, n, 4) + at, 16)
    const mean0 = v128.load(row<T>(columns, n, 5) + at)
    const mean1 = v128.load(row<T>(columns, n, 5) + at, 16)
    const d0 = v128.load(d + at)
    const d1 = v128.load(d + at, 16)
    let to = out + at
    for (let from = h + at; from < end; from += bytes, to += bytes) {
      const n0 = v128.mul<T>(v128.sub<T>(v128.load(from), c0), f0)
      const n1 = v128.mul<T>(v128.sub<T>(v128.load(from, 16), c1), f1)
      const on0 = v128.gt<T>(madd<T>(n0, g0, s0), zero)
      const on1 = v128.gt<T>(madd<T>(n1, g1, s1), zero)
      v128.store(to, v128.sub<T>(v128.and(d0, on0), madd<T>(n0, share0, mean0)))
      v128.store(to, v128.sub<T>(v128.and(d1, on1), madd<T>(n1, share1, mean1)), 16)
    }
  }
  for (; j < n; j++) {
    const at = j * sizeof<T>()
    const share = load<T>(row<T>(columns, n, 4) + at)
    const mean = load<T>(row<T>(columns, n, 5) + at)
    let to = out + at
    for (let from = h + at; from < end; from += bytes, to += bytes) {
      const normalized = normalizedAt<T>(from, columns, n, at)
      const slope = zAt<T>(normalized, columns, n, at) > <T>0 ? load<T>(d + at) : <T>0
      store<T>(to, slope - (normalized * share + mean))
    }
  }
}

@inline
function normalizedAt<T>(from: usize, columns: usize, n: usize, at: usize): T {
  return (load<T>(from) - load<T>(row<T>(columns, n, 0) + at)) * load<T>(row<T>(columns, n, 1) + at)
}

@inline
function zAt<T>(normalized: T, columns: usize, n: usize, at: usize): T {
  return normalized * load<T>(row<T>(columns, n, 2) + at) + load<T>(row<T>(columns, n, 3) + at)
}
