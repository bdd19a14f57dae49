import type { Arrangement } from '../../arrangements/arrangement.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { dot, multiply, multiplyVector, norm2 } from '../../linalg/products.ts'
import { ConeProjector } from '../../solvers/cone-projector.ts'
import type { Dictionary } from '../dictionary.ts'
import { maskedAccumulate, maskedTranspose } from './masked.ts'
import { image, ReluBnCells } from './relu-bn-cell.ts'
import { ReluBnCone } from './relu-bn-cone.ts'

/**
 * Cells of neurons with batch normalisation after the ReLU (THEORY 3.4). With UΣVᵀ the centred DᵢA of rank k, a vector
 * (s₁ … s_k, 0 … 0, α) of r + 1 entries responds with U·s + α/√n; it is in the cone when some hidden weight
 * w = VΣ⁻¹s + N·t, N·t in the null space of the centred DᵢA, is in cell i.
 */
export class ReluBnDictionary implements Dictionary {
  /** n×r of full column rank. */
  readonly A: Matrix
  readonly arrangement: Arrangement
  readonly size: number
  private readonly cells: ReluBnCells
  private readonly cone: ReluBnCone

  constructor(A: Matrix, arrangement: Arrangement) {
    this.A = A
    this.arrangement = arrangement
    this.size = A.cols + 1
    this.cells = new ReluBnCells(A, arrangement.patterns)
    this.cone = new ReluBnCone(A, arrangement.patterns, this.cells)
  }

  get rows(): number {
    return this.A.rows
  }

  get count(): number {
    return this.arrangement.patterns.count
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
    const response = new Float64Array(A.rows)
    maskedAccumulate(A, arrangement.patterns, cell, scale, this.rowWeight(cell, v), response)
    const shift = (scale * v[A.cols]) / Math.sqrt(A.rows) - mean(response)
    for (let i = 0; i < out.length; i++) out[i] += response[i] + shift
  }

  pull(cell: number, g: Float64Array, out: Float64Array): void {
    const average = mean(g)
    this.pullCentered(
      cell,
      g.map((value) => value - average),
      average,
      out,
    )
  }

  pullAll(g: Float64Array, out: Float64Array): void {
    const average = mean(g)
    const centered = g.map((value) => value - average)
    for (let cell = 0; cell < this.count; cell++) {
      this.pullCentered(cell, centered, average, out.subarray(cell * this.size, (cell + 1) * this.size))
    }
  }

  images(parts: readonly { cell: number; directions: Float64Array }[]): Matrix {
    const { A, size } = this
    const columns = parts.flatMap(({ cell, directions }) =>
      Array.from({ length: directions.length / size }, (_, k) => ({
        cell,
        v: directions.subarray(k * size, (k + 1) * size),
      })),
    )
    const weights = Matrix.zeros(columns.length, A.cols)
    columns.forEach(({ cell, v }, c) => weights.row(c).set(this.rowWeight(cell, v)))
    const images = multiply(A, weights, { transposeB: true })
    columns.forEach(({ cell, v }, c) => this.finishColumn(images, c, cell, v[A.cols]))
    return images
  }

  projector(): ConeProjector {
    return new ConeProjector(this.size, this.cone.capacity, this.cone)
  }

  /** @throws BidualError too-large when the null space makes too many */
  constraints(cell: number): Matrix {
    const rows = this.cone.rowsOf(cell)
    const G = Matrix.zeros(rows.length, this.size)
    rows.forEach((row, j) => G.row(j).set(row))
    return G
  }

  violation(cell: number, v: Float64Array): number {
    const row = this.cone.mostViolated(cell, v, 0, new Uint8Array(this.cone.capacity))
    if (row < 0) return 0
    const g = new Float64Array(this.size)
    this.cone.row(cell, row, g)
    return -dot(g, v) / norm2(v)
  }

  /** A hidden weight w (r entries) in the cell with the response of v: centred D·A·w = U·s. */
  weight(cell: number, v: Float64Array): Float64Array {
    return this.cone.weight(cell, v)
  }

  /** The shortest w with that response, inside the cell or not. */
  private rowWeight(cell: number, v: Float64Array): Float64Array {
    const { W } = this.cells.get(cell)
    return multiplyVector(W, v.subarray(0, W.cols))
  }

  /** @param g centred; @param average what was taken off */
  private pullCentered(cell: number, g: Float64Array, average: number, out: Float64Array): void {
    const { A, arrangement } = this
    const sum = new Float64Array(A.cols)
    maskedTranspose(A, arrangement.patterns, cell, g, sum)
    out.fill(0)
    out.set(image(this.cells.get(cell).W, sum))
    out[A.cols] = average * Math.sqrt(A.rows)
  }

  /** Masks and centres column c of A·w, and adds α/√n. */
  private finishColumn(images: Matrix, c: number, cell: number, alpha: number): void {
    const { rows, cols, data } = images
    const { patterns } = this.arrangement
    let sum = 0
    for (let i = 0, at = c; i < rows; i++, at += cols) {
      if (!patterns.isActive(cell, i)) data[at] = 0
      sum += data[at]
    }
    const shift = alpha / Math.sqrt(rows) - sum / rows
    for (let i = 0, at = c; i < rows; i++, at += cols) data[at] += shift
  }
}

function mean(x: Float64Array): number {
  let sum = 0
  for (const value of x) sum += value
  return sum / x.length
}
