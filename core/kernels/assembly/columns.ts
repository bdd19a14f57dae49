/**
 * Steps of batch normalisation over an m×n matrix of contiguous rows, of entries of 8 bytes or, when `single`, of 4. Sums
 * of columns (n entries) are in double: over many rows they lose nothing. Other columns have the precision of the matrix.
 */
import { lanes, madd } from './simd'

/** Rows of `bytes` bytes whose columns are summed before the next ones are read: they stay in the first-level cache. */
@inline
export function rowsAtOnce(bytes: usize): usize {
  return max<usize>(4, 16384 / max<usize>(1, bytes))
}

/** Columns summed together, in registers. */
const WIDE: usize = 8

/** The entry pair at `at` in double. */
@inline
function pair<T>(at: usize): v128 {
  return sizeof<T>() == 4 ? f64x2.promote_low_f32x4(v128.load64_zero(at)) : v128.load(at)
}

/** sums[j] += Σᵢ aᵢⱼ. */
export function sumColumns(a: usize, m: usize, n: usize, sums: usize, single: bool): void {
  const step = rowsAtOnce(n * (single ? 4 : 8))
  for (let i: usize = 0; i < m; i += step) {
    if (single) sumOf<f32>(a + i * n * 4, min(step, m - i), n, sums)
    else sumOf<f64>(a + i * n * 8, min(step, m - i), n, sums)
  }
}

function sumOf<T>(a: usize, m: usize, n: usize, sums: usize): void {
  const stride = n * sizeof<T>()
  const end = a + m * stride
  let j: usize = 0
  for (; j + WIDE <= n; j += WIDE, a += WIDE * sizeof<T>(), sums += WIDE * 8) {
    let s0 = v128.load(sums)
    let s1 = v128.load(sums, 16)
    let s2 = v128.load(sums, 32)
    let s3 = v128.load(sums, 48)
    for (let at = a; at < end; at += stride) {
      s0 = f64x2.add(s0, pair<T>(at))
      s1 = f64x2.add(s1, pair<T>(at + 2 * sizeof<T>()))
      s2 = f64x2.add(s2, pair<T>(at + 4 * sizeof<T>()))
      s3 = f64x2.add(s3, pair<T>(at + 6 * sizeof<T>()))
    }
    v128.store(sums, s0)
    v128.store(sums, s1, 16)
    v128.store(sums, s2, 32)
    v128.store(sums, s3, 48)
  }
  for (; j < n; j++, a += sizeof<T>(), sums += 8) {
    let sum = load<f64>(sums)
    for (let at = a; at < end; at += stride) sum += <f64>load<T>(at)
    store<f64>(sums, sum)
  }
}

/** sums[j] += Σᵢ (aᵢⱼ − center[j])², the center in double. */
export function squareColumns(a: usize, m: usize, n: usize, center: usize, sums: usize, single: bool): void {
  const step = rowsAtOnce(n * (single ? 4 : 8))
  for (let i: usize = 0; i < m; i += step) {
    if (single) squareOf<f32>(a + i * n * 4, min(step, m - i), n, center, sums)
    else squareOf<f64>(a + i * n * 8, min(step, m - i), n, center, sums)
  }
}

function squareOf<T>(a: usize, m: usize, n: usize, center: usize, sums: usize): void {
  const stride = n * sizeof<T>()
  const end = a + m * stride
  let j: usize = 0
  for (; j + WIDE <= n; j += WIDE, a += WIDE * sizeof<T>(), center += WIDE * 8, sums += WIDE * 8) {
    const c0 = v128.load(center)
    const c1 = v128.load(center, 16)
    const c2 = v128.load(center, 32)
    const c3 = v128.load(center, 48)
    let s0 = v128.load(sums)
    let s1 = v128.load(sums, 16)
    let s2 = v128.load(sums, 32)
    let s3 = v128.load(sums, 48)
    for (let at = a; at < end; at += stride) {
      const v0 = f64x2.sub(pair<T>(at), c0)
      const v1 = f64x2.sub(pair<T>(at + 2 * sizeof<T>()), c1)
      const v2 = f64x2.sub(pair<T>(at + 4 * sizeof<T>()), c2)
      const v3 = f64x2.sub(pair<T>(at + 6 * sizeof<T>()), c3)
      s0 = madd<f64>(v0, v0, s0)
      s1 = madd<f64>(v1, v1, s1)
      s2 = madd<f64>(v2, v2, s2)
      s3 = madd<f64>(v3, v3, s3)
    }
    v128.store(sums, s0)
    v128.store(sums, s1, 16)
    v128.store(sums, s2, 32)
    v128.store(sums, s3, 48)
  }
  for (; j < n; j++, a += sizeof<T>(), center += 8, sums += 8) {
    let sum = load<f64>(sums)
    for (let at = a; at < end; at += stride) {
      const v = <f64>load<T>(at) - load<f64>(center)
      sum += v * v
    }
    store<f64>(sums, sum)
  }
}

/** plain[j] += Σᵢ dᵢⱼ and products[j] += Σᵢ dᵢⱼ·aᵢⱼ. */
export function sumProducts(
  d: usize,
  a: usize,
  m: usize,
  n: usize,
  plain: usize,
  products: usize,
  single: bool,
): void {
  const step = rowsAtOnce(n * (single ? 4 : 8))
  for (let i: usize = 0; i < m; i += step) {
    const rows = min(step, m - i)
    if (single) productsOf<f32>(d + i * n * 4, a + i * n * 4, rows, n, plain, products)
    else productsOf<f64>(d + i * n * 8, a + i * n * 8, rows, n, plain, products)
  }
}

function productsOf<T>(d: usize, a: usize, m: usize, n: usize, plain: usize, products: usize): void {
  const stride = n * sizeof<T>()
  const end = d + m * stride
  let j: usize = 0
  for (; j + WIDE <= n; j += WIDE) {
    let s0 = v128.load(plain)
    let s1 = v128.load(plain, 16)
    let s2 = v128.load(plain, 32)
    let s3 = v128.load(plain, 48)
    let p0 = v128.load(products)
    let p1 = v128.load(products, 16)
    let p2 = v128.load(products, 32)
    let p3 = v128.load(products, 48)
    let other = a
    for (let at = d; at < end; at += stride, other += stride) {
      let u = pair<T>(at)
      s0 = f64x2.add(s0, u)
      p0 = madd<f64>(u, pair<T>(other), p0)
      u = pair<T>(at + 2 * sizeof<T>())
      s1 = f64x2.add(s1, u)
      p1 = madd<f64>(u, pair<T>(other + 2 * sizeof<T>()), p1)
      u = pair<T>(at + 4 * sizeof<T>())
      s2 = f64x2.add(s2, u)
      p2 = madd<f64>(u, pair<T>(other + 4 * sizeof<T>()), p2)
      u = pair<T>(at + 6 * sizeof<T>())
      s3 = f64x2.add(s3, u)
      p3 = madd<f64>(u, pair<T>(other + 6 * sizeof<T>()), p3)
    }
    v128.store(plain, s0)
    v128.store(plain, s1, 16)
    v128.store(plain, s2, 32)
    v128.store(plain, s3, 48)
    v128.store(products, p0)
    v128.store(products, p1, 16)
    v128.store(products, p2, 32)
    v128.store(products, p3, 48)
    a += WIDE * sizeof<T>()
    d += WIDE * sizeof<T>()
    plain += WIDE * 8
    products += WIDE * 8
  }
  for (; j < n; j++, a += sizeof<T>(), d += sizeof<T>(), plain += 8, products += 8) {
    let sum = load<f64>(plain)
    let product = load<f64>(products)
    let other = a
    for (let at = d; at < end; at += stride, other += stride) {
      const u = <f64>load<T>(at)
      sum += u
      product += u * <f64>load<T>(other)
    }
    store<f64>(plain, sum)
    store<f64>(products, product)
  }
}

/** out = (a − center)·factor + shift by columns, and max(·, 0) of that when `rectified`. `out` may be a. */
export function affineColumns(
  a: usize,
  m: usize,
  n: usize,
  center: usize,
  factor: usize,
  shift: usize,
  rectified: bool,
  out: usize,
  single: bool,
): void {
  if (single) affineOf<f32>(a, m, n, center, factor, shift, rectified ? 0 : -Infinity, out)
  else affineOf<f64>(a, m, n, center, factor, shift, rectified ? 0 : -Infinity, out)
}

/** Nothing in `out` is below `least`. */
function affineOf<T>(
  a: usize,
  m: usize,
  n: usize,
  center: usize,
  factor: usize,
  shift: usize,
  least: T,
  out: usize,
): void {
  const bound = v128.splat<T>(least)
  for (let i: usize = 0; i < m; i++, a += n * sizeof<T>(), out += n * sizeof<T>()) {
    let j: usize = 0
    for (; j + lanes<T>() <= n; j += lanes<T>()) {
      const at = j * sizeof<T>()
      const v = v128.sub<T>(v128.load(a + at), v128.load(center + at))
      const w = madd<T>(v, v128.load(factor + at), v128.load(shift + at))
      // Kept unless it is below: NaN stays NaN, so that divergence is seen.
      v128.store(out + at, v128.bitselect(bound, w, v128.lt<T>(w, bound)))
    }
    for (; j < n; j++) {
      const at = j * sizeof<T>()
      const w = (load<T>(a + at) - load<T>(center + at)) * load<T>(factor + at) + load<T>(shift + at)
      store<T>(out + at, w < least ? least : w)
    }
  }
}

/** d −= a·factor + shift by columns. */
export function subtractColumns(
  d: usize,
  a: usize,
  m: usize,
  n: usize,
  factor: usize,
  shift: usize,
  single: bool,
): void {
  if (single) subtractOf<f32>(d, a, m, n, factor, shift)
  else subtractOf<f64>(d, a, m, n, factor, shift)
}

function subtractOf<T>(d: usize, a: usize, m: usize, n: usize, factor: usize, shift: usize): void {
  for (let i: usize = 0; i < m; i++, a += n * sizeof<T>(), d += n * sizeof<T>()) {
    let j: usize = 0
    for (; j + lanes<T>() <= n; j += lanes<T>()) {
      const at = j * sizeof<T>()
      const taken = madd<T>(v128.load(a + at), v128.load(factor + at), v128.load(shift + at))
      v128.store(d + at, v128.sub<T>(v128.load(d + at), taken))
    }
    for (; j < n; j++) {
      const at = j * sizeof<T>()
      store<T>(d + at, load<T>(d + at) - (load<T>(a + at) * load<T>(factor + at) + load<T>(shift + at)))
    }
  }
}
