import type { Arrangement } from '../../arrangements/arrangement.ts'
import { dotAt } from '../../arrangements/strided.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { dot, multiply, norm2, outerGram, rowNorms, scaleRows } from '../../linalg/products.ts'
import { ConeProjector, type ConeRows } from '../../solvers/cone-projector.ts'
import type { Dictionary } from '../dictionary.ts'
import { maskedAccumulate, maskedTranspose } from './masked.ts'

/** Entries of a block of masked weights when all cells are pulled at once (8 MiB). */
const CHUNK_ENTRIES = 2 ** 20

/**
 * Cells of neurons whose responses are pooled over the p patches of a sample: B_i = S·D_i·A with A (n·p)×r and S the
 * n×(n·p) matrix that sums the rows of a sample (THEORY 3.1, 3.2 with p = 1; 3.5). The cone of cell i is
 * {u : (2D_i − I)A·u ≥ 0}.
 */
export class PooledDictionary implements Dictionary {
  readonly A: Matrix
  readonly arrangement: Arrangement
  readonly patches: number
  readonly gates?: Dictionary['gates']
  private readonly norms: Float64Array
  /** Entries of one value a row of A, where a sample has several. */
  private readonly spread: Float64Array

  /** @param A rows i·p … i·p + p − 1 belong to sample i; @param arrangement of the rows of A */
  constructor(A: Matrix, arrangement: Arrangement, patches = 1) {
    this.A = A
    this.arrangement = arrangement
    this.patches = patches
    this.norms = rowNorms(A)
    this.spread = new Float64Array(patches > 1 ? A.rows : 0)
    if (patches > 1) return
    let kernel: Matrix | undefined
    this.gates = {
      rows: A,
      kernel: () => (kernel ??= outerGram(A)),
      activeRows: (cell) => arrangement.patterns.activeRows(cell),
    }
  }

  get rows(): number {
    return this.A.rows / this.patches
  }

  get size(): number {
    return this.A.cols
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
    const { A, arrangement, patches, spread } = this
    if (patches === 1) {
      maskedAccumulate(A, arrangement.patterns, cell, scale, v, out)
      return
    }
    maskedAccumulate(A, arrangement.patterns, cell, scale, v, spread.fill(0))
    for (let j = 0; j < spread.length; j++) out[Math.floor(j / patches)] += spread[j]
  }

  pull(cell: number, g: Float64Array, out: Float64Array): void {
    maskedTranspose(this.A, this.arrangement.patterns, cell, this.onRows(g), out)
  }

  pullAll(g: Float64Array, out: Float64Array): void {
    const { A, count, size } = this
    const weights = this.onRows(g)
    const chunk = Math.max(1, Math.floor(CHUNK_ENTRIES / A.rows))
    for (let first = 0; first < count; first += chunk) {
      const cells = Math.min(chunk, count - first)
      const masked = Matrix.zeros(cells, A.rows)
      for (let i = 0; i < cells; i++) this.mask(first + i, weights, masked.row(i))
      multiply(masked, A, {
        out: new Matrix(cells, size, out.subarray(first * size, (first + cells) * size)),
      })
    }
  }

  images(parts: readonly { cell: number; directions: Float64Array }[]): Matrix {
    const { A, size, patches } = this
    const total = parts.reduce((sum, { directions }) => sum + directions.length, 0)
    // Data that are all zero have no coordinates.
    if (size === 0) return Matrix.zeros(this.rows, 0)
    const stacked = new Matrix(total / size, size, new Float64Array(total))
    let at = 0
    for (const { directions } of parts) {
      stacked.data.set(directions, at)
      at += directions.length
    }
    const images = multiply(A, stacked, { transposeB: true })
    let first = 0
    for (const { cell, directions } of parts) {
      const last = first + directions.length / size
      this.maskColumns(cell, images, first, last)
      first = last
    }
    return patches === 1 ? images : pool(images, patches)
  }

  projector(): ConeProjector {
    return new ConeProjector(this.size, this.A.rows, this.cones())
  }

  constraints(cell: number): Matrix {
    return scaleRows(
      this.A,
      Array.from({ length: this.A.rows }, (_, j) => this.side(cell, j)),
    )
  }

  violation(cell: number, v: Float64Array): number {
    const { A, norms } = this
    const size = norm2(v)
    let worst = 0
    for (let j = 0; j < A.rows; j++) {
      const side = this.side(cell, j) * dot(A.row(j), v)
      if (side < 0) worst = Math.max(worst, -side / (norms[j] * size))
    }
    return worst
  }

  private side(cell: number, j: number): 1 | -1 {
    return this.arrangement.patterns.isActive(cell, j) ? 1 : -1
  }

  private onRows(g: Float64Array): Float64Array {
    const { patches, spread } = this
    if (patches === 1) return g
    for (let j = 0; j < spread.length; j++) spread[j] = g[Math.floor(j / patches)]
    return spread
  }

  /** out = D_i·weights; out is zero before. */
  private mask(cell: number, weights: Float64Array, out: Float64Array): void {
    const bits = this.arrangement.patterns.pattern(cell)
    for (let w = 0; w < bits.length; w++) {
      for (let word = bits[w]; word !== 0; word &= word - 1) {
        const j = (w << 5) + 31 - Math.clz32(word & -word)
        out[j] = weights[j]
      }
    }
  }

  private maskColumns(cell: number, M: Matrix, first: number, last: number): void {
    const { patterns } = this.arrangement
    for (let j = 0; j < M.rows; j++) {
      if (!patterns.isActive(cell, j)) M.data.fill(0, j * M.cols + first, j * M.cols + last)
    }
  }

  private cones(): ConeRows {
    const { A, norms, arrangement } = this
    const d = A.cols
    return {
      row: (cell, j, out) => {
        if (norms[j] === 0) return false
        const scale = this.side(cell, j) / norms[j]
        for (let c = 0; c < d; c++) out[c] = scale * A.data[j * d + c]
        return true
      },
      mostViolated(cell, u, least, closed) {
        const bits = arrangement.patterns.pattern(cell)
        let worst = -1
        let lowest = least
        for (let j = 0, at = 0; j < A.rows; j++, at += d) {
          const sum = dotAt(A.data, at, u, 0, d)
          const side = ((bits[j >>> 5] >>> (j & 31)) & 1) === 1 ? sum : -sum
          if (side < lowest * norms[j] && closed[j] === 0) {
            lowest = side / norms[j]
            worst = j
          }
        }
        return worst
      },
    }
  }
}

/** Sums of p neighbouring rows. */
function pool(M: Matrix, patches: number): Matrix {
  const result = Matrix.zeros(M.rows / patches, M.cols)
  for (let j = 0; j < M.rows; j++) {
    const out = result.row(Math.floor(j / patches))
    const row = M.row(j)
    for (let c = 0; c < row.length; c++) out[c] += row[c]
  }
  return result
}
