/**
 * Steps of gradient training over whole arrays: in the kernel memory by the compiled kernels, elsewhere by plain loops.
 * Which it is depends on where the caller put the arrays, and arrays of one call are in one place.
 */
import { hostOf, isSingle, requireEqual, type RealArray } from './places.ts'

/** x = max(x, 0) in place; NaN stays NaN, so that divergence is seen. */
export function rectifyInPlace(x: RealArray): void {
  const host = hostOf(x)
  if (host) host.kernels.rectifyInPlace(x.byteOffset, x.length, isSingle(x))
  else for (let at = 0; at < x.length; at++) if (x[at] < 0) x[at] = 0
}

/** d = d where a > 0, else 0, in place. */
export function maskInactive(d: RealArray, a: RealArray): void {
  requireEqual(d, a)
  const host = hostOf(d, a)
  if (host) host.kernels.maskInactive(d.byteOffset, a.byteOffset, d.length, isSingle(d))
  else for (let at = 0; at < d.length; at++) if (!(a[at] > 0)) d[at] = 0
}

/** x = a·x + b·y in place. */
export function combineInto(a: number, x: RealArray, b: number, y: RealArray): void {
  requireEqual(x, y)
  const host = hostOf(x, y)
  if (host) host.kernels.combine(a, x.byteOffset, b, y.byteOffset, x.length, isSingle(x))
  else for (let at = 0; at < x.length; at++) x[at] = a * x[at] + b * y[at]
}

/** v = μ·v + g; g = v, or g + μ·v when `ahead`. */
export function momentumStep(g: RealArray, v: RealArray, mu: number, ahead: boolean): void {
  requireEqual(g, v)
  const host = hostOf(g, v)
  if (host) {
    host.kernels.momentum(g.byteOffset, v.byteOffset, mu, ahead, g.length, isSingle(g))
    return
  }
  for (let at = 0; at < g.length; at++) {
    v[at] = mu * v[at] + g[at]
    g[at] = ahead ? g[at] + mu * v[at] : v[at]
  }
}

export interface AdamFactors {
  first: number
  second: number
  epsilon: number
}

/** The moments m and v of g, then g = m̂/(√v̂ + ε), after `t` updates, this one included. */
export function adamStep(
  g: RealArray,
  m: RealArray,
  v: RealArray,
  { first, second, epsilon }: AdamFactors,
  t: number,
): void {
  requireEqual(g, m, v)
  const [firstLeft, secondLeft] = [1 - first ** t, 1 - second ** t]
  const host = hostOf(g, m, v)
  if (host) {
    const [atG, atM, atV] = [g.byteOffset, m.byteOffset, v.byteOffset]
    host.kernels.adam(atG, atM, atV, first, second, firstLeft, secondLeft, epsilon, g.length, isSingle(g))
    return
  }
  for (let at = 0; at < g.length; at++) {
    m[at] = first * m[at] + (1 - first) * g[at]
    v[at] = second * v[at] + (1 - second) * g[at] * g[at]
    g[at] = m[at] / firstLeft / (Math.sqrt(v[at] / secondLeft) + epsilon)
  }
}

/** Rows up to this length are copied sooner than a view on them is made. */
const SHORT = 64

/** Row i of `to` is row rows[i] of `from`; rows of `cols` entries. */
export function gatherRows(from: RealArray, cols: number, rows: Int32Array, to: RealArray): void {
  if (to.length !== rows.length * cols) throw new RangeError('There is no room for exactly these rows.')
  const host = hostOf(from, to)
  if (!host) {
    for (let i = 0; i < rows.length; i++) {
      const start = rows[i] * cols
      if (cols > SHORT) to.set(from.subarray(start, start + cols), i * cols)
      else for (let j = 0; j < cols; j++) to[i * cols + j] = from[start + j]
    }
    return
  }
  host.scratch((arena) => {
    const { buffer, byteOffset } = arena.bytes(4 * rows.length)
    new Int32Array(buffer, byteOffset, rows.length).set(rows)
    const bytes = cols * from.BYTES_PER_ELEMENT
    host.kernels.gatherRows(from.byteOffset, bytes, byteOffset, rows.length, to.byteOffset)
  })
}

/** Zeros. */
export function clear(x: RealArray): void {
  const host = hostOf(x)
  if (host) host.kernels.clear(x.byteOffset, x.byteLength)
  else x.fill(0)
}
