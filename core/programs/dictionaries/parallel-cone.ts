import type { TwoLevelCells } from '../../arrangements/two-level.ts'
import { dotAt } from '../../arrangements/strided.ts'
import type { Matrix } from '../../linalg/matrix.ts'
import type { ConeRows } from '../../solvers/cone-projector.ts'

/**
 * The rows of the cones of two-level cells (THEORY 3.6), none of them formed: row i < n is that of the second layer,
 * (2D₂ − I)Σⱼ D₁ⱼA·vⱼ ≥ 0, and row n + j·n + i that of hidden unit j, Iⱼ(2D₁ⱼ − I)A·vⱼ ≥ 0. The signs of the cell that
 * was asked for last are kept unpacked.
 */
export class ParallelCone implements ConeRows {
  private readonly A: Matrix
  private readonly cells: TwoLevelCells
  /** Of the rows of A. */
  private readonly norms: Float64Array
  private cell = -1
  /** D₁ⱼ of row i at i·m₁ + j. */
  private readonly active: Uint8Array
  /** Iⱼ(2D₁ⱼ − I) of row i at i·m₁ + j. */
  private readonly sides: Int8Array
  /** 2D₂ − I. */
  private readonly outputs: Int8Array
  /** Lengths of the second-layer rows: ‖aᵢ‖ times the root of the number of units that reach row i. */
  private readonly lengths: Float64Array

  constructor(A: Matrix, cells: TwoLevelCells, norms: Float64Array) {
    this.A = A
    this.cells = cells
    this.norms = norms
    this.active = new Uint8Array(A.rows * cells.units)
    this.sides = new Int8Array(A.rows * cells.units)
    this.outputs = new Int8Array(A.rows)
    this.lengths = new Float64Array(A.rows)
  }

  /** Rows of a cone. */
  get count(): number {
    return this.A.rows * (1 + this.cells.units)
  }

  row(cell: number, k: number, out: Float64Array): boolean {
    this.unpack(cell)
    const n = this.A.rows
    const i = k % n
    out.fill(0)
    return k < n ? this.secondLayerRow(i, out) : this.hiddenRow(i, Math.floor(k / n) - 1, out)
  }

  mostViolated(cell: number, u: Float64Array, least: number, closed: Uint8Array): number {
    this.unpack(cell)
    const { A, norms, active, sides, outputs, lengths } = this
    const { units } = this.cells
    const [n, r] = [A.rows, A.cols]
    let worst = -1
    let lowest = least
    for (let i = 0, at = 0; i < n; i++) {
      let sum = 0
      for (let j = 0; j < units; j++, at++) {
        const t = dotAt(A.data, i * r, u, j * r, r)
        if (active[at] === 1) sum += t
        const value = sides[at] * t
        if (value < lowest * norms[i] && closed[n + j * n + i] === 0) {
          lowest = value / norms[i]
          worst = n + j * n + i
        }
      }
      const value = outputs[i] * sum
      if (value < lowest * lengths[i] && closed[i] === 0) {
        lowest = value / lengths[i]
        worst = i
      }
    }
    return worst
  }

  private secondLayerRow(i: number, out: Float64Array): boolean {
    const length = this.lengths[i]
    if (length === 0) return false
    const { units } = this.cells
    for (let j = 0; j < units; j++) {
      if (this.active[i * units + j] === 1) this.copyRow(i, this.outputs[i] / length, out, j)
    }
    return true
  }

  private hiddenRow(i: number, j: number, out: Float64Array): boolean {
    if (this.norms[i] === 0) return false
    this.copyRow(i, this.sides[i * this.cells.units + j] / this.norms[i], out, j)
    return true
  }

  private copyRow(i: number, scale: number, out: Float64Array, j: number): void {
    const { data, cols } = this.A
    for (let c = 0; c < cols; c++) out[j * cols + c] = scale * data[i * cols + c]
  }

  private unpack(cell: number): void {
    if (cell === this.cell) return
    this.cell = cell
    const { cells, active, sides, norms } = this
    const signs = Int8Array.from({ length: cells.units }, (_, j) => cells.sign(cell, j))
    for (let i = 0, at = 0; i < this.A.rows; i++) {
      let reaching = 0
      for (let j = 0; j < cells.units; j++, at++) {
        active[at] = cells.unitActive(cell, j, i) ? 1 : 0
        sides[at] = active[at] === 1 ? signs[j] : -signs[j]
        reaching += active[at]
      }
      this.outputs[i] = cells.outputActive(cell, i) ? 1 : -1
      this.lengths[i] = norms[i] * Math.sqrt(reaching)
    }
  }
}
