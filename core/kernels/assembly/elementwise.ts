/**
 * Steps of gradient training over whole arrays, of entries of 8 bytes or, when `single`, of 4. Two vectors at a time, whose
 * stores are neighbours: V8 joins such pairs (see tile.ts).
 */
import { lanes, madd } from './simd'

/** x = max(x, 0), in place; NaN stays NaN. */
export function rectifyInPlace(x: usize, n: usize, single: bool): void {
  if (single) rectifyOf<f32>(x, n)
  else rectifyOf<f64>(x, n)
}

function rectifyOf<T>(x: usize, n: usize): void {
  const zero = v128.splat<T>(<T>0)
  let i: usize = 0
  for (; i + 2 * lanes<T>() <= n; i += 2 * lanes<T>(), x += 32) {
    const x0 = v128.pmax<T>(v128.load(x), zero)
    const x1 = v128.pmax<T>(v128.load(x, 16), zero)
    v128.store(x, x0)
    v128.store(x, x1, 16)
  }
  for (; i < n; i++, x += sizeof<T>()) if (load<T>(x) < <T>0) store<T>(x, <T>0)
}

/** d = d where a > 0, else 0. */
export function maskInactive(d: usize, a: usize, n: usize, single: bool): void {
  if (single) maskOf<f32>(d, a, n)
  else maskOf<f64>(d, a, n)
}

function maskOf<T>(d: usize, a: usize, n: usize): void {
  const zero = v128.splat<T>(<T>0)
  let i: usize = 0
  for (; i + 2 * lanes<T>() <= n; i += 2 * lanes<T>(), d += 32, a += 32) {
    const d0 = v128.and(v128.load(d), v128.gt<T>(v128.load(a), zero))
    const d1 = v128.and(v128.load(d, 16), v128.gt<T>(v128.load(a, 16), zero))
    v128.store(d, d0)
    v128.store(d, d1, 16)
  }
  for (; i < n; i++, d += sizeof<T>(), a += sizeof<T>()) if (!(load<T>(a) > <T>0)) store<T>(d, <T>0)
}

/** x = a·x + b·y. */
export function combine(a: f64, x: usize, b: f64, y: usize, n: usize, single: bool): void {
  if (single) combineOf<f32>(<f32>a, x, <f32>b, y, n)
  else combineOf<f64>(a, x, b, y, n)
}

function combineOf<T>(a: T, x: usize, b: T, y: usize, n: usize): void {
  const va = v128.splat<T>(a)
  const vb = v128.splat<T>(b)
  let i: usize = 0
  for (; i + 2 * lanes<T>() <= n; i += 2 * lanes<T>(), x += 32, y += 32) {
    const x0 = madd<T>(va, v128.load(x), v128.mul<T>(vb, v128.load(y)))
    const x1 = madd<T>(va, v128.load(x, 16), v128.mul<T>(vb, v128.load(y, 16)))
    v128.store(x, x0)
    v128.store(x, x1, 16)
  }
  for (; i < n; i++, x += sizeof<T>(), y += sizeof<T>()) store<T>(x, a * load<T>(x) + b * load<T>(y))
}

/** v = mu·v + g; g = v, or g + mu·v when `ahead`. */
export function momentum(g: usize, v: usize, mu: f64, ahead: bool, n: usize, single: bool): void {
  if (single) momentumOf<f32>(g, v, <f32>mu, ahead, n)
  else momentumOf<f64>(g, v, mu, ahead, n)
}

function momentumOf<T>(g: usize, v: usize, mu: T, ahead: bool, n: usize): void {
  const m = v128.splat<T>(mu)
  let i: usize = 0
  for (; i + 2 * lanes<T>() <= n; i += 2 * lanes<T>(), g += 32, v += 32) {
    const g0 = v128.load(g)
    const g1 = v128.load(g, 16)
    const v0 = madd<T>(m, v128.load(v), g0)
    const v1 = madd<T>(m, v128.load(v, 16), g1)
    v128.store(v, v0)
    v128.store(v, v1, 16)
    if (ahead) {
      v128.store(g, madd<T>(m, v0, g0))
      v128.store(g, madd<T>(m, v1, g1), 16)
    } else {
      v128.store(g, v0)
      v128.store(g, v1, 16)
    }
  }
  for (; i < n; i++, g += sizeof<T>(), v += sizeof<T>()) {
    const slope = load<T>(g)
    const speed = mu * load<T>(v) + slope
    store<T>(v, speed)
    store<T>(g, ahead ? slope + mu * speed : speed)
  }
}

/**
 * m = first·m + (1 − first)·g, v = second·v + (1 − second)·g²;
 * g = (m/firstLeft)/(√(v/secondLeft) + epsilon).
 */
export function adam(
  g: usize,
  m: usize,
  v: usize,
  first: f64,
  second: f64,
  firstLeft: f64,
  secondLeft: f64,
  epsilon: f64,
  n: usize,
  single: bool,
): void {
  if (single) {
    adamOf<f32>(g, m, v, <f32>first, <f32>second, <f32>(1 - first), <f32>(1 - second), <f32>(1 / firstLeft), <f32>(1 / secondLeft), <f32>epsilon, n)
  } else adamOf<f64>(g, m, v, first, second, 1 - first, 1 - second, 1 / firstLeft, 1 / secondLeft, epsilon, n)
}

function adamOf<T>(
  g: usize,
  m: usize,
  v: usize,
  first: T,
  second: T,
  newFirst: T,
  newSecond: T,
  firstFactor: T,
  secondFactor: T,
  epsilon: T,
  n: usize,
): void {
  const v1 = v128.splat<T>(first)
  const v2 = v128.splat<T>(second)
  const n1 = v128.splat<T>(newFirst)
  const n2 = v128.splat<T>(newSecond)
  const f1 = v128.splat<T>(firstFactor)
  const f2 = v128.splat<T>(secondFactor)
  const e = v128.splat<T>(epsilon)
  let i: usize = 0
  for (; i + lanes<T>() <= n; i += lanes<T>(), g += 16, m += 16, v += 16) {
    const slope = v128.load(g)
    const mean = madd<T>(v1, v128.load(m), v128.mul<T>(n1, slope))
    const square = madd<T>(v2, v128.load(v), v128.mul<T>(n2, v128.mul<T>(slope, slope)))
    v128.store(m, mean)
    v128.store(v, square)
    const size = v128.add<T>(v128.sqrt<T>(v128.mul<T>(f2, square)), e)
    v128.store(g, v128.div<T>(v128.mul<T>(f1, mean), size))
  }
  for (; i < n; i++, g += sizeof<T>(), m += sizeof<T>(), v += sizeof<T>()) {
    const slope = load<T>(g)
    const mean = first * load<T>(m) + newFirst * slope
    const square = second * load<T>(v) + newSecond * (slope * slope)
    store<T>(m, mean)
    store<T>(v, square)
    store<T>(g, (firstFactor * mean) / (sqrt<T>(secondFactor * square) + epsilon))
  }
}

/**
 * Rows of `bytes` bytes: row i of `to` is row rows[i] of `from`. Four rows go abreast: memory that is far away answers
 * several requests at a time.
 */
export function gatherRows(from: usize, bytes: usize, rows: usize, count: usize, to: usize): void {
  const lines = bytes & ~63
  let i: usize = 0
  for (; i + 4 <= count; i += 4, rows += 16) {
    const a = from + <usize>load<u32>(rows) * bytes
    const b = from + <usize>load<u32>(rows, 4) * bytes
    const c = from + <usize>load<u32>(rows, 8) * bytes
    const d = from + <usize>load<u32>(rows, 12) * bytes
    for (let at: usize = 0; at < lines; at += 64) {
      copyLine(a + at, to + at)
      copyLine(b + at, to + bytes + at)
      copyLine(c + at, to + 2 * bytes + at)
      copyLine(d + at, to + 3 * bytes + at)
    }
    to = copyRest(a, to, lines, bytes)
    to = copyRest(b, to, lines, bytes)
    to = copyRest(c, to, lines, bytes)
    to = copyRest(d, to, lines, bytes)
  }
  for (; i < count; i++, rows += 4) to = copyRest(from + <usize>load<u32>(rows) * bytes, to, 0, bytes)
}

/** What lies behind the first `done` bytes of a row. @returns where the next row goes */
@inline
function copyRest(from: usize, to: usize, done: usize, bytes: usize): usize {
  if (done < bytes) memory.copy(to + done, from + done, bytes - done)
  return to + bytes
}

@inline
function copyLine(from: usize, to: usize): void {
  const v0 = v128.load(from)
  const v1 = v128.load(from, 16)
  const v2 = v128.load(from, 32)
  const v3 = v128.load(from, 48)
  v128.store(to, v0)
  v128.store(to, v1, 16)
  v128.store(to, v2, 32)
  v128.store(to, v3, 48)
}

/** Zeros. */
export function clear(to: usize, bytes: usize): void {
  memory.fill(to, 0, bytes)
}
