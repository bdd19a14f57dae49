import { madd, sum2 } from './simd'

/** out = a − b, and Σ outᵢ² on the way. `out` may be a or b. */
export function residual(a: usize, b: usize, out: usize, n: usize): f64 {
  let sum = f64x2.splat(0)
  let i: usize = 0
  for (; i + 2 <= n; i += 2, a += 16, b += 16, out += 16) {
    const r = f64x2.sub(v128.load(a), v128.load(b))
    v128.store(out, r)
    sum = madd<f64>(r, r, sum)
  }
  let total = sum2(sum)
  if (i < n) {
    const r = load<f64>(a) - load<f64>(b)
    store<f64>(out, r)
    total += r * r
  }
  return total
}

/** out = sign(x)·max(|x| − tau, 0). */
export function softThreshold(x: usize, tau: f64, out: usize, n: usize): void {
  const t = f64x2.splat(tau)
  const zero = f64x2.splat(0)
  const signs = i64x2.splat(i64.MIN_VALUE)
  let i: usize = 0
  for (; i + 2 <= n; i += 2, x += 16, out += 16) {
    const v = v128.load(x)
    const left = f64x2.max(f64x2.sub(f64x2.abs(v), t), zero)
    v128.store(out, v128.or(left, v128.and(v, signs)))
  }
  if (i < n) {
    const v = load<f64>(x)
    store<f64>(out, copysign<f64>(max<f64>(abs<f64>(v) - tau, 0), v))
  }
}

/** out = max(x, 0), and one byte for each entry: is it positive? */
export function rectify(x: usize, out: usize, mask: usize, n: usize): void {
  for (let i: usize = 0; i < n; i++) {
    const v = load<f64>(x + i * 8)
    const positive = v > 0
    store<f64>(out + i * 8, positive ? v : 0)
    store<u8>(mask + i, <u8>positive)
  }
}

/** sums[j] += Σᵢ aᵢⱼ for an m×n matrix. */
export function columnSums(a: usize, lda: usize, m: usize, n: usize, sums: usize): void {
  for (let i: usize = 0; i < m; i++) {
    const row = a + i * lda * 8
    let j: usize = 0
    for (; j + 2 <= n; j += 2) {
      v128.store(sums + j * 8, f64x2.add(v128.load(sums + j * 8), v128.load(row + j * 8)))
    }
    if (j < n) store<f64>(sums + j * 8, load<f64>(sums + j * 8) + load<f64>(row + j * 8))
  }
}

/** sums[j] += Σᵢ (aᵢⱼ − shift[j])² for an m×n matrix. */
export function columnSquares(a: usize, lda: usize, m: usize, n: usize, shift: usize, sums: usize): void {
  for (let i: usize = 0; i < m; i++) {
    const row = a + i * lda * 8
    let j: usize = 0
    for (; j + 2 <= n; j += 2) {
      const v = f64x2.sub(v128.load(row + j * 8), v128.load(shift + j * 8))
      v128.store(sums + j * 8, madd<f64>(v, v, v128.load(sums + j * 8)))
    }
    if (j < n) {
      const v = load<f64>(row + j * 8) - load<f64>(shift + j * 8)
      store<f64>(sums + j * 8, load<f64>(sums + j * 8) + v * v)
    }
  }
}

/** out = A·diag(factors) for an m×n matrix. `out` may be A. */
export function scaleColumns(
  a: usize,
  lda: usize,
  m: usize,
  n: usize,
  factors: usize,
  out: usize,
  ldo: usize,
): void {
  for (let i: usize = 0; i < m; i++) {
    const row = a + i * lda * 8
    const target = out + i * ldo * 8
    let j: usize = 0
    for (; j + 2 <= n; j += 2) {
      v128.store(target + j * 8, f64x2.mul(v128.load(row + j * 8), v128.load(factors + j * 8)))
    }
    if (j < n) store<f64>(target + j * 8, load<f64>(row + j * 8) * load<f64>(factors + j * 8))
  }
}

/** out[i, c] = Σ_p gates[i, p]·a[i, p·outputs + c] for m rows and `patterns` gates a row. */
export function gatedRowSums(
  a: usize,
  lda: usize,
  gates: usize,
  gateStride: usize,
  m: usize,
  patterns: usize,
  outputs: usize,
  out: usize,
): void {
  for (let i: usize = 0; i < m; i++) {
    const row = a + i * lda * 8
    const open = gates + i * gateStride
    if (outputs == 1) store<f64>(out + i * 8, gatedSum(row, open, patterns))
    else {
      const target = out + i * outputs * 8
      memory.fill(target, 0, outputs * 8)
      for (let p: usize = 0; p < patterns; p++) {
        if (!load<u8>(open + p)) continue
        for (let c: usize = 0; c < outputs; c++) {
          store<f64>(target + c * 8, load<f64>(target + c * 8) + load<f64>(row + (p * outputs + c) * 8))
        }
      }
    }
  }
}

/** Σ_p gates[p]·a[p], without branches: a byte spread over a lane selects the number or zero. */
function gatedSum(a: usize, gates: usize, n: usize): f64 {
  let s0 = f64x2.splat(0)
  let s1 = f64x2.splat(0)
  let p: usize = 0
  for (; p + 4 <= n; p += 4, a += 32, gates += 4) {
    const wide = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(gates)))
    const none = i64x2.splat(0)
    const low = i64x2.ne(i64x2.extend_low_i32x4_u(wide), none)
    const high = i64x2.ne(i64x2.extend_high_i32x4_u(wide), none)
    s0 = f64x2.add(s0, v128.and(v128.load(a), low))
    s1 = f64x2.add(s1, v128.and(v128.load(a, 16), high))
  }
  let sum = sum2(f64x2.add(s0, s1))
  for (; p < n; p++, a += 8, gates++) if (load<u8>(gates)) sum += load<f64>(a)
  return sum
}
