import { gatedAdjoint, gatedProduct, type Gates } from '../kernels/gated.ts'
import { Matrix } from '../linalg/matrix.ts'
import type { Dictionary } from '../programs/dictionary.ts'

/** Blocks of a scalar output whose products are formed together. */
export interface GatedBlock {
  readonly cell: number
  /** ±1. */
  readonly output: Float64Array
}

/** Fewer multiplications than this are done faster block by block. */
const SMALLEST = 20_000

/**
 * B_bᵀV and Σ_b B_b p_b of many blocks in one product each, for responses B_b = ±D_b·A of a scalar output.
 */
export class CommonProducts {
  private readonly A: Matrix
  private readonly gates: Gates
  private readonly signs: Float64Array

  private constructor(A: Matrix, gates: Gates, signs: Float64Array) {
    this.A = A
    this.gates = gates
    this.signs = signs
  }

  /** Null where the dictionary has no gates, the output is a vector, or the blocks are so small that it does not pay. */
  static of(
    { gates, rows, size }: Dictionary,
    K: number,
    blocks: readonly GatedBlock[],
  ): CommonProducts | null {
    if (!gates || K > 1 || rows * size * blocks.length < SMALLEST) return null
    const signs = Float64Array.from(blocks, ({ output }) => output[0])
    const cells = blocks.map(({ cell }) => cell)
    return new CommonProducts(gates.rows, gatesOf(gates, rows, cells), signs)
  }

  /** Row b is B_bᵀV; V: n entries. */
  pull(V: Float64Array): Matrix {
    const Q = gatedAdjoint(this.A, this.gates, new Matrix(V.length, 1, V))
    const rows = Matrix.zeros(Q.cols, Q.rows)
    this.signs.forEach((sign, b) => {
      for (let c = 0; c < Q.rows; c++) rows.data[b * Q.rows + c] = sign * Q.data[c * Q.cols + b]
    })
    return rows
  }

  /** Σ_b B_b p_b (n entries). */
  respond(points: readonly Float64Array[]): Float64Array {
    const P = Matrix.zeros(this.A.cols, points.length)
    points.forEach((point, b) => {
      for (let c = 0; c < P.rows; c++) P.data[c * P.cols + b] = this.signs[b] * point[c]
    })
    return gatedProduct(this.A, this.gates, P).data
  }
}

/** The activation patterns of cells side by side; `rows` samples. */
export function gatesOf(
  { activeRows }: NonNullable<Dictionary['gates']>,
  rows: number,
  cells: readonly number[],
): Gates {
  const cols = cells.length
  const data = new Uint8Array(rows * cols)
  cells.forEach((cell, j) => {
    for (const row of activeRows(cell)) data[row * cols + j] = 1
  })
  return { rows, cols, data }
}
