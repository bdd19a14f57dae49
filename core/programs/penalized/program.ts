import type { Matrix } from '../../linalg/matrix.ts'
import type { Loss } from '../../losses/index.ts'
import type { PooledDictionary } from '../dictionaries/pooled.ts'
import type { Block } from '../program.ts'

/**
 * The unconstrained form of a convex program over cells (THEORY 3.8; Ergen et al. 2022, appendix A; Ergen & Pilanci 2023,
 * (11)):
 *
 *     min ℓ(Σ_b B_{i(b)} v_b g_bᵀ, Y) + β Σ_b ‖v_b‖₂ + ρ Σ_b Σ_j (−(±a_jᵀv_b))₊,
 *
 * the last sum over the rows a_j of A with the sign that the cell of the block wants. Output directions are ±e_k: every cell
 * has a neuron of each sign for each output, block 2K·i + k for +e_k and 2K·i + K + k for −e_k. For K = 1 these are all
 * directions; for more outputs a program over directions of any kind could be lower.
 */
export interface PenalizedProgram {
  readonly dictionary: PooledDictionary
  /** n×K. */
  readonly Y: Matrix
  readonly loss: Loss
  readonly beta: number
  /** ρ. */
  readonly penalty: number
}

/** 2K blocks for each cell. */
export const blocksPerCell = ({ Y }: Pick<PenalizedProgram, 'Y'>): number => 2 * Y.cols

export const blockCount = (program: PenalizedProgram): number =>
  program.dictionary.count * blocksPerCell(program)

/** The non-zero blocks of V (one row a block), in double precision. */
export function blocksOf(program: PenalizedProgram, V: Float32Array): Block[] {
  const r = program.dictionary.size
  const K = program.Y.cols
  const blocks: Block[] = []
  for (let b = 0; b < V.length / r; b++) {
    const vector = Float64Array.from(V.subarray(b * r, (b + 1) * r))
    if (vector.every((value) => value === 0)) continue
    const output = new Float64Array(K)
    const direction = b % (2 * K)
    output[direction % K] = direction < K ? 1 : -1
    blocks.push({ cell: Math.floor(b / (2 * K)), output, vector })
  }
  return blocks
}
