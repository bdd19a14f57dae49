import type { Matrix } from '../linalg/matrix.ts'
import type { BlockProjector } from '../solvers/cone-projector.ts'

/**
 * The cells of a convex program (THEORY §3). A vector v ∈ R^size in the cone {G_i·v ≥ 0} of cell i responds with
 * B_i·v (n entries) and costs β‖v‖. Cells can be added while a dictionary grows, never taken away.
 */
export interface Dictionary {
  /** Samples n. */
  readonly rows: number
  /** Entries of v. */
  readonly size: number
  /** Cells. */
  readonly count: number
  /** Whether every cell is there: only then is a maximum over the cells one over all neurons. */
  readonly complete: boolean
  /** The most cells there can be (THEORY §3). */
  readonly bound: number
  /** Draws that the cells were sampled by; 0 for an enumeration. */
  readonly draws: number
  /** out += scale·B_i·v (n entries). */
  respond(cell: number, v: Float64Array, scale: number, out: Float64Array): void
  /** out = B_iᵀ·g (size entries). */
  pull(cell: number, g: Float64Array, out: Float64Array): void
  /** B_iᵀ·g of every cell, count×size row-major. */
  pullAll(g: Float64Array, out: Float64Array): void
  /** [B_{i₁}·N₁ᵀ, B_{i₂}·N₂ᵀ, …] (n×Σk) for directions Nⱼ (k×size, row-major, k = length/size). */
  images(parts: readonly { cell: number; directions: Float64Array }[]): Matrix
  /** A projector on the cones of the cells, in the norm of the penalty. */
  projector(): BlockProjector
  /** The rows G_i of the cone of a cell (m×size), of any length. */
  constraints(cell: number): Matrix
  /** How far v is outside its cone: max over rows of −gⱼᵀv/(‖gⱼ‖‖v‖), at least 0. */
  violation(cell: number, v: Float64Array): number
  /**
   * Of dictionaries whose responses are B_i = D_i·A: A, the kernel AAᵀ and the active samples of a cell, so that
   * B_iB_iᵀ can be summed up entry by entry and many cells take part in one product.
   */
  readonly gates?: {
    readonly rows: Matrix
    readonly kernel: () => Matrix
    readonly activeRows: (cell: number) => Int32Array
  }
}
