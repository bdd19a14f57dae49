import type { ArrangementSettings } from '../experiments/document.ts'

/**
 * 2·Σ_{k<r} C(n−1, k): the most cells that n hyperplanes through the origin cut R^r into (Cover 1965), reached in
 * general position (THEORY §3). Rows and rank are those of the arranged matrix; 1 for rank 0.
 *
 * Exact below 2⁵³; larger counts are rounded, and Infinity stands for what a double cannot hold.
 */
export function cellBound(n: number, rank: number): number {
  if (rank <= 0 || n <= 0) return 1
  let term = 1
  let sum = 0
  for (let k = 0; k < rank && k < n; k++) {
    sum += term
    term = (term * (n - 1 - k)) / (k + 1)
  }
  return 2 * sum
}

/** Highest rank that `auto` enumerates. */
const AUTO_ENUMERATION_RANK = 3

/**
 * Whether these settings enumerate the cells of n rows of that rank: `auto` does up to rank 3 when the bound is
 * within `limit`.
 */
export function enumerates({ mode, limit }: ArrangementSettings, n: number, rank: number): boolean {
  if (mode !== 'auto') return mode === 'enumerate'
  return rank <= AUTO_ENUMERATION_RANK && cellBound(n, rank) <= limit
}
