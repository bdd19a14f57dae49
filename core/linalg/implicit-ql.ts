const maxSweeps = 60

/**
 * Eigenvalues and vectors of a small tridiagonal matrix by QL with implicit shifts (Bowdler, Martin, Reinsch,
 * Wilkinson 1968).
 *
 * @param d n diagonal entries, overwritten with the eigenvalues in no order
 * @param e n − 1 off-diagonal entries
 * @returns n×n, *row* j the vector of d[j]
 */
export function implicitQl(d: Float64Array, e: Float64Array): Float64Array {
  const n = d.length
  const off = new Float64Array(n)
  off.set(e)
  const Z = new Float64Array(n * n)
  for (let i = 0; i < n; i++) Z[i * (n + 1)] = 1
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; ; sweep++) {
      const m = splitAfter(d, off, l)
      if (m === l) break
      if (sweep === maxSweeps) throw new RangeError('The QL iteration did not converge.')
      chase(d, off, Z, l, m)
    }
  }
  return Z
}

/** The end of the unreduced block that begins at l. */
function splitAfter(d: Float64Array, off: Float64Array, l: number): number {
  let m = l
  while (m < d.length - 1) {
    const size = Math.abs(d[m]) + Math.abs(d[m + 1])
    if (Math.abs(off[m]) <= (Number.EPSILON / 2) * size || off[m] === 0) break
    m++
  }
  return m
}

/** One QL sweep with Wilkinson's shift on l…m. */
function chase(d: Float64Array, off: Float64Array, Z: Float64Array, l: number, m: number): void {
  const n = d.length
  let g = (d[l + 1] - d[l]) / (2 * off[l])
  const r0 = Math.hypot(g, 1)
  g = d[m] - d[l] + off[l] / (g + (g < 0 ? -r0 : r0))
  let [s, c, p] = [1, 1, 0]
  for (let i = m - 1; i >= l; i--) {
    const f = s * off[i]
    const b = c * off[i]
    const radius = Math.hypot(f, g)
    off[i + 1] = radius
    if (radius === 0) {
      d[i + 1] -= p
      off[m] = 0
      return
    }
    s = f / radius
    c = g / radius
    g = d[i + 1] - p
    const t = (d[i] - g) * s + 2 * c * b
    p = s * t
    d[i + 1] = g + p
    g = c * t - b
    rotateRows(Z, n, i, c, s)
  }
  d[l] -= p
  off[l] = g
  off[m] = 0
}

function rotateRows(Z: Float64Array, n: number, i: number, c: number, s: number): void {
  for (let k = i * n, q = k + n; k < (i + 1) * n; k++, q++) {
    const lower = Z[q]
    Z[q] = s * Z[k] + c * lower
    Z[k] = c * Z[k] - s * lower
  }
}
