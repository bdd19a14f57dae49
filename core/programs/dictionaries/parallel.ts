import type { TwoLevelArrangement } from '../../arrangements/two-level.ts'
import { dotAt } from '../../arrangements/strided.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { norm2, rowNorms } from '../../linalg/products.ts'
import { ConeProjector, type ConeRows } from '../../solvers/cone-projector.ts'
import type { Dictionary } from '../dictionary.ts'

/**
 * Cells of three-layer parallel sub-networks with path norm (THEORY 3.6). v = (v₁ … vₘ) are the signed blocks z/√m₂
 * of the m₁ hidden units in the coordinates of A, so that the penalty (β/√m₂)‖z‖ is β‖v‖:
 *
 *   response  √m₂·D₂Σⱼ D₁ⱼA·vⱼ,   cone  (2D₂ − I)Σⱼ D₁ⱼA·vⱼ ≥ 0,  Iⱼ(2D₁ⱼ − I)A·vⱼ ≥ 0.
 *
 * Constraint row i < n is that of the second layer, row n + j·n + i that of hidden unit j.
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
    return new ConeProjector(this.size, this.constraintCount, this.cones())
  }

  constraints(cell: number): Matrix {
    const G = Matrix.zeros(this.constraintCount, this.size)
    for (let k = 0; k < G.rows; k++) this.writeRow(cell, k, G.row(k))
    return G
  }

  violation(cell: number, v: Float64Array): number {
    const size = norm2(v)
    const worst = this.values(cell, v).reduce((least, value) => Math.min(least, value), 0)
    return worst < 0 ? -worst / size : 0
  }

  private get constraintCount(): number {
    return this.A.rows * (1 + this.arrangement.cells.units)
  }

  /** The values of all unit rows at u. */
  private values(cell: number, u: Float64Array): Float64Array {
    return Float64Array.from({ length: this.constraintCount }, (_, k) => this.value(cell, k, u))
  }

  private value(cell: number, k: number, u: Float64Array): number {
    const row = new Float64Array(this.size)
    return this.writeRow(cell, k, row) ? dotAt(row, 0, u, 0, this.size) : 0
  }

  /** Unit row k of the cone; false for a zero row. */
  private writeRow(cell: number, k: number, out: Float64Array): boolean {
    const { A, norms, arrangement } = this
    const { cells } = arrangement
    const r = A.cols
    const i = k % A.rows
    const units = k < A.rows ? reached(cells, cell, i) : [Math.floor(k / A.rows) - 1]
    if (norms[i] === 0 || units.length === 0) return false
    const positive =
      k < A.rows
        ? cells.outputActive(cell, i)
        : cells.unitActive(cell, units[0], i) === cells.sign(cell, units[0]) > 0
    const scale = (positive ? 1 : -1) / (norms[i] * Math.sqrt(units.length))
    out.fill(0)
    for (const j of units) for (let c = 0; c < r; c++) out[j * r + c] = scale * A.data[i * r + c]
    return true
  }

  private cones(): ConeRows {
    const { A, norms, arrangement } = this
    const { cells } = arrangement
    const [n, r, units] = [A.rows, A.cols, cells.units]
    return {
      row: (cell, k, out) => this.writeRow(cell, k, out),
      mostViolated(cell, u, least, closed) {
        let worst = -1
        let lowest = least
        for (let i = 0; i < n; i++) {
          let sum = 0
          let reaching = 0
          for (let j = 0; j < units; j++) {
            const t = dotAt(A.data, i * r, u, j * r, r)
            const active = cells.unitActive(cell, j, i)
            if (active) {
              sum += t
              reaching++
            }
            const value = active === cells.sign(cell, j) > 0 ? t : -t
            if (value < lowest * norms[i] && closed[n + j * n + i] === 0) {
              lowest = value / norms[i]
              worst = n + j * n + i
            }
          }
          const value = cells.outputActive(cell, i) ? sum : -sum
          const norm = norms[i] * Math.sqrt(reaching)
          if (value < lowest * norm && closed[i] === 0) {
            lowest = value / norm
            worst = i
          }
        }
        return worst
      },
    }
  }
}

/** The hidden units that are active on row i. */
function reached(cells: TwoLevelArrangement['cells'], cell: number, i: number): number[] {
  return Array.from({ length: cells.units }, (_, j) => j).filter((j) => cells.unitActive(cell, j, i))
}
