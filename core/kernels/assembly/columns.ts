/**
 * Steps of batch normalisation over an m×n matrix of contiguous rows, of entries of 8 bytes or, when `single`, of 4.
 * What belongs to a column (n entries) is in double: sums over many rows lose nothing.
 */
import { lanes, madd } from './simd'

/** The entry pair at `at` in double. */
@inline
function pair<T>(at: usize): v128 {
  return sizeof<T>() == 4 ? f64x2.promote_low_f32x4(v128.load64_zero(at)) : v128.load(at)
}

@inline
function storePair<T>(at: usize, value: v128): void {
  if (sizeof<T>() == 4) v128.store64_lane(at, f32x4.demote_f64x2_zero(value), 0)
  else v128.store(at, value)
}

@inline
function isPair(j: usize, n: usize): bool {
  return j + 2 <= n
}

/** sums[j] += Σᵢ aᵢⱼ. */
export function sumColumns(a: usize, m: usize, n: usize, sums: usize, single: bool): void {
  if (single) sumOf<f32>(a, m, n, sums)
  else sumOf<f64>(a, m, n, sums)
}

function sumOf<T>(a: usize, m: usize, n: usize, sums: usize): void {
  for (let i: usize = 0; i < m; i++, a += n * sizeof<T>()) {
    let j: usize = 0
    for (; isPair(j, n); j += 2) {
      v128.store(sums + j * 8, f64x2.add(v128.load(sums + j * 8), pair<T>(a + j * sizeof<T>())))
    }
    if (j < n) store<f64>(sums + j * 8, load<f64>(sums + j * 8) + <f64>load<T>(a + j * sizeof<T>()))
  }
}

/** sums[j] += Σᵢ (aᵢⱼ − center[j])². */
export function squareColumns(a: usize, m: usize, n: usize, center: usize, sums: usize, single: bool): void {
  if (single) squareOf<f32>(a, m, n, center, sums)
  else squareOf<f64>(a, m, n, center, sums)
}

function squareOf<T>(a: usize, m: usize, n: usize, center: usize, sums: usize): void {
  for (let i: usize = 0; i < m; i++, a += n * sizeof<T>()) {
    let j: usize = 0
    for (; isPair(j, n); j += 2) {
      const v = f64x2.sub(pair<T>(a + j * sizeof<T>()), v128.load(center + j * 8))
      v128.store(sums + j * 8, madd<f64>(v, v, v128.load(sums + j * 8)))
    }
    if (j < n) {
      const v = <f64>load<T>(a + j * sizeof<T>()) - load<f64>(center + j * 8)
      store<f64>(sums + j * 8, load<f64>(sums + j * 8) + v * v)
    }
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
  if (single) productsOf<f32>(d, a, m, n, plain, products)
  else productsOf<f64>(d, a, m, n, plain, products)
}

function productsOf<T>(d: usize, a: usize, m: usize, n: usize, plain: usize, products: usize): void {
  for (let i: usize = 0; i < m; i++, a += n * sizeof<T>(), d += n * sizeof<T>()) {
    let j: usize = 0
    for (; isPair(j, n); j += 2) {
      const u = pair<T>(d + j * sizeof<T>())
      v128.store(plain + j * 8, f64x2.add(v128.load(plain + j * 8), u))
      const sum = madd<f64>(u, pair<T>(a + j * sizeof<T>()), v128.load(products + j * 8))
      v128.store(products + j * 8, sum)
    }
    if (j < n) {
      const u = <f64>load<T>(d + j * sizeof<T>())
      store<f64>(plain + j * 8, load<f64>(plain + j * 8) + u)
      const sum = load<f64>(products + j * 8) + u * <f64>load<T>(a + j * sizeof<T>())
      store<f64>(products + j * 8, sum)
    }
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
  if (single) affineOf<f32>(a, m, n, center, factor, shift, rectified, out)
  else affineOf<f64>(a, m, n, center, factor, shift, rectified, out)
}

function affineOf<T>(
  a: usize,
  m: usize,
  n: usize,
  center: usize,
  factor: usize,
  shift: usize,
  rectified: bool,
  out: usize,
): void {
  const zero = f64x2.splat(0)
  for (let i: usize = 0; i < m; i++, a += n * sizeof<T>(), out += n * sizeof<T>()) {
    let j: usize = 0
    for (; isPair(j, n); j += 2) {
      const v = f64x2.sub(pair<T>(a + j * sizeof<T>()), v128.load(center + j * 8))
      const w = madd<f64>(v, v128.load(factor + j * 8), v128.load(shift + j * 8))
      storePair<T>(out + j * sizeof<T>(), rectified ? f64x2.max(w, zero) : w)
    }
    if (j < n) {
      const v = <f64>load<T>(a + j * sizeof<T>()) - load<f64>(center + j * 8)
      const w = v * load<f64>(factor + j * 8) + load<f64>(shift + j * 8)
      store<T>(out + j * sizeof<T>(), <T>(rectified ? max<f64>(w, 0) : w))
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
    for (; isPair(j, n); j += 2) {
      const taken = madd<f64>(pair<T>(a + j * sizeof<T>()), v128.load(factor + j * 8), v128.load(shift + j * 8))
      storePair<T>(d + j * sizeof<T>(), f64x2.sub(pair<T>(d + j * sizeof<T>()), taken))
    }
    if (j < n) {
      const taken = <f64>load<T>(a + j * sizeof<T>()) * load<f64>(factor + j * 8) + load<f64>(shift + j * 8)
      store<T>(d + j * sizeof<T>(), <T>(<f64>load<T>(d + j * sizeof<T>()) - taken))
    }
  }
}

/** out[i] = Σ of the `group` rows i·group … of a, n columns. */
export function sumRowGroups(a: usize, groups: usize, group: usize, n: usize, out: usize, single: bool): void {
  if (single) groupsOf<f32>(a, groups, group, n, out)
  else groupsOf<f64>(a, groups, group, n, out)
}

function groupsOf<T>(a: usize, groups: usize, group: usize, n: usize, out: usize): void {
  const bytes = n * sizeof<T>()
  for (let i: usize = 0; i < groups; i++, out += bytes) {
    memory.copy(out, a, bytes)
    a += bytes
    for (let k: usize = 1; k < group; k++, a += bytes) {
      let j: usize = 0
      for (; j + lanes<T>() <= n; j += lanes<T>()) {
        const at = j * sizeof<T>()
        v128.store(out + at, v128.add<T>(v128.load(out + at), v128.load(a + at)))
      }
      for (; j < n; j++) {
        const at = j * sizeof<T>()
        store<T>(out + at, load<T>(out + at) + load<T>(a + at))
      }
    }
  }
}

/** The adjoint, masked: row i·group + k of out = row i of d where a > 0, else 0. */
export function spreadRows(d: usize, groups: usize, group: usize, n: usize, a: usize, out: usize, single: bool): void {
  if (single) spreadOf<f32>(d, groups, group, n, a, out)
  else spreadOf<f64>(d, groups, group, n, a, out)
}

function spreadOf<T>(d: usize, groups: usize, group: usize, n: usize, a: usize, out: usize): void {
  const bytes = n * sizeof<T>()
  const zero = v128.splat<T>(<T>0)
  for (let i: usize = 0; i < groups; i++, d += bytes) {
    for (let k: usize = 0; k < group; k++, a += bytes, out += bytes) {
      let j: usize = 0
      for (; j + lanes<T>() <= n; j += lanes<T>()) {
        const at = j * sizeof<T>()
        v128.store(out + at, v128.and(v128.load(d + at), v128.gt<T>(v128.load(a + at), zero)))
      }
      for (; j < n; j++) {
        const at = j * sizeof<T>()
        store<T>(out + at, load<T>(a + at) > <T>0 ? load<T>(d + at) : <T>0)
      }
    }
  }
}
