import { madd } from './simd'
import { axpy, dot } from './vector'

/**
 * Factorises a small symmetric matrix in place, lower triangle, row by row.
 * @returns the first row whose pivot is not positive, or n
 */
export function choleskyLeaf(a: usize, lda: usize, n: usize): usize {
  const stride = lda * 8
  for (let i: usize = 0; i < n; i++) {
    const row = a + i * stride
    for (let j: usize = 0; j < i; j++) {
      const other = a + j * stride
      store<f64>(row + j * 8, (load<f64>(row + j * 8) - dot(row, other, j)) / load<f64>(other + j * 8))
    }
    const pivot = load<f64>(row + i * 8) - dot(row, row, i)
    if (!(pivot > 0) || pivot == Infinity) return i
    store<f64>(row + i * 8, Math.sqrt(pivot))
  }
  return n
}

/**
 * B := B·L⁻ᵀ for m rows of n entries; L lower triangular. `scratch` takes Lᵀ, n rows of n + (n mod 2) entries, so
 * that each step of the substitution runs along a row.
 */
export function solveRightLeaf(
  l: usize,
  ldl: usize,
  b: usize,
  ldb: usize,
  m: usize,
  n: usize,
  scratch: usize,
): void {
  const width = n + (n & 1)
  for (let i: usize = 0; i < n; i++) {
    for (let j: usize = 0; j < n; j++) {
      store<f64>(scratch + (j * width + i) * 8, i >= j ? load<f64>(l + (i * ldl + j) * 8) : 0)
    }
  }
  const stride = ldb * 8
  let i: usize = 0
  for (; i + 4 <= m; i += 4, b += 4 * stride) solveFourRows(scratch, width, b, stride, n)
  for (; i < m; i++, b += stride) solveRow(scratch, width, b, n)
}

/** `solveRow` on four rows: each waits for its own quotients only, and they share the loads of Lᵀ. */
function solveFourRows(transposed: usize, width: usize, b: usize, stride: usize, n: usize): void {
  const b1 = b + stride
  const b2 = b1 + stride
  const b3 = b2 + stride
  for (let j: usize = 0; j < n; j++) {
    const row = transposed + j * width * 8
    const at = j * 8
    const pivot = load<f64>(row + at)
    const x0 = load<f64>(b + at) / pivot
    const x1 = load<f64>(b1 + at) / pivot
    const x2 = load<f64>(b2 + at) / pivot
    const x3 = load<f64>(b3 + at) / pivot
    const v0 = f64x2.splat(-x0)
    const v1 = f64x2.splat(-x1)
    const v2 = f64x2.splat(-x2)
    const v3 = f64x2.splat(-x3)
    let t = ((j + 1) & ~1) * 8
    const last = (n & ~1) * 8
    for (; t < last; t += 16) {
      const l = v128.load(row + t)
      v128.store(b + t, madd<f64>(v0, l, v128.load(b + t)))
      v128.store(b1 + t, madd<f64>(v1, l, v128.load(b1 + t)))
      v128.store(b2 + t, madd<f64>(v2, l, v128.load(b2 + t)))
      v128.store(b3 + t, madd<f64>(v3, l, v128.load(b3 + t)))
    }
    if (t < n * 8) {
      const l = load<f64>(row + t)
      store<f64>(b + t, load<f64>(b + t) - x0 * l)
      store<f64>(b1 + t, load<f64>(b1 + t) - x1 * l)
      store<f64>(b2 + t, load<f64>(b2 + t) - x2 * l)
      store<f64>(b3 + t, load<f64>(b3 + t) - x3 * l)
    }
    store<f64>(b + at, x0)
    store<f64>(b1 + at, x1)
    store<f64>(b2 + at, x2)
    store<f64>(b3 + at, x3)
  }
}

function solveRow(transposed: usize, width: usize, b: usize, n: usize): void {
  for (let j: usize = 0; j < n; j++) {
    const row = transposed + j * width * 8
    const value = load<f64>(b + j * 8) / load<f64>(row + j * 8)
    const v = f64x2.splat(-value)
    let t = (j + 1) & ~1
    for (; t + 2 <= n; t += 2)
      v128.store(b + t * 8, madd<f64>(v, v128.load(row + t * 8), v128.load(b + t * 8)))
    if (t < n) store<f64>(b + t * 8, load<f64>(b + t * 8) - value * load<f64>(row + t * 8))
    store<f64>(b + j * 8, value)
  }
}

/**
 * T·X = B for n rows of m entries, in place; T is read at t[i·rowStep + k·colStep] (entries), so that strides swapped
 * give its transpose. `upward` for an upper triangular T: rows from the last to the first.
 */
export function solveLeftLeaf(
  t: usize,
  rowStep: usize,
  colStep: usize,
  upward: bool,
  b: usize,
  ldb: usize,
  n: usize,
  m: usize,
): void {
  const stride = ldb * 8
  for (let step: usize = 0; step < n; step++) {
    const i = upward ? n - 1 - step : step
    const row = b + i * stride
    for (let done: usize = 0; done < step; done++) {
      const k = upward ? n - 1 - done : done
      axpy(-load<f64>(t + (i * rowStep + k * colStep) * 8), b + k * stride, row, m)
    }
    const pivot = load<f64>(t + i * (rowStep + colStep) * 8)
    for (let j: usize = 0; j < m; j++) store<f64>(row + j * 8, load<f64>(row + j * 8) / pivot)
  }
}
