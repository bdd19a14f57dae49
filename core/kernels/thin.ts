import type { Engine } from './engine.ts'
import type { GemmOptions } from './gemm.ts'
import { RowWindow, type Dense, type Staging } from './staging.ts'

/**
 * Up to this many columns of op(B), a product is limited by reading A: rows of A are multiplied where they lie, not
 * packed first.
 */
const mostColumns = 8
/** With fewer multiplications, arranging the columns costs more than it saves. */
const smallestProduct = 5e5
/** Rows of A that stay in the second-level cache while the columns pass by. */
const chunkBytes = 1 << 18
const mostRows = 512

/** Is C = α·op(A)·op(B) + β·C best done by the rows of A? Depends on shapes and precision only. */
export function isThin(A: Dense, C: Dense, { lower, transposeA, rowMask }: GemmOptions): boolean {
  // What the mask leaves out may not even be finite: of a transposed A, packing skips it.
  if (lower || (transposeA && rowMask)) return false
  const few = C.cols <= mostColumns && A.data.length * C.cols >= smallestProduct
  return few && A.data instanceof Float64Array
}

/** The product, for shapes of which `isThin` says yes. */
export function multiplyThin(
  host: Engine,
  staging: Staging,
  A: Dense,
  B: Dense,
  C: Dense,
  options: GemmOptions,
): void {
  const [m, n] = [C.rows, C.cols]
  const k = options.transposeA ? A.rows : A.cols
  // Both factors and the result by their columns, so that each is contiguous.
  const columns = staging.doubles(n * k)
  gatherColumns(B, columns, options.transposeB)
  const sums = staging.doubles(n * m).fill(0)
  const step = Math.min(A.rows, rowsAtATime(A.cols))
  const window = new RowWindow(staging, A, step)
  const { kernels } = host
  for (let from = 0; from < A.rows; from += step) {
    const rows = Math.min(step, A.rows - from)
    const a = window.read(from, rows)
    for (let j = 0; j < n; j++) {
      const x = columns.byteOffset + 8 * j * k
      const y = sums.byteOffset + 8 * j * m
      if (options.transposeA) kernels.multiplyTransposeVector(a, A.cols, rows, A.cols, x + 8 * from, 1, y)
      else kernels.multiplyVector(a, A.cols, rows, A.cols, x, 1, y + 8 * from)
    }
  }
  scatterColumns(sums, C, options)
}

/** A multiple of four, because the kernels take four rows together and sums must not depend on the step. */
function rowsAtATime(cols: number): number {
  return Math.max(4, Math.min(mostRows, 4 * Math.floor(chunkBytes / (32 * cols))))
}

/** Column j of op(B), at j·k. */
function gatherColumns(B: Dense, columns: Float64Array, transposed = false): void {
  const [n, k] = transposed ? [B.rows, B.cols] : [B.cols, B.rows]
  for (let j = 0; j < n; j++) {
    for (let p = 0; p < k; p++) columns[j * k + p] = B.data[transposed ? j * k + p : p * n + j]
  }
}

/** C = α·sums + β·C; rows of A that its mask leaves out count as zero. */
function scatterColumns(sums: Float64Array, C: Dense, options: GemmOptions): void {
  const { alpha = 1, beta = 0, rowMask } = options
  for (let i = 0, at = 0; i < C.rows; i++) {
    const factor = rowMask?.[i] === 0 ? 0 : alpha
    for (let j = 0; j < C.cols; j++, at++) {
      const value = factor === 0 ? 0 : factor * sums[j * C.rows + i]
      C.data[at] = beta === 0 ? value : value + beta * C.data[at]
    }
  }
}
