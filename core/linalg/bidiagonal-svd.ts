import { blockOf, sub, update, type Workbench } from './blocks.ts'
import { deflate, halves, type Deflated, type Merge } from './deflation.ts'
import { jacobiSvd } from './jacobi-leaf.ts'
import type { Matrix } from './matrix.ts'
import { ascendingOrder, groupByKind, solveSecular, vectorRows } from './merge.ts'
import { maxAbs } from './products.ts'
import { setIdentity } from './reflectors.ts'
import type { SecularProblem } from './secular.ts'

/** Problems up to this order are solved by one-sided Jacobi. */
const leafOrder = 16

/**
 * The SVD of an upper bidiagonal matrix by divide and conquer (Gu and Eisenstat 1995): a row in the middle is taken
 * out, the two halves are solved, and the row is put back, which leaves an arrow matrix whose singular values are the
 * roots of a secular equation.
 *
 * @param d n diagonal entries, overwritten with the singular values, ascending
 * @param e n − 1 entries above them
 * @returns U and V, n×n in the bench's memory, column j of each belonging to d[j]
 */
export function bidiagonalSvd(bench: Workbench, d: Float64Array, e: Float64Array): { U: Matrix; V: Matrix } {
  const n = d.length
  const scale = Math.max(maxAbs(d), maxAbs(e))
  const tolerance = 8 * Number.EPSILON * scale
  const problem = { d, e, tolerance, U: bench.arena.matrix(n, n), V: bench.arena.matrix(n, n) }
  if (scale > 0) conquer(bench, problem, 0, n, 0)
  else for (const basis of [problem.U, problem.V]) setIdentity(bench.host, blockOf(basis))
  return problem
}

interface Problem {
  readonly d: Float64Array
  readonly e: Float64Array
  /** What is negligible against the whole matrix. */
  readonly tolerance: number
  readonly U: Matrix
  readonly V: Matrix
}

/**
 * Solves the n×(n + extra) bidiagonal block whose first row and column is `from`. Its vectors go to the diagonal
 * blocks of U and V; with an extra column, V's last one spans the null space.
 */
function conquer(bench: Workbench, problem: Problem, from: number, n: number, extra: number): void {
  if (n <= leafOrder) {
    solveLeaf(problem, from, n, extra)
    return
  }
  const half = n >> 1
  conquer(bench, problem, from, half, 1)
  conquer(bench, problem, from + half + 1, n - half - 1, extra)
  bench.host.scratch((arena) => merge({ host: bench.host, arena }, problem, { from, n, half, extra }))
}

function solveLeaf({ d, e, U, V }: Problem, from: number, n: number, extra: number): void {
  const m = n + extra
  const rows = Array.from({ length: n }, (_, i) => {
    const row = new Float64Array(m)
    row[i] = d[from + i]
    if (i + 1 < m) row[i + 1] = e[from + i]
    return row
  })
  const { s, left, right } = jacobiSvd(rows, m)
  const order = ascendingOrder(s)
  for (let j = 0; j < m; j++) {
    const source = j < n ? order[j] : j
    for (let i = 0; i < n && j < n; i++) U.set(from + i, from + j, left[source][i])
    for (let i = 0; i < m; i++) V.set(from + i, from + j, right[source][i])
    if (j < n) d[from + j] = s[source]
  }
}

/** Which block is merged, and where its middle row is. */
interface Span {
  readonly from: number
  readonly n: number
  readonly half: number
  readonly extra: number
}

function merge(bench: Workbench, problem: Problem, span: Span): void {
  const { from, n, half } = span
  const [alpha, beta] = [problem.d[from + half], problem.e[from + half]]
  const { tolerance } = problem
  const head = openMiddle(problem, span, alpha, beta)
  const state = sortedMerge(problem, span, alpha, beta)
  const deflated = deflate(state, tolerance, 1, (first, second, c, s) => {
    rotateColumns(problem.U, from, n, from + first, from + second, c, s)
    rotateColumns(problem.V, from, n + span.extra, from + first, from + second, c, s)
  })
  const arrow = withHead(problem, span, state, deflated, head, tolerance)
  const { active, settled, weightsZ, secular } = arrow
  const { place, kinds } = groupByKind(arrow.kinds)
  const { values, gaps, z } = solveSecular(
    bench,
    secular,
    weightsZ.map((value) => (value < 0 ? -1 : 1)),
  )
  const right = vectorRows(bench, gaps, z, place)
  // u ∝ (−1, dⱼzⱼ/(dⱼ² − σ²)): the first entry is that of the middle row.
  const left = vectorRows(
    bench,
    gaps,
    z.map((value, j) => value * secular.poles[j]),
    place,
    { pole: 0, value: -1 },
  )
  const all = Float64Array.from([...values, ...settled.map(({ value }) => value)])
  const order = ascendingOrder(all)
  const columns = { active, settled: settled.map(({ column }) => column), place, kinds, order }
  rotateBasis(bench, problem.U, { ...span, height: n, bottom: half + 1 }, columns, left)
  rotateBasis(bench, problem.V, { ...span, height: n + span.extra, bottom: half + 1 }, columns, right)
  order.forEach((j, i) => (problem.d[from + i] = all[j]))
}

/**
 * Puts the middle row back: its unit vector becomes column `half` of U, where V has the null vector of the upper
 * half. With an extra column the lower half has a null vector too; a rotation leaves the row one entry for both.
 *
 * @returns the entry of the row in column `half`, and which rows of that column of V are nonzero
 */
function openMiddle({ U, V }: Problem, { from, n, half, extra }: Span, alpha: number, beta: number) {
  const middle = from + half
  U.set(middle, middle, 1)
  const upper = alpha * V.get(middle, middle)
  if (extra === 0) return { value: upper, kind: halves.top }
  const last = from + n
  const lower = beta * V.get(middle + 1, last)
  const radius = Math.hypot(upper, lower)
  if (radius > 0) rotateColumns(V, from, n + 1, middle, last, upper / radius, lower / radius)
  return { value: radius, kind: halves.both }
}

/** The poles of both halves in ascending order, with what the middle row is in their basis. */
function sortedMerge({ d, V }: Problem, { from, n, half }: Span, alpha: number, beta: number): Merge {
  const values = d.slice(from, from + n)
  const columns = ascendingOrder(values).filter((j) => j !== half)
  const middle = from + half
  const entry = (j: number) =>
    j < half ? alpha * V.get(middle, from + j) : beta * V.get(middle + 1, from + j)
  return {
    poles: Float64Array.from(columns, (j) => values[j]),
    z: Float64Array.from(columns, entry),
    columns,
    kinds: Uint8Array.from(columns, (j) => (j < half ? halves.top : halves.bottom)),
  }
}

interface Arrow {
  /** Columns that enter the secular equation, the middle one first. */
  readonly active: readonly number[]
  readonly kinds: readonly number[]
  readonly weightsZ: readonly number[]
  readonly secular: SecularProblem
  readonly settled: readonly { readonly column: number; readonly value: number }[]
}

/** Adds the pole at zero, which belongs to the middle row. A pole too close to it gives it its z and is settled. */
function withHead(
  { V }: Problem,
  { from, n, half, extra }: Span,
  { poles, z, columns, kinds }: Merge,
  deflated: Deflated,
  head: { value: number; kind: number },
  tolerance: number,
): Arrow {
  const settled = deflated.settled.map((j) => ({ column: columns[j], value: poles[j] }))
  let active = deflated.active
  let { value, kind } = head
  const first = active[0]
  if (first !== undefined && poles[first] <= tolerance) {
    const radius = Math.hypot(value, z[first])
    rotateColumns(V, from, n + extra, from + half, from + columns[first], value / radius, z[first] / radius)
    value = radius
    kind = halves.both
    settled.push({ column: columns[first], value: poles[first] })
    active = active.slice(1)
    // The settled column now has entries in both halves; settled columns are copied whole.
  }
  if (Math.abs(value) <= tolerance) value = tolerance
  const weightsZ = [value, ...active.map((j) => z[j])]
  return {
    active: [half, ...active.map((j) => columns[j])],
    kinds: [kind, ...active.map((j) => kinds[j])],
    weightsZ,
    settled,
    secular: {
      poles: Float64Array.from([0, ...active.map((j) => poles[j])]),
      weights: Float64Array.from(weightsZ, (entry) => entry * entry),
      squared: true,
    },
  }
}

function rotateColumns(
  Z: Matrix,
  from: number,
  height: number,
  first: number,
  second: number,
  c: number,
  s: number,
): void {
  for (let i = from; i < from + height; i++) {
    const left = Z.get(i, first)
    const right = Z.get(i, second)
    Z.set(i, first, c * left + s * right)
    Z.set(i, second, c * right - s * left)
  }
}

interface Columns {
  readonly active: readonly number[]
  readonly settled: readonly number[]
  /** Where each active column stands once grouped by kind. */
  readonly place: Int32Array
  /** How many there are of each kind. */
  readonly kinds: readonly number[]
  /** The new columns (active, then settled) in ascending order of their values. */
  readonly order: Int32Array
}

/** The active columns of a basis times the secular vectors (rows), the settled ones as they are, all in order. */
function rotateBasis(
  bench: Workbench,
  Z: Matrix,
  { from, n, half, height, bottom }: Span & { readonly height: number; readonly bottom: number },
  { active, settled, place, kinds, order }: Columns,
  vectors: Matrix,
): void {
  const k = active.length
  const gathered = bench.arena.matrixUndefined(height, k)
  const result = bench.arena.matrixUndefined(height, n)
  const source = new Int32Array(k)
  active.forEach((column, i) => (source[place[i]] = from + column))
  for (let i = 0; i < height; i++) {
    const row = Z.row(from + i)
    const target = gathered.row(i)
    for (let p = 0; p < k; p++) target[p] = row[source[p]]
    settled.forEach((column, p) => (result.data[i * n + k + p] = row[from + column]))
  }
  const [basis, S, out] = [blockOf(gathered), blockOf(vectors), blockOf(result)]
  const [tops, both] = [kinds[halves.top], kinds[halves.both]]
  const multiplyRows = (first: number, rows: number, firstColumn: number, columns: number) => {
    const options = { transposeB: true }
    const part = sub(basis, first, firstColumn, rows, columns)
    update(bench.host, sub(out, first, 0, rows, k), part, sub(S, 0, firstColumn, k, columns), options)
  }
  multiplyRows(0, half, 0, tops + both)
  multiplyRows(half, bottom - half, 0, k)
  multiplyRows(bottom, height - bottom, tops, k - tops)
  for (let i = 0; i < height; i++) {
    const sorted = Z.row(from + i).subarray(from, from + n)
    const row = result.row(i)
    for (let j = 0; j < n; j++) sorted[j] = row[order[j]]
  }
}
