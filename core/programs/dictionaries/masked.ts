import type { PatternSet } from '../../arrangements/patterns.ts'
import type { Matrix } from '../../linalg/matrix.ts'
import { dotAt } from '../../arrangements/strided.ts'

/** out = AᵀDᵢv (d entries), reading the rows of A where pattern i is active. */
export function maskedTranspose(
  A: Matrix,
  patterns: PatternSet,
  i: number,
  v: Float64Array,
  out: Float64Array,
): void {
  const d = A.cols
  const bits = patterns.pattern(i)
  out.fill(0)
  for (let w = 0; w < bits.length; w++) {
    for (let word = bits[w]; word !== 0; word &= word - 1) {
      const j = (w << 5) + 31 - Math.clz32(word & -word)
      const weight = v[j]
      for (let c = 0, at = j * d; c < d; c++, at++) out[c] += weight * A.data[at]
    }
  }
}

/** F += scale·DᵢA·u (n entries). */
export function maskedAccumulate(
  A: Matrix,
  patterns: PatternSet,
  i: number,
  scale: number,
  u: Float64Array,
  F: Float64Array,
): void {
  const d = A.cols
  const bits = patterns.pattern(i)
  for (let w = 0; w < bits.length; w++) {
    for (let word = bits[w]; word !== 0; word &= word - 1) {
      const j = (w << 5) + 31 - Math.clz32(word & -word)
      F[j] += scale * dotAt(A.data, j * d, u, 0, d)
    }
  }
}
