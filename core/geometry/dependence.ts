import type { Matrix } from '../linalg/matrix.ts'
import { dot } from '../linalg/products.ts'
import { pivotedQr } from '../linalg/qr.ts'

/** Coefficients below this share of the largest are rounding. */
const NEGLIGIBLE = 1e-8

/**
 * A shortest linear dependence Σ μₖcₖ = 0 of the rows of C: those with μₖ ≠ 0 are independent when any one is left out.
 *
 * @param C m×d, its rows linearly dependent; @returns μ, m entries
 */
export function shortestDependence(C: Matrix): Float64Array {
  const { R, pivots, rank } = pivotedQr(C.transpose())
  const r = Math.min(rank, C.rows - 1)
  const mu = new Float64Array(C.rows)
  mu[pivots[r]] = -1
  // Back substitution: the first pivoted row that depends on those before it, in terms of them.
  const x = new Float64Array(r)
  for (let i = r - 1; i >= 0; i--) {
    let rest = R.get(i, r)
    for (let j = i + 1; j < r; j++) rest -= R.get(i, j) * x[j]
    x[i] = rest / R.get(i, i)
    mu[pivots[i]] = x[i]
  }
  const largest = mu.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return mu.map((value) => (Math.abs(value) > NEGLIGIBLE * largest ? value : 0))
}

/** The two entries of the same sign with the largest product; the two largest where there are none. */
export function sameSignPair(mu: Float64Array): [number, number] {
  const byProduct = (pairs: [number, number][]) =>
    pairs.sort(([i, j], [k, l]) => Math.abs(mu[k] * mu[l]) - Math.abs(mu[i] * mu[j]))[0]
  const top = (rows: number[]) => rows.sort((i, j) => Math.abs(mu[j]) - Math.abs(mu[i])).slice(0, 2)
  const rows = [...mu.keys()].filter((i) => mu[i] !== 0)
  const pairs = [rows.filter((i) => mu[i] > 0), rows.filter((i) => mu[i] < 0)]
    .filter((side) => side.length > 1)
    .map((side) => top(side) as [number, number])
  return pairs.length > 0 ? byProduct(pairs) : (top(rows) as [number, number])
}

/**
 * Vectors among which one has a rectified response outside the range of C. Where the rows of a shortest dependence do not
 * all have the same sign at u, μᵀ(Cu)₊ is wᵀu with w = Σ μₖcₖ ≠ 0 over the positive ones: u itself, or u moved along w.
 *
 * @param u a vector with both signs among the rows of the dependence
 */
export function spikeCandidates(C: Matrix, mu: Float64Array, u: Float64Array): Float64Array[] {
  const w = new Float64Array(C.cols)
  for (let k = 0; k < C.rows; k++) {
    if (mu[k] === 0 || dot(C.row(k), u) <= 0) continue
    for (let c = 0; c < w.length; c++) w[c] += mu[k] * C.get(k, c)
  }
  const steps = Array.from({ length: 12 }, (_, k) => 2 ** -k).flatMap((t) => [t, -t])
  const unit = Math.sqrt(dot(u, u) / dot(w, w))
  return [u, ...steps.map((t) => u.map((value, c) => value + t * unit * w[c]))]
}
