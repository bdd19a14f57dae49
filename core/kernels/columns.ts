/**
 * Steps of batch normalisation over the rows of a matrix: in the kernel memory by the compiled kernels, elsewhere by plain
 * loops. Sums of columns are in double in either precision.
 */
import type { Arena } from './arena.ts'
import type { Engine } from './engine.ts'
import { hostOf, isSingle, requireEqual, type RealArray } from './places.ts'
import type { Dense } from './staging.ts'

type Columns = Float64Array
type Real = Dense<RealArray>

/** sums[j] += Σᵢ aᵢⱼ. */
export function addColumnSums(A: Real, sums: Columns): void {
  const { rows, cols, data } = A
  const host = hostOf(data)
  if (!host) eachEntry(A, (value, j) => (sums[j] += value))
  else {
    withColumns(host, [sums], [sums], ([to]) =>
      host.kernels.sumColumns(data.byteOffset, rows, cols, to, isSingle(data)),
    )
  }
}

/** sums[j] += Σᵢ (aᵢⱼ − center[j])². */
export function addCenteredSquares(A: Real, center: Columns, sums: Columns): void {
  const { rows, cols, data } = A
  const host = hostOf(data)
  if (!host) eachEntry(A, (value, j) => (sums[j] += (value - center[j]) ** 2))
  else {
    withColumns(host, [center, sums], [sums], ([from, to]) =>
      host.kernels.squareColumns(data.byteOffset, rows, cols, from, to, isSingle(data)),
    )
  }
}

/** plain[j] += Σᵢ dᵢⱼ and products[j] += Σᵢ dᵢⱼ·aᵢⱼ. */
export function addColumnProducts(D: Real, A: Real, plain: Columns, products: Columns): void {
  requireEqual(D.data, A.data)
  const { rows, cols, data } = D
  const host = hostOf(data, A.data)
  if (!host) {
    eachEntry(D, (value, j, at) => {
      plain[j] += value
      products[j] += value * A.data[at]
    })
    return
  }
  withColumns(host, [plain, products], [plain, products], ([sums, ofProducts]) => {
    const [d, a] = [data.byteOffset, A.data.byteOffset]
    host.kernels.sumProducts(d, a, rows, cols, sums, ofProducts, isSingle(data))
  })
}

/** By columns. */
export interface Affine {
  center: Columns
  factor: Columns
  shift: Columns
}

/** out = (A − center)·factor + shift by columns, and max(·, 0) of that when `rectified`. `out` may be A. */
export function affineColumns(
  A: Real,
  { center, factor, shift }: Affine,
  rectified: boolean,
  out: Real,
): void {
  requireEqual(A.data, out.data)
  const { rows, cols, data } = A
  const host = hostOf(data, out.data)
  if (!host) {
    eachEntry(A, (value, j, at) => {
      const moved = (value - center[j]) * factor[j] + shift[j]
      // NaN stays NaN, so that divergence is seen.
      out.data[at] = rectified && moved < 0 ? 0 : moved
    })
    return
  }
  host.scratch((arena) => {
    const [c, f, s] = [center, factor, shift].map(
      (values) => placed(arena, values, isSingle(data)).byteOffset,
    )
    const to = out.data.byteOffset
    host.kernels.affineColumns(data.byteOffset, rows, cols, c, f, s, rectified, to, isSingle(data))
  })
}

/** D −= A·factor + shift by columns. */
export function subtractColumns(D: Real, A: Real, factor: Columns, shift: Columns): void {
  requireEqual(D.data, A.data)
  const { rows, cols, data } = D
  const host = hostOf(data, A.data)
  if (!host) {
    eachEntry(D, (value, j, at) => {
      data[at] = value - (A.data[at] * factor[j] + shift[j])
    })
    return
  }
  host.scratch((arena) => {
    const [f, s] = [factor, shift].map((values) => placed(arena, values, isSingle(data)).byteOffset)
    host.kernels.subtractColumns(data.byteOffset, A.data.byteOffset, rows, cols, f, s, isSingle(data))
  })
}

function eachEntry({ rows, cols, data }: Real, visit: (value: number, j: number, at: number) => void): void {
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++, at++) visit(data[at], j, at)
  }
}

/** A copy of `values`, in single precision when that is asked for. */
function placed(arena: Arena, values: Columns, single = false): RealArray {
  const copy = single ? arena.float32Undefined(values.length) : arena.float64Undefined(values.length)
  copy.set(values)
  return copy
}

/** Runs `body` with the addresses of copies of `columns`; carries back those that are `results`. */
function withColumns(
  host: Engine,
  columns: readonly Columns[],
  results: readonly Columns[],
  body: (addresses: number[]) => void,
): void {
  host.scratch((arena) => {
    const copies = columns.map((values) => placed(arena, values))
    body(copies.map(({ byteOffset }) => byteOffset))
    columns.forEach((values, i) => {
      if (results.includes(values)) values.set(copies[i])
    })
  })
}
