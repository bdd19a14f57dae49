import { blockOf, sub, update, type Workbench } from './blocks.ts'
import { deflate, halves, type Deflated, type Merge } from './deflation.ts'
import { implicitQl } from './implicit-ql.ts'
import type { Matrix } from './matrix.ts'
import { ascendingOrder, groupByKind, solveSecular, vectorRows } from './merge.ts'
import type { SecularProblem } from './secular.ts'

/** Problems up to this order are solved by QL. */
const leafOrder = 24

/**
 * Eigenvalues (ascending) and vectors of a symmetric tridiagonal matrix by divide and conquer (Cuppen 1981), with
 * the recomputed z of Gu and Eisenstat (1994), which keeps the vectors orthogonal to rounding.
 *
 * @param d n diagonal entries, overwritten with the eigenvalues
 * @param e n − 1 off-diagonal entries, overwritten
 * @returns n×n in the bench's memory, column j the vector of d[j]
 */
export function tridiagonalEigen(bench: Workbench, d: Float64Array, e: Float64Array): Matrix {
  const Z = bench.arena.matrix(d.length, d.length)
  conquer(bench, d, e, Z, 0, d.length)
  return Z
}

/** Solves rows from…from+n; the vectors go to the diagonal block of Z. */
function conquer(
  bench: Workbench,
  d: Float64Array,
  e: Float64Array,
  Z: Matrix,
  from: number,
  n: number,
): void {
  if (n <= leafOrder) {
    solveLeaf(d.subarray(from, from + n), e.subarray(from, from + n - 1), Z, from)
    return
  }
  const half = n >> 1
  const middle = from + half
  // T = diag(T₁, T₂) + ρ·vvᵀ with v = (…, 0, 1, ±1, 0, …), taking ρ off the two diagonal entries.
  const coupling = e[middle - 1]
  const rho = Math.abs(coupling)
  d[middle - 1] -= rho
  d[middle] -= rho
  conquer(bench, d, e, Z, from, half)
  conquer(bench, d, e, Z, middle, n - half)
  bench.host.scratch((arena) => {
    merge({ host: bench.host, arena }, d.subarray(from, from + n), Z, from, half, rho, coupling < 0 ? -1 : 1)
  })
}

function solveLeaf(d: Float64Array, e: Float64Array, Z: Matrix, from: number): void {
  const n = d.length
  const rows = implicitQl(d, e)
  const order = ascendingOrder(d)
  const sorted = Float64Array.from(order, (j) => d[j])
  d.set(sorted)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) Z.set(from + i, from + j, rows[order[j] * n + i])
}

/** Joins two solved halves: the eigenproblem of diag(d) + ρ·zzᵀ in their basis. */
function merge(
  bench: Workbench,
  d: Float64Array,
  Z: Matrix,
  from: number,
  half: number,
  rho: number,
  sign: number,
): void {
  const n = d.length
  const state = sortedMerge(d, Z, from, half, sign)
  const scale = state.poles.reduce((largest, pole) => Math.max(largest, Math.abs(pole)), 0)
  const largestZ = state.z.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  const tolerance = 8 * (Number.EPSILON / 2) * Math.max(scale, largestZ)
  // ‖z‖² = 2: the weights of the secular equation are 2ρ·(z/√2)².
  const deflated = deflate(state, tolerance, 2 * rho, (first, second, c, s) => {
    rotateColumns(Z, from, n, first, second, c, s)
  })
  const active = deflated.active
  const problem: SecularProblem = {
    poles: Float64Array.from(active, (j) => state.poles[j]),
    weights: Float64Array.from(active, (j) => 2 * rho * state.z[j] * state.z[j]),
    squared: false,
  }
  const { place, kinds } = groupByKind(active.map((j) => state.kinds[j]))
  const signs = active.map((j) => Math.sign(state.z[j]))
  const { values, gaps, z } = solveSecular(bench, problem, signs)
  const vectors = vectorRows(bench, gaps, z, place)
  const updated = rotateBasis(bench, Z, from, half, state, deflated, place, kinds, vectors)
  const all = Float64Array.from([...values, ...deflated.settled.map((j) => state.poles[j])])
  const order = ascendingOrder(all)
  for (let i = 0; i < n; i++) {
    const source = updated.row(i)
    const target = Z.row(from + i).subarray(from, from + n)
    for (let j = 0; j < n; j++) target[j] = source[order[j]]
  }
  for (let j = 0; j < n; j++) d[j] = all[order[j]]
}

/** Poles in ascending order with z = (last row of Z₁, ± first row of Z₂)/√2. */
function sortedMerge(d: Float64Array, Z: Matrix, from: number, half: number, sign: number): Merge {
  const columns = ascendingOrder(d)
  const entry = (j: number) =>
    j < half ? Z.get(from + half - 1, from + j) : sign * Z.get(from + half, from + j)
  return {
    poles: Float64Array.from(columns, (j) => d[j]),
    z: Float64Array.from(columns, (j) => entry(j) * Math.SQRT1_2),
    columns,
    kinds: Uint8Array.from(columns, (j) => (j < half ? halves.top : halves.bottom)),
  }
}

function rotateColumns(
  Z: Matrix,
  from: number,
  n: number,
  first: number,
  second: number,
  c: number,
  s: number,
): void {
  for (let i = from; i < from + n; i++) {
    const left = Z.get(i, from + first)
    const right = Z.get(i, from + second)
    Z.set(i, from + first, c * left + s * right)
    Z.set(i, from + second, c * right - s * left)
  }
}

/** The active columns of the basis times the secular vectors, then the settled columns as they are. */
function rotateBasis(
  bench: Workbench,
  Z: Matrix,
  from: number,
  half: number,
  state: Merge,
  { active, settled }: Deflated,
  place: Int32Array,
  kinds: readonly number[],
  vectors: Matrix,
): Matrix {
  const n = state.poles.length
  const k = active.length
  const [tops, both] = [kinds[halves.top], kinds[halves.both]]
  const gathered = bench.arena.matrixUndefined(n, k)
  const source = new Int32Array(k)
  active.forEach((j, i) => (source[place[i]] = from + state.columns[j]))
  const result = bench.arena.matrixUndefined(n, n)
  for (let i = 0; i < n; i++) {
    const row = Z.row(from + i)
    const target = gathered.row(i)
    for (let p = 0; p < k; p++) target[p] = row[source[p]]
    settled.forEach((j, p) => (result.data[i * n + k + p] = row[from + state.columns[j]]))
  }
  // A column of one half is zero in the other: each half of the rows needs only some of the columns.
  const basis = blockOf(gathered)
  const S = blockOf(vectors)
  const out = blockOf(result)
  const options = { transposeB: true }
  update(
    bench.host,
    sub(out, 0, 0, half, k),
    sub(basis, 0, 0, half, tops + both),
    sub(S, 0, 0, k, tops + both),
    options,
  )
  update(
    bench.host,
    sub(out, half, 0, n - half, k),
    sub(basis, half, tops, n - half, k - tops),
    sub(S, 0, tops, k, k - tops),
    options,
  )
  return result
}
