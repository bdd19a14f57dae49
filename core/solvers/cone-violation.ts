import type { Block, ConvexProgram } from '../programs/program.ts'

/** max over blocks and rows of −gⱼᵀv/(‖gⱼ‖‖v‖), at least 0: how far a solution is outside its cones. */
export function maxConeViolation({ dictionary }: ConvexProgram, blocks: readonly Block[]): number {
  return blocks.reduce((worst, { cell, vector }) => Math.max(worst, dictionary.violation(cell, vector)), 0)
}
