import { blockOf, sub, update, type Workbench } from './blocks.ts'
import type { Matrix } from './matrix.ts'
import { norm2 } from './products.ts'
import type { Reflectors } from './householder-qr.ts'
import { reflectionOf } from './reflectors.ts'

/** Columns reduced before the rest of the matrix is updated at once. */
const panelWidth = 32
/** Below this the running norm of a column has lost too many digits and is computed anew (Drmač, Bujanović 2008). */
const cancellation = Math.sqrt(Number.EPSILON)

/** What the reduction works on: A by its columns, so that each is contiguous. */
interface Reduction {
  /** n×m: row j is a column of A. */
  readonly columns: Matrix
  /** k×m reflection vectors. */
  readonly vectors: Matrix
  /** n×panelWidth: column p of A at any moment is its row minus Σᵢ factors(p, i)·vᵢ. */
  readonly factors: Matrix
  readonly products: Float64Array
  readonly coefficients: Float64Array
  readonly taus: Float64Array
  readonly pivots: Int32Array
  /** Norms of what is left of the columns, and their values when last computed from scratch. */
  readonly norms: Float64Array
  readonly exactNorms: Float64Array
}

/**
 * Householder QR with column pivoting of a matrix given by its columns.
 *
 * @param columns n×m in the kernel memory, row j = column j of A; row j becomes column j of R in pivot order
 * @returns reflections with zeros before column j in row j, and which column of A stands at each place
 */
export function pivotedReduction(
  bench: Workbench,
  columns: Matrix,
): Reflectors & { readonly pivots: Int32Array } {
  const { rows: n, cols: m } = columns
  const k = Math.min(n, m)
  const norms = Float64Array.from({ length: n }, (_, j) => norm2(columns.row(j)))
  const state: Reduction = {
    columns,
    vectors: bench.arena.matrix(k, m),
    factors: bench.arena.matrix(n, panelWidth),
    products: bench.arena.float64(n),
    coefficients: bench.arena.float64(panelWidth),
    taus: new Float64Array(k),
    pivots: Int32Array.from({ length: n }, (_, j) => j),
    norms,
    exactNorms: norms.slice(),
  }
  for (let from = 0; from < k;) from = reducePanel(bench, state, from, Math.min(panelWidth, k - from))
  return { vectors: blockOf(state.vectors), taus: state.taus, pivots: state.pivots }
}

/**
 * Reduces up to `width` columns, fewer when a norm must be computed anew, and updates the rest.
 * @returns the first column not reduced
 */
function reducePanel(bench: Workbench, state: Reduction, from: number, width: number): number {
  const { columns, norms, exactNorms } = state
  state.factors.data.fill(0)
  const stale: number[] = []
  let next = from
  while (next < from + width && stale.length === 0) {
    bringLargest(state, next)
    reduceColumn(bench, state, from, next)
    downdateNorms(state, next, stale)
    next++
  }
  const [n, m] = [columns.rows, columns.cols]
  const used = next - from
  const rest = sub(blockOf(columns), next, next, n - next, m - next)
  const factors = sub(blockOf(state.factors), next, 0, n - next, used)
  update(bench.host, rest, factors, sub(blockOf(state.vectors), from, next, used, m - next), {
    alpha: -1,
    beta: 1,
  })
  for (const j of stale) norms[j] = exactNorms[j] = norm2(columns.row(j).subarray(next))
  return next
}

function bringLargest({ columns, factors, pivots, norms, exactNorms }: Reduction, place: number): void {
  let best = place
  for (let j = place + 1; j < norms.length; j++) if (norms[j] > norms[best]) best = j
  if (best === place) return
  for (const A of [columns, factors]) {
    const kept = A.row(place).slice()
    A.row(place).set(A.row(best))
    A.row(best).set(kept)
  }
  for (const list of [pivots, norms, exactNorms]) {
    const kept = list[place]
    list[place] = list[best]
    list[best] = kept
  }
}

/** Brings column `j` up to date, reflects it, adds its column of factors and finishes row j of R. */
function reduceColumn({ host: { kernels } }: Workbench, state: Reduction, from: number, j: number): void {
  const { columns, vectors, factors, products, coefficients } = state
  const { rows: n, cols: m } = columns
  const i = j - from
  const tail = m - j
  const earlier = at(vectors, from, j)
  kernels.multiplyTransposeVector(earlier, m, i, tail, at(factors, j, 0), -1, at(columns, j, j))
  const v = vectors.row(j).subarray(j)
  v.set(columns.row(j).subarray(j))
  const { tau, beta } = reflectionOf(v)
  state.taus[j] = tau
  columns.data[j * m + j] = beta
  const below = n - j - 1
  if (below === 0) return
  // tau·(current columns)·v, where the current columns are those stored minus factors·V.
  products.fill(0)
  coefficients.fill(0)
  const [f, c] = [products.byteOffset, coefficients.byteOffset]
  kernels.multiplyVector(at(columns, j + 1, j), m, below, tail, v.byteOffset, 1, f)
  kernels.multiplyVector(earlier, m, i, tail, v.byteOffset, 1, c)
  kernels.multiplyVector(at(factors, j + 1, 0), panelWidth, below, i, c, -1, f)
  for (let p = 0; p < below; p++) factors.data[(j + 1 + p) * panelWidth + i] = tau * products[p]
  for (let p = 0; p <= i; p++) coefficients[p] = vectors.data[(from + p) * m + j]
  for (let p = j + 1; p < n; p++) {
    let sum = 0
    for (let q = 0; q <= i; q++) sum += factors.data[p * panelWidth + q] * coefficients[q]
    columns.data[p * m + j] -= sum
  }
}

/** Takes row `j` of R off the norms of the remaining columns; lists those that must be computed anew. */
function downdateNorms({ columns, norms, exactNorms }: Reduction, j: number, stale: number[]): void {
  for (let p = j + 1; p < norms.length; p++) {
    if (norms[p] === 0) continue
    const ratio = Math.abs(columns.data[p * columns.cols + j]) / norms[p]
    const left = Math.max(0, (1 + ratio) * (1 - ratio))
    if (left * (norms[p] / exactNorms[p]) ** 2 <= cancellation) stale.push(p)
    else norms[p] *= Math.sqrt(left)
  }
}

function at(A: Matrix, i: number, j: number): number {
  return A.data.byteOffset + 8 * (i * A.cols + j)
}
