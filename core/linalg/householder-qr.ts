import { blockOf, sub, type Block, type Workbench } from './blocks.ts'
import type { Matrix } from './matrix.ts'
import { applyReflections, reflectionOf } from './reflectors.ts'

/** Reflections in the form that `applyReflections` takes. */
export interface Reflectors {
  /** k×m: row j holds the vector of Hⱼ, zero before column j. */
  readonly vectors: Block
  readonly taus: Float64Array
}

/** Columns reduced before the rest of the matrix is updated at once. */
const panelWidth = 64

/**
 * A = H₀·H₁⋯·R by Householder reflections in panels (Schreiber and Van Loan 1989).
 *
 * @param A m×n in the kernel memory; its upper triangle (trapezium) is overwritten with R, the rest is undefined
 */
export function householderQr(bench: Workbench, A: Matrix): Reflectors {
  const { rows: m, cols: n } = A
  const k = Math.min(m, n)
  const vectors = bench.arena.matrix(k, m)
  const taus = new Float64Array(k)
  for (let from = 0; from < k; from += panelWidth) {
    const width = Math.min(panelWidth, k - from)
    reducePanel(bench, A, vectors, taus, from, width)
    const next = from + width
    if (next === n) continue
    const panel = sub(blockOf(vectors), from, from, width, m - from)
    const rest = sub(blockOf(A), from, next, m - from, n - next)
    applyReflections(bench, panel, taus.subarray(from, next), rest, { transposed: true })
  }
  return { vectors: blockOf(vectors), taus }
}

/** Reflects the columns from…from+width; they become rows of `vectors` on the way, where they are contiguous. */
function reducePanel(
  { host: { kernels } }: Workbench,
  A: Matrix,
  vectors: Matrix,
  taus: Float64Array,
  from: number,
  width: number,
): void {
  const { rows: m, cols: n } = A
  for (let r = from; r < m; r++) {
    for (let j = from; j < from + width; j++) vectors.data[j * m + r] = A.data[r * n + j]
  }
  for (let j = from; j < from + width; j++) {
    const row = vectors.row(j)
    const v = row.subarray(j)
    const { tau, beta } = reflectionOf(v)
    taus[j] = tau
    for (let later = j + 1; later < from + width; later++) {
      const x = vectors.data.byteOffset + 8 * (later * m + j)
      kernels.axpy(-tau * kernels.dot(v.byteOffset, x, m - j), v.byteOffset, x, m - j)
    }
    for (let r = from; r < j; r++) A.data[r * n + j] = row[r]
    A.data[j * n + j] = beta
    row.fill(0, from, j)
  }
}
