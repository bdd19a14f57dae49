import { blockOf, splitSize, sub, update, withWorkbench, type Block, type Workbench } from './blocks.ts'
import type { Matrix } from './matrix.ts'

/** Systems up to this order are solved by substitution, larger ones are halved. */
const leafOrder = 32
/** Up to this many right-hand sides, plain loops along the rows of the factor are fastest. */
const fewColumns = 4

/** A triangular factor as a blocked algorithm sees it. */
interface Triangle {
  readonly block: Block
  /** Solve with the transpose. */
  readonly transposed: boolean
  /** Is the stored factor upper triangular? */
  readonly upper: boolean
}

/** L·X = B with L lower triangular (order×order): overwrites B (order×m) with X and returns it. */
export function solveLower(L: Matrix, B: Matrix): Matrix {
  return solve(L, B, false, false)
}

/** Lᵀ·X = B with L lower triangular: overwrites B with X and returns it. */
export function solveLowerTranspose(L: Matrix, B: Matrix): Matrix {
  return solve(L, B, false, true)
}

/** R·X = B with R upper triangular: overwrites B with X and returns it. */
export function solveUpper(R: Matrix, B: Matrix): Matrix {
  return solve(R, B, true, false)
}

/** Rᵀ·X = B with R upper triangular: overwrites B with X and returns it. */
export function solveUpperTranspose(R: Matrix, B: Matrix): Matrix {
  return solve(R, B, true, true)
}

function solve(T: Matrix, B: Matrix, upper: boolean, transposed: boolean): Matrix {
  if (T.rows !== T.cols || T.rows !== B.rows) {
    throw new RangeError(`Cannot solve a ${T.rows}×${T.cols} system for ${B.rows} rows.`)
  }
  for (let i = 0; i < T.rows; i++) {
    if (T.data[i * T.cols + i] === 0)
      throw new RangeError(`The triangular matrix is singular: pivot ${i} is 0.`)
  }
  if (B.cols <= fewColumns) return solveColumns(T, B, upper, transposed)
  return withWorkbench((bench) => {
    const block = blockOf(bench.arena.adopt(T))
    const X = bench.arena.adopt(B)
    solveLeft(bench, { block, upper, transposed }, blockOf(X))
    B.data.set(X.data)
    return B
  })
}

function solveColumns(T: Matrix, B: Matrix, upper: boolean, transposed: boolean): Matrix {
  for (let j = 0; j < B.cols; j++) {
    const x = B.columnCopy(j)
    if (transposed) substituteTransposed(T, x, upper)
    else substitute(T, x, upper)
    for (let i = 0; i < B.rows; i++) B.data[i * B.cols + j] = x[i]
  }
  return B
}

/** T·x = b by dots along the rows of T. */
function substitute({ data, rows: n }: Matrix, x: Float64Array, upper: boolean): void {
  for (let step = 0; step < n; step++) {
    const i = upper ? n - 1 - step : step
    const row = i * n
    let sum = x[i]
    for (let k = upper ? i + 1 : 0, last = upper ? n : i; k < last; k++) sum -= data[row + k] * x[k]
    x[i] = sum / data[row + i]
  }
}

/** Tᵀ·x = b by subtracting multiples of the rows of T. */
function substituteTransposed({ data, rows: n }: Matrix, x: Float64Array, upper: boolean): void {
  for (let step = 0; step < n; step++) {
    const i = upper ? step : n - 1 - step
    const row = i * n
    const value = (x[i] /= data[row + i])
    for (let k = upper ? i + 1 : 0, last = upper ? n : i; k < last; k++) x[k] -= data[row + k] * value
  }
}

/** B := op(T)⁻¹·B, by halving T. */
export function solveLeft({ host, arena }: Workbench, T: Triangle, B: Block): void {
  const n = T.block.rows
  // Backward substitution for an upper factor, or the transpose of a lower one.
  const upward = T.upper !== T.transposed
  if (n <= leafOrder) {
    const [rowStep, colStep] = T.transposed ? [1, T.block.stride] : [T.block.stride, 1]
    host.kernels.solveLeftLeaf(T.block.address, rowStep, colStep, upward, B.address, B.stride, n, B.cols)
    return
  }
  const half = splitSize(n, leafOrder)
  const top = sub(B, 0, 0, half, B.cols)
  const bottom = sub(B, half, 0, n - half, B.cols)
  const corner = T.upper ? sub(T.block, 0, half, half, n - half) : sub(T.block, half, 0, n - half, half)
  const [first, second] = upward ? [bottom, top] : [top, bottom]
  const diagonal = (target: Block): Triangle => ({
    ...T,
    block: target === top ? sub(T.block, 0, 0, half, half) : sub(T.block, half, half, n - half, n - half),
  })
  solveLeft({ host, arena }, diagonal(first), first)
  update(host, second, corner, first, { transposeA: T.transposed, alpha: -1, beta: 1 })
  solveLeft({ host, arena }, diagonal(second), second)
}

/** B := B·L⁻ᵀ with L lower triangular, by halving L; `scratch` from `rightScratch`. */
export function solveRightLowerTranspose(bench: Workbench, L: Block, B: Block, scratch: number): void {
  const n = L.rows
  if (n <= leafOrder) {
    bench.host.kernels.solveRightLeaf(L.address, L.stride, B.address, B.stride, B.rows, n, scratch)
    return
  }
  const half = splitSize(n, leafOrder)
  const left = sub(B, 0, 0, B.rows, half)
  const right = sub(B, 0, half, B.rows, n - half)
  solveRightLowerTranspose(bench, sub(L, 0, 0, half, half), left, scratch)
  update(bench.host, right, left, sub(L, half, 0, n - half, half), { transposeB: true, alpha: -1, beta: 1 })
  solveRightLowerTranspose(bench, sub(L, half, half, n - half, n - half), right, scratch)
}

/** Scratch for `solveRightLowerTranspose`. */
export function rightScratch({ arena }: Workbench): number {
  return arena.reserve(8 * leafOrder * (leafOrder + 1))
}
