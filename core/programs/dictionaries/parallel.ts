import type { TwoLevelArrangement } from '../../arrangements/two-level.ts'
import { dotAt } from '../../arrangements/strided.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { dot, norm2, rowNorms } from '../../linalg/products.ts'
import { ConeProjector } from '../../solvers/cone-projector.ts'
import type { Dictionary } from '../dictionary.ts'
import { ParallelCone } from './parallel-cone.ts'

/**
 * Cells of three-layer parallel sub-networks with path norm (THEORY 3.6). v = (v₁ … vₘ) are the signed blocks z/√m₂
 * of the m₁ hidden units in the coordinates of A, so that the penalty (β/√m₂)‖z‖ is β‖v‖:
 *
 *   response  √m₂·D₂Σⱼ D₁ⱼA·vⱼ,   cone  (2D₂ − I)Σⱼ D₁ⱼA·vⱼ ≥ 0,  Iⱼ(2D₁ⱼ − I)A·vⱼ ≥ 0.
 */
export class ParallelDictionary implements Dictionary {
  /** n×r of full column rank. */
  readonly A: Matrix
  readonly arrangement: TwoLevelArrangement
  readonly size: number
  private readonly scale: number
  private readonly norms: Float64Array

  /** @param secondUnits m₂ */
  constructor(A: Matrix, arrangement: TwoLevelArrangement, secondUnits: number) {
    this.A = A
    this.arrangement = arrangement
    this.size = arrangement.cells.units * A.cols
    this.scale = Math.sqrt(secondUnits)
    this.norms = rowNorms(A)
  }

  get rows(): number {
    return this.A.rows
  }

  get count(): number {
    return this.arrangement.cells.count
  }

  get complete(): boolean {
    return this.arrangement.complete
  }

  get bound(): number {
    return this.arrangement.bound
  }

  get draws(): number {
    return this.arrangement.draws
  }

  respond(cell: number, v: Float64Array, scale: number, out: Float64Array): void {
    const { A, arrangement } = this
    const { cells } = arrangement
    const r = A.cols
    const factor = scale * this.scale
    for (let i = 0; i < A.rows; i++) {
      if (!cells.outputActive(cell, i)) continue
      let sum = 0
      for (let j = 0; j < cells.units; j++) {
        if (cells.unitActive(cell, j, i)) sum += dotAt(A.data, i * r, v, j * r, r)
      }
      out[i] += factor * sum
    }
  }

  pull(cell: number, g: Float64Array, out: Float64Array): void {
    const { A, arrangement, scale } = this
    const { cells } = arrangement
    const r = A.cols
    out.fill(0)
    for (let i = 0; i < A.rows; i++) {
      if (!cells.outputActive(cell, i)) continue
      const weight = scale * g[i]
      for (let j = 0; j < cells.units; j++) {
        if (!cells.unitActive(cell, j, i)) continue
        for (let c = 0; c < r; c++) out[j * r + c] += weight * A.data[i * r + c]
      }
    }
  }

  pullAll(g: Float64Array, out: Float64Array): void {
    const { size, count } = this
    for (let cell = 0; cell < count; cell++) this.pull(cell, g, out.subarray(cell * size, (cell + 1) * size))
  }

  images(parts: readonly { cell: number; directions: Float64Array }[]): Matrix {
    const { size, rows } = this
    // Data that are all zero have no coordinates.
    if (size === 0) return Matrix.zeros(rows, 0)
    const total = parts.reduce((sum, { directions }) => sum + directions.length, 0) / size
    const transposed = Matrix.zeros(total, rows)
    let column = 0
    for (const { cell, directions } of parts) {
      for (let at = 0; at < directions.length; at += size) {
        this.respond(cell, directions.subarray(at, at + size), 1, transposed.row(column++))
      }
    }
    return transposed.transpose()
  }

  projector(): ConeProjector {
    const cone = this.cone()
    return new ConeProjector(this.size, cone.count, cone)
  }

  constraints(cell: number): Matrix {
    const cone = this.cone()
    const G = Matrix.zeros(cone.count, this.size)
    for (let k = 0; k < G.rows; k++) cone.row(cell, k, G.row(k))
    return G
  }

  violation(cell: number, v: Float64Array): number {
    const cone = this.cone()
    const row = cone.mostViolated(cell, v, 0, new Uint8Array(cone.count))
    if (row < 0) return 0
    const g = new Float64Array(this.size)
    cone.row(cell, row, g)
    return -dot(g, v) / norm2(v)
  }

  private cone(): ParallelCone {
    return new ParallelCone(this.A, this.arrangement.cells, this.norms)
  }
}
