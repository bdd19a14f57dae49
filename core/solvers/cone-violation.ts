import { dot, norm2 } from '../linalg/products.ts'
import type { Block, ConvexProgram } from '../programs/program.ts'

/** max over blocks and rows of −gⱼᵀv/(‖gⱼ‖‖v‖), at least 0: how far a solution is outside its cones. */
export function maxConeViolation({ A, arrangement }: ConvexProgram, blocks: readonly Block[]): number {
  let worst = 0
  for (const { pattern, vector } of blocks) {
    const size = norm2(vector)
    for (let j = 0; j < A.rows; j++) {
      const row = A.row(j)
      const side = arrangement.patterns.isActive(pattern, j) ? dot(row, vector) : -dot(row, vector)
      if (side < 0) worst = Math.max(worst, -side / (norm2(row) * size))
    }
  }
  return worst
}
