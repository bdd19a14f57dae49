import { madd, sum2 } from './simd'

/** Σ xᵢyᵢ. */
export function dot(x: usize, y: usize, n: usize): f64 {
  let s0 = f64x2.splat(0)
  let s1 = f64x2.splat(0)
  let s2 = f64x2.splat(0)
  let s3 = f64x2.splat(0)
  let i: usize = 0
  for (; i + 8 <= n; i += 8, x += 64, y += 64) {
    s0 = madd<f64>(v128.load(x), v128.load(y), s0)
    s1 = madd<f64>(v128.load(x, 16), v128.load(y, 16), s1)
    s2 = madd<f64>(v128.load(x, 32), v128.load(y, 32), s2)
    s3 = madd<f64>(v128.load(x, 48), v128.load(y, 48), s3)
  }
  for (; i + 2 <= n; i += 2, x += 16, y += 16) s0 = madd<f64>(v128.load(x), v128.load(y), s0)
  const sum = sum2(f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3)))
  return i < n ? sum + load<f64>(x) * load<f64>(y) : sum
}

/** y += alpha·x. */
export function axpy(alpha: f64, x: usize, y: usize, n: usize): void {
  const a = f64x2.splat(alpha)
  let i: usize = 0
  for (; i + 4 <= n; i += 4, x += 32, y += 32) {
    v128.store(y, madd<f64>(a, v128.load(x), v128.load(y)))
    v128.store(y, madd<f64>(a, v128.load(x, 16), v128.load(y, 16)), 16)
  }
  for (; i < n; i++, x += 8, y += 8) store<f64>(y, load<f64>(y) + alpha * load<f64>(x))
}

/** x *= alpha. */
export function scale(alpha: f64, x: usize, n: usize): void {
  for (let i: usize = 0; i < n; i++, x += 8) store<f64>(x, alpha * load<f64>(x))
}

/** y = alpha·A·x + y for m rows of n entries: four rows share each load of x. */
export function multiplyVector(
  a: usize,
  lda: usize,
  m: usize,
  n: usize,
  x: usize,
  alpha: f64,
  y: usize,
): void {
  const stride = lda * 8
  let i: usize = 0
  for (; i + 4 <= m; i += 4, a += 4 * stride, y += 32) fourDots(a, stride, n, x, alpha, y)
  for (; i < m; i++, a += stride, y += 8) store<f64>(y, load<f64>(y) + alpha * dot(a, x, n))
}

function fourDots(a: usize, stride: usize, n: usize, x: usize, alpha: f64, y: usize): void {
  let a1 = a + stride
  let a2 = a1 + stride
  let a3 = a2 + stride
  let s0 = f64x2.splat(0)
  let s1 = f64x2.splat(0)
  let s2 = f64x2.splat(0)
  let s3 = f64x2.splat(0)
  let t0 = f64x2.splat(0)
  let t1 = f64x2.splat(0)
  let t2 = f64x2.splat(0)
  let t3 = f64x2.splat(0)
  let j: usize = 0
  for (; j + 4 <= n; j += 4, a += 32, a1 += 32, a2 += 32, a3 += 32, x += 32) {
    const u = v128.load(x)
    const w = v128.load(x, 16)
    s0 = madd<f64>(v128.load(a), u, s0)
    t0 = madd<f64>(v128.load(a, 16), w, t0)
    s1 = madd<f64>(v128.load(a1), u, s1)
    t1 = madd<f64>(v128.load(a1, 16), w, t1)
    s2 = madd<f64>(v128.load(a2), u, s2)
    t2 = madd<f64>(v128.load(a2, 16), w, t2)
    s3 = madd<f64>(v128.load(a3), u, s3)
    t3 = madd<f64>(v128.load(a3, 16), w, t3)
  }
  let d0 = sum2(f64x2.add(s0, t0))
  let d1 = sum2(f64x2.add(s1, t1))
  let d2 = sum2(f64x2.add(s2, t2))
  let d3 = sum2(f64x2.add(s3, t3))
  for (; j < n; j++, a += 8, a1 += 8, a2 += 8, a3 += 8, x += 8) {
    const value = load<f64>(x)
    d0 += load<f64>(a) * value
    d1 += load<f64>(a1) * value
    d2 += load<f64>(a2) * value
    d3 += load<f64>(a3) * value
  }
  store<f64>(y, load<f64>(y) + alpha * d0)
  store<f64>(y, load<f64>(y, 8) + alpha * d1, 8)
  store<f64>(y, load<f64>(y, 16) + alpha * d2, 16)
  store<f64>(y, load<f64>(y, 24) + alpha * d3, 24)
}

/** y += alpha·Aᵀ·x for m rows of n entries: four rows share each load and store of y. */
export function multiplyTransposeVector(
  a: usize,
  lda: usize,
  m: usize,
  n: usize,
  x: usize,
  alpha: f64,
  y: usize,
): void {
  const stride = lda * 8
  let i: usize = 0
  for (; i + 4 <= m; i += 4, a += 4 * stride, x += 32) {
    addFourRows(
      a,
      stride,
      n,
      alpha * load<f64>(x),
      alpha * load<f64>(x, 8),
      alpha * load<f64>(x, 16),
      alpha * load<f64>(x, 24),
      y,
    )
  }
  for (; i < m; i++, a += stride, x += 8) axpy(alpha * load<f64>(x), a, y, n)
}

function addFourRows(a: usize, stride: usize, n: usize, x0: f64, x1: f64, x2: f64, x3: f64, y: usize): void {
  let a1 = a + stride
  let a2 = a1 + stride
  let a3 = a2 + stride
  const v0 = f64x2.splat(x0)
  const v1 = f64x2.splat(x1)
  const v2 = f64x2.splat(x2)
  const v3 = f64x2.splat(x3)
  let j: usize = 0
  for (; j + 2 <= n; j += 2, a += 16, a1 += 16, a2 += 16, a3 += 16, y += 16) {
    const s = madd<f64>(v0, v128.load(a), v128.load(y))
    const t = f64x2.mul(v1, v128.load(a1))
    v128.store(y, f64x2.add(madd<f64>(v2, v128.load(a2), s), madd<f64>(v3, v128.load(a3), t)))
  }
  if (j < n) {
    store<f64>(
      y,
      load<f64>(y) + x0 * load<f64>(a) + x1 * load<f64>(a1) + x2 * load<f64>(a2) + x3 * load<f64>(a3),
    )
  }
}

/**
 * y += S·x for the symmetric n×n S of which only the lower triangle is read. Two rows at a time serve both
 * their own products and, as columns, those of the rows above: each entry is loaded once.
 */
export function symmetricMultiplyVector(s: usize, lds: usize, n: usize, x: usize, y: usize): void {
  const stride = lds * 8
  let i: usize = 0
  for (; i + 2 <= n; i += 2) {
    const row = s + i * stride
    const x0 = load<f64>(x + i * 8)
    const x1 = load<f64>(x + (i + 1) * 8)
    const corner = load<f64>(row + stride + i * 8)
    const sums = twoRows(row, row + stride, i, x, x0, x1, y)
    const y0 = f64x2.extract_lane(sums, 0) + load<f64>(row + i * 8) * x0 + corner * x1
    const y1 = f64x2.extract_lane(sums, 1) + corner * x0 + load<f64>(row + stride + (i + 1) * 8) * x1
    store<f64>(y + i * 8, load<f64>(y + i * 8) + y0)
    store<f64>(y + (i + 1) * 8, load<f64>(y + (i + 1) * 8) + y1)
  }
  if (i < n) {
    const row = s + i * stride
    const own = load<f64>(x + i * 8)
    const sum = dot(row, x, i) + load<f64>(row + i * 8) * own
    axpy(own, row, y, i)
    store<f64>(y + i * 8, load<f64>(y + i * 8) + sum)
  }
}

/** Dots of two rows with x, while their multiples x0 and x1 are added to y; `n` is even. */
function twoRows(a: usize, b: usize, n: usize, x: usize, x0: f64, x1: f64, y: usize): v128 {
  const v0 = f64x2.splat(x0)
  const v1 = f64x2.splat(x1)
  let s0 = f64x2.splat(0)
  let s1 = f64x2.splat(0)
  let t0 = f64x2.splat(0)
  let t1 = f64x2.splat(0)
  let j: usize = 0
  for (; j + 4 <= n; j += 4, a += 32, b += 32, x += 32, y += 32) {
    const a0 = v128.load(a)
    const b0 = v128.load(b)
    const u0 = v128.load(x)
    s0 = madd<f64>(a0, u0, s0)
    s1 = madd<f64>(b0, u0, s1)
    v128.store(y, madd<f64>(v1, b0, madd<f64>(v0, a0, v128.load(y))))
    const a1 = v128.load(a, 16)
    const b1 = v128.load(b, 16)
    const u1 = v128.load(x, 16)
    t0 = madd<f64>(a1, u1, t0)
    t1 = madd<f64>(b1, u1, t1)
    v128.store(y, madd<f64>(v1, b1, madd<f64>(v0, a1, v128.load(y, 16))), 16)
  }
  if (j < n) {
    const a0 = v128.load(a)
    const b0 = v128.load(b)
    const u0 = v128.load(x)
    s0 = madd<f64>(a0, u0, s0)
    s1 = madd<f64>(b0, u0, s1)
    v128.store(y, madd<f64>(v1, b0, madd<f64>(v0, a0, v128.load(y))))
  }
  const first = f64x2.add(s0, t0)
  const second = f64x2.add(s1, t1)
  return f64x2.add(v128.shuffle<f64>(first, second, 0, 2), v128.shuffle<f64>(first, second, 1, 3))
}
