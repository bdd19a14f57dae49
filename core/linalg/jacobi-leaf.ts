import { axpy, dot, norm2, scale } from './products.ts'

const maxSweeps = 40
/** Rows this small against the largest are zero: what cancellation leaves of dependent rows shrinks past it. */
const negligible = 1e-40

/** B = U·[diag(s) 0]·Vᵀ for a small n×m matrix, m ≥ n. */
export interface FullSvd {
  /** In no order. */
  readonly s: Float64Array
  /** n rows of n entries: row i is the left vector of s[i]. */
  readonly left: Float64Array[]
  /** m rows of m entries: row i is the right vector of s[i], those beyond n span the rest. */
  readonly right: Float64Array[]
}

/**
 * One-sided Jacobi on the rows (Hestenes 1958): rotates pairs of rows until all are orthogonal. Small singular values
 * come out with high relative accuracy, and so do their vectors.
 *
 * @param rows n rows of m entries, overwritten
 */
export function jacobiSvd(rows: Float64Array[], m: number): FullSvd {
  const n = rows.length
  const left = rows.map((_, i) => unit(n, i))
  const floor = negligible * rows.reduce((largest, row) => Math.max(largest, norm2(row)), 0)
  let rotated = true
  for (let sweep = 0; rotated && sweep < maxSweeps; sweep++) {
    rotated = false
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) rotated = orthogonalise(rows, left, p, q, floor) || rotated
    }
  }
  const s = Float64Array.from(rows, norm2).map((norm) => (norm > floor ? norm : 0))
  const right: Float64Array[] = rows.map((row, i) => (s[i] > 0 ? row.map((value) => value / s[i]) : row))
  const missing = [...s.keys()].filter((i) => s[i] === 0)
  for (let i = n; i < m; i++) missing.push(i)
  complete(right, missing, m)
  return { s, left, right }
}

/** Makes rows p and q orthogonal; false when they already are, or one is zero. */
function orthogonalise(
  rows: Float64Array[],
  left: Float64Array[],
  p: number,
  q: number,
  floor: number,
): boolean {
  const [a, b] = [rows[p], rows[q]]
  const product = dot(a, b)
  const [alpha, beta] = [norm2(a), norm2(b)]
  if (alpha <= floor || beta <= floor) return false
  if (Math.abs(product) <= Number.EPSILON * alpha * beta) return false
  const zeta = (beta / product) * beta - (alpha / product) * alpha
  const t = Math.sign(zeta || 1) / (Math.abs(zeta / 2) + Math.hypot(1, zeta / 2))
  const c = 1 / Math.hypot(1, t)
  rotate(a, b, c, c * t)
  rotate(left[p], left[q], c, c * t)
  return true
}

function rotate(a: Float64Array, b: Float64Array, c: number, s: number): void {
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i], b[i]]
    a[i] = c * x - s * y
    b[i] = s * x + c * y
  }
}

/** Fills the missing rows so that all m are orthonormal, from the unit vectors farthest from those there are. */
function complete(rows: Float64Array[], missing: readonly number[], m: number): void {
  const basis = rows.filter((_, i) => !missing.includes(i))
  for (const place of missing) {
    let best = unit(m, 0)
    let bestNorm = -1
    for (let k = 0; k < m; k++) {
      const candidate = remainder(basis, unit(m, k))
      const norm = norm2(candidate)
      if (norm > bestNorm) [best, bestNorm] = [candidate, norm]
    }
    scale(1 / bestNorm, best)
    const cleaned = remainder(basis, best)
    scale(1 / norm2(cleaned), cleaned)
    rows[place] = cleaned
    basis.push(cleaned)
  }
}

function remainder(basis: readonly Float64Array[], x: Float64Array): Float64Array {
  for (const q of basis) axpy(-dot(q, x), q, x)
  return x
}

function unit(n: number, i: number): Float64Array {
  const e = new Float64Array(n)
  e[i] = 1
  return e
}
