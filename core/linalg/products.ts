import { gemm, productShape, type GemmOptions } from '../kernels/gemm.ts'
import { gemv, inKernelMemory } from '../kernels/gemv.ts'
import type { Dense } from '../kernels/staging.ts'
import { Matrix, type RealArray } from './matrix.ts'

export interface MultiplyOptions<T extends RealArray = Float64Array> extends GemmOptions {
  /** Receives the result; it must not overlap A or B. */
  readonly out?: Matrix<T>
}

/** Side of the squares in which a triangle is mirrored. */
const mirrorSize = 32

/** Products with fewer multiplications are done in place by plain loops. */
const smallProduct = 2000

/**
 * C = α·op(A)·op(B) + β·C, all three of one precision.
 *
 * @param options transposes, α and β, a mask on the rows of A, and `out` for C (zeros where it is not given)
 * @returns `out`, or a new matrix of op(A).rows × op(B).cols in the place of A
 * @throws RangeError when the shapes do not match.
 */
export function multiply<T extends RealArray>(
  A: Matrix<T>,
  B: Matrix<T>,
  options: MultiplyOptions<T> = {},
): Matrix<T> {
  const [rows, cols] = [options.transposeA ? A.cols : A.rows, options.transposeB ? B.rows : B.cols]
  const out = options.out ?? (options.beta ? A.zerosAlike(rows, cols) : A.roomAlike(rows, cols))
  const { m, n, k } = productShape(A, B, out, options)
  if (m * n * k <= smallProduct) multiplySmall(A, B, out, options)
  else gemm(A, B, out, options)
  return out
}

/** The same in single precision; `C` receives the result. */
export function multiplySingle(
  A: Dense<Float32Array>,
  B: Dense<Float32Array>,
  C: Dense<Float32Array>,
  options: GemmOptions = {},
): void {
  gemm(A, B, C, options)
}

function multiplySmall(
  A: Matrix<RealArray>,
  B: Matrix<RealArray>,
  C: Matrix<RealArray>,
  options: GemmOptions,
): void {
  const { transposeA = false, transposeB = false, alpha = 1, beta = 0, rowMask } = options
  const k = transposeA ? A.rows : A.cols
  const [rowA, stepA] = transposeA ? [1, A.cols] : [A.cols, 1]
  const [stepB, colB] = transposeB ? [1, B.cols] : [B.cols, 1]
  for (let i = 0; i < C.rows; i++) {
    for (let j = 0; j < C.cols; j++) {
      let sum = 0
      for (let p = 0; p < k; p++) {
        if (rowMask && rowMask[transposeA ? p : i] === 0) continue
        sum += A.data[i * rowA + p * stepA] * B.data[p * stepB + j * colB]
      }
      const at = i * C.cols + j
      C.data[at] = beta === 0 ? alpha * sum : alpha * sum + beta * C.data[at]
    }
  }
}

/** A·x. `x`: A.cols entries; `out`: A.rows entries, not overlapping x. */
export function multiplyVector(
  A: Matrix,
  x: Float64Array,
  out: Float64Array = new Float64Array(A.rows),
): Float64Array {
  checkLength('x', x, A.cols)
  checkLength('out', out, A.rows)
  if (inKernelMemory(A)) gemv(A, x, out, false)
  else for (let i = 0; i < A.rows; i++) out[i] = dot(A.row(i), x)
  return out
}

/** Aᵀ·x. `x`: A.rows entries; `out`: A.cols entries, not overlapping x. */
export function multiplyTransposeVector(
  A: Matrix,
  x: Float64Array,
  out: Float64Array = new Float64Array(A.cols),
): Float64Array {
  checkLength('x', x, A.rows)
  checkLength('out', out, A.cols)
  if (inKernelMemory(A)) gemv(A, x, out, true)
  else addRows(A, x, out.fill(0))
  return out
}

/** y += Aᵀ·x, four rows at a time so that y is read and written once for the four. */
function addRows({ data, rows, cols }: Matrix, x: Float64Array, y: Float64Array): void {
  const whole = rows & ~3
  for (let i = 0; i < whole; i += 4) {
    const [x0, x1, x2, x3] = [x[i], x[i + 1], x[i + 2], x[i + 3]]
    const r0 = i * cols
    const [r1, r2, r3] = [r0 + cols, r0 + 2 * cols, r0 + 3 * cols]
    for (let j = 0; j < cols; j++) {
      y[j] += x0 * data[r0 + j] + x1 * data[r1 + j] + (x2 * data[r2 + j] + x3 * data[r3 + j])
    }
  }
  for (let i = whole; i < rows; i++) axpy(x[i], data.subarray(i * cols, (i + 1) * cols), y)
}

/** AᵀA, cols × cols, exactly symmetric. */
export function gram(A: Matrix): Matrix {
  return mirrorLower(multiply(A, A, { transposeA: true, lower: true }))
}

/** AAᵀ, rows × rows, exactly symmetric. */
export function outerGram(A: Matrix): Matrix {
  return mirrorLower(multiply(A, A, { transposeB: true, lower: true }))
}

/** Σ xᵢyᵢ of two equally long vectors. */
export function dot(x: RealArray, y: RealArray): number {
  // Four sums in turn: one would wait for each addition.
  let [s0, s1, s2, s3] = [0, 0, 0, 0]
  const whole = x.length & ~3
  for (let i = 0; i < whole; i += 4) {
    s0 += x[i] * y[i]
    s1 += x[i + 1] * y[i + 1]
    s2 += x[i + 2] * y[i + 2]
    s3 += x[i + 3] * y[i + 3]
  }
  for (let i = whole; i < x.length; i++) s0 += x[i] * y[i]
  return s0 + s1 + (s2 + s3)
}

/** ‖x‖₂ without overflow or underflow on the way. */
export function norm2(x: RealArray): number {
  const plain = Math.sqrt(dot(x, x))
  if (plain > 1e-140 && plain < 1e150) return plain
  const largest = maxAbs(x)
  if (largest === 0 || !Number.isFinite(largest)) return largest
  let sum = 0
  for (const value of x) sum += (value / largest) ** 2
  return largest * Math.sqrt(sum)
}

/** max |xᵢ|, 0 for an empty vector, NaN when an entry is. */
export function maxAbs(x: RealArray): number {
  let largest = 0
  for (const value of x) largest = Math.max(largest, Math.abs(value))
  return largest
}

/** y += α·x, in place. */
export function axpy(alpha: number, x: RealArray, y: RealArray): void {
  for (let i = 0; i < x.length; i++) y[i] += alpha * x[i]
}

/** x *= α, in place. */
export function scale(alpha: number, x: RealArray): void {
  for (let i = 0; i < x.length; i++) x[i] *= alpha
}

/** ‖A‖_F. */
export function frobeniusNorm(A: Matrix<RealArray>): number {
  return norm2(A.data)
}

/** α·A + β·B, a new matrix. */
export function combine(alpha: number, A: Matrix, beta: number, B: Matrix): Matrix {
  if (A.rows !== B.rows || A.cols !== B.cols) {
    throw new RangeError(`Cannot add ${A.rows}×${A.cols} and ${B.rows}×${B.cols}.`)
  }
  const result = A.clone()
  scale(alpha, result.data)
  axpy(beta, B.data, result.data)
  return result
}

/** diag(s)·A. `s`: A.rows entries; `out` may be A itself. */
export function scaleRows<T extends RealArray>(
  A: Matrix<T>,
  s: ArrayLike<number>,
  out = A.zerosAlike(A.rows, A.cols),
): Matrix<T> {
  checkLength('s', s, A.rows)
  for (let i = 0, at = 0; i < A.rows; i++) {
    for (let j = 0; j < A.cols; j++, at++) out.data[at] = s[i] * A.data[at]
  }
  return out
}

/** A·diag(s). `s`: A.cols entries; `out` may be A itself. */
export function scaleColumns<T extends RealArray>(
  A: Matrix<T>,
  s: ArrayLike<number>,
  out = A.zerosAlike(A.rows, A.cols),
): Matrix<T> {
  checkLength('s', s, A.cols)
  for (let i = 0, at = 0; i < A.rows; i++) {
    for (let j = 0; j < A.cols; j++, at++) out.data[at] = A.data[at] * s[j]
  }
  return out
}

/** ‖A.row(i)‖₂ for every i. */
export function rowNorms(A: Matrix<RealArray>): Float64Array {
  const norms = new Float64Array(A.rows)
  for (let i = 0, at = 0; i < A.rows; i++) {
    let sum = 0
    for (const end = at + A.cols; at < end; at++) sum += A.data[at] * A.data[at]
    // Out of the safe range, with scaling.
    norms[i] = sum > 1e-280 && sum < 1e300 ? Math.sqrt(sum) : norm2(A.row(i))
  }
  return norms
}

/** ‖A.column(j)‖₂ for every j. */
export function columnNorms(A: Matrix<RealArray>): Float64Array {
  return Float64Array.from({ length: A.cols }, (_, j) => norm2(A.columnCopy(j)))
}

/** The n×n identity. */
export function identity(n: number): Matrix {
  const result = Matrix.zeros(n, n)
  for (let i = 0; i < n; i++) result.data[i * (n + 1)] = 1
  return result
}

/** Copies the lower triangle onto the upper one, in place; by squares, so that both sides stay in the cache. */
function mirrorLower(S: Matrix): Matrix {
  for (let top = 0; top < S.rows; top += mirrorSize) {
    for (let left = 0; left <= top; left += mirrorSize) mirrorSquare(S, top, left)
  }
  return S
}

function mirrorSquare({ data, rows }: Matrix, top: number, left: number): void {
  const bottom = Math.min(top + mirrorSize, rows)
  for (let i = top; i < bottom; i++) {
    for (let j = left, right = Math.min(left + mirrorSize, i); j < right; j++) {
      data[j * rows + i] = data[i * rows + j]
    }
  }
}

function checkLength(name: string, x: ArrayLike<number>, expected: number): void {
  if (x.length !== expected) {
    throw new RangeError(`${name} has ${x.length} entries where ${expected} are needed.`)
  }
}
