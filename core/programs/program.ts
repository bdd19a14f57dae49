import type { Matrix } from '../linalg/matrix.ts'
import type { Loss } from '../losses/index.ts'
import type { Dictionary } from './dictionary.ts'

/**
 * The convex program of THEORY §3 over the cells of a dictionary:
 *
 *     min ℓ(Σ_b B_{i(b)} v_b g_bᵀ, Y) + β Σ_b ‖v_b‖₂   subject to v_b in the cone of cell i(b),
 *
 * g_b the unit output direction of block b, K entries: ±1 for a scalar output, where every cell has one block for each
 * sign. The *gated* relaxation has no cones, and then one sign: both together would be the same variable twice.
 */
export interface ConvexProgram {
  readonly dictionary: Dictionary
  readonly blocks: BlockList
  /** n×K. */
  readonly Y: Matrix
  readonly loss: Loss
  readonly beta: number
  /** Whether the cone constraints are enforced; false is the gated relaxation. */
  readonly cones: boolean
}

/** The variables of a program: block b belongs to a cell and has a unit output direction. */
export interface BlockList {
  readonly count: number
  cell(block: number): number
  /** K entries. */
  output(block: number): Float64Array
  /** The block of a cell with that unit output direction, −1 when there is none. */
  find(cell: number, output: Float64Array): number
}

/** One non-zero block of a solution. */
export interface Block {
  readonly cell: number
  /** Unit output direction g, K entries; [±1] for a scalar output. */
  readonly output: Float64Array
  /** v, in the coordinates of the dictionary. */
  readonly vector: Float64Array
}

const PLUS = Float64Array.of(1)
const MINUS = Float64Array.of(-1)

/** Scalar output: a block of each sign for every cell, the positive one first; gated: the positive one only. */
export function signedBlocks(dictionary: Dictionary, cones: boolean): BlockList {
  const signs = cones ? [PLUS, MINUS] : [PLUS]
  return {
    get count() {
      return dictionary.count * signs.length
    },
    cell: (block) => Math.floor(block / signs.length),
    output: (block) => signs[block % signs.length],
    find: (cell, output) => {
      const sign = signs.findIndex(([g]) => g === output[0])
      return sign < 0 ? -1 : cell * signs.length + sign
    },
  }
}

/** A scalar-output program over a dictionary. */
export function scalarProgram(
  dictionary: Dictionary,
  Y: Matrix,
  loss: Loss,
  beta: number,
  cones = true,
): ConvexProgram {
  return { dictionary, blocks: signedBlocks(dictionary, cones), Y, loss, beta, cones }
}
