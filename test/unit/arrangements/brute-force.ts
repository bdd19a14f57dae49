import { PatternSet, packBits } from '../../../core/arrangements/patterns.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { nnls } from '../../../core/linalg/nnls.ts'
import { norm2 } from '../../../core/linalg/products.ts'

/**
 * Every pattern of the open cells by trying all 2ⁿ sign vectors. By Gordan's theorem S·A·u > 0 has a solution exactly
 * when no λ ≥ 0 with 1ᵀλ = 1 has (S·A)ᵀλ = 0, which a non-negative least-squares residual decides. Zero rows get 0.
 */
export function bruteForcePatterns(A: Matrix): PatternSet {
  const rows = Array.from({ length: A.rows }, (_, j) => j).filter((j) => norm2(A.row(j)) > 0)
  const found = new PatternSet(A.rows)
  for (let code = 0; code < 2 ** rows.length; code++) {
    const flags = new Uint8Array(A.rows)
    rows.forEach((j, k) => (flags[j] = (code >> k) & 1))
    if (isOpenCell(A, rows, flags)) found.add(packBits(flags))
  }
  return found
}

function isOpenCell(A: Matrix, rows: number[], flags: Uint8Array): boolean {
  if (rows.length === 0) return true
  const system = Matrix.zeros(A.cols + 1, rows.length)
  rows.forEach((j, k) => {
    const size = norm2(A.row(j)) * (flags[j] === 1 ? 1 : -1)
    for (let c = 0; c < A.cols; c++) system.set(c, k, A.get(j, c) / size)
    system.set(A.cols, k, 1)
  })
  const target = new Float64Array(A.cols + 1)
  target[A.cols] = 1
  return norm2(nnls(system, target).residual) > 1e-9
}
