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
  for (let i: usize = 0; i < m; i++) solveRow(scratch, width, b + i * ldb * 8, n)
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
