/**
 * Σ_{c<n} a[i + c]·b[j + c]: rows of matrices without making views of them.
 *
 * Four sums in turn, because one would wait for each addition.
 */
export function dotAt(a: Float64Array, i: number, b: Float64Array, j: number, n: number): number {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  const whole = n & ~3
  let c = 0
  for (; c < whole; c += 4) {
    s0 += a[i + c] * b[j + c]
    s1 += a[i + c + 1] * b[j + c + 1]
    s2 += a[i + c + 2] * b[j + c + 2]
    s3 += a[i + c + 3] * b[j + c + 3]
  }
  for (; c < n; c++) s0 += a[i + c] * b[j + c]
  return s0 + s1 + (s2 + s3)
}
