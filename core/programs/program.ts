import type { Arrangement } from '../arrangements/arrangement.ts'
import type { Matrix } from '../linalg/matrix.ts'
import type { Loss } from '../losses/index.ts'

/**
 * The convex program of THEORY 3.1 and 3.2 over a dictionary of patterns D₁…D_P of the arranged matrix A:
 *
 *     min ℓ(Σ_b σ_b D_{i(b)} A v_b, y) + β Σ_b ‖v_b‖₂   subject to (2D_{i(b)} − I)A v_b ≥ 0,
 *
 * one block b = (i, σ) for every pattern and each sign σ = ±1 of the output weight. The *gated* relaxation has no
 * constraints, and then one sign: both together would be the same variable twice.
 */
export interface ConvexProgram {
  /** n×r, full column rank: X (its row space when rank-deficient) or U′. */
  readonly A: Matrix
  /** n×1. */
  readonly Y: Matrix
  readonly loss: Loss
  readonly beta: number
  readonly arrangement: Arrangement
  /** Whether the cone constraints are enforced; false is the gated relaxation. */
  readonly cones: boolean
}

/** One non-zero block of a solution. */
export interface Block {
  /** Index of the pattern in the arrangement. */
  readonly pattern: number
  readonly sign: 1 | -1
  /** v_b, r entries. */
  readonly vector: Float64Array
}

/** The signs that the blocks of a program have. */
export const blockSigns = ({ cones }: Pick<ConvexProgram, 'cones'>): readonly (1 | -1)[] =>
  cones ? [1, -1] : [1]
