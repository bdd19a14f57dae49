import { BidualError } from '../../errors.ts'
import type { PatternSet } from '../../arrangements/patterns.ts'
import { dotAt } from '../../arrangements/strided.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { conicLeastSquares } from '../../linalg/nnls.ts'
import { dot, multiplyVector, norm2 } from '../../linalg/products.ts'
import type { ConeRows } from '../../solvers/cone-projector.ts'
import { eliminate, type Ray } from './elimination.ts'
import { image, type ReluBnCell, type ReluBnCells } from './relu-bn-cell.ts'

/** Cuts of one cell at most. */
export const MOST_CUTS = 1024
/** Residual below which a point of norm 1 counts as reached: there is no witness. */
const REACHED = 1e-7
/** A combination of rows that leaves more than this share of t is not a cut. */
const LEFT_OF_T = 1e-10
/** Cuts closer than this are one. */
const SAME_CUT = 1e-10

/**
 * The cones {s : G₁s + G₂t ≥ 0 for some t} of batch normalisation after the ReLU (THEORY 3.4), s in the coordinates of
 * W and t in those of N. Rows j < n are those without t. The others are projected away where it is needed: by Farkas,
 * s is outside exactly when some λ ≥ 0 with G₂ᵀλ = 0 has λᵀG₁s < 0, and then (G₁ᵀλ)ᵀs ≥ 0 is a row of the projected
 * cone that s violates. A basic λ makes it one of the finitely many facets. Rows found so are kept, numbered from n.
 */
export class ReluBnCone implements ConeRows {
  private readonly A: Matrix
  private readonly patterns: PatternSet
  private readonly cells: ReluBnCells
  private readonly cuts = new Map<number, Float64Array[]>()
  private readonly scratch: Float64Array

  constructor(A: Matrix, patterns: PatternSet, cells: ReluBnCells) {
    this.A = A
    this.patterns = patterns
    this.cells = cells
    this.scratch = new Float64Array(A.cols)
  }

  /** Numbers of rows stay below this. */
  get capacity(): number {
    return this.A.rows + MOST_CUTS
  }

  row(cell: number, j: number, out: Float64Array): boolean {
    out.fill(0)
    if (j >= this.A.rows) {
      out.set(this.cutsOf(cell)[j - this.A.rows])
      return true
    }
    const { W, norms } = this.cells.get(cell)
    if (norms[j] === 0) return false
    const scale = this.side(cell, j) / norms[j]
    image(W, this.A.row(j)).forEach((value, c) => (out[c] = scale * value))
    return true
  }

  mostViolated(cell: number, u: Float64Array, least: number, closed: Uint8Array): number {
    const { A, patterns } = this
    const [n, r] = [A.rows, A.cols]
    const parts = this.cells.get(cell)
    const w = this.rowWeight(parts.W, u)
    const bits = patterns.pattern(cell)
    let worst = -1
    let lowest = least
    for (let j = 0; j < n; j++) {
      const norm = parts.norms[j]
      if (norm === 0 || closed[j] !== 0) continue
      const sum = dotAt(A.data, j * r, w, 0, r)
      const value = ((bits[j >>> 5] >>> (j & 31)) & 1) === 1 ? sum : -sum
      if (value >= lowest * norm) continue
      lowest = value / norm
      worst = j
    }
    if (parts.open.length === 0) return worst
    this.cutsOf(cell).forEach((cut, k) => {
      const value = dotAt(cut, 0, u, 0, cut.length)
      if (value >= lowest || closed[n + k] !== 0) return
      lowest = value
      worst = n + k
    })
    return worst < 0 && norm2(w) > 0 ? this.newCut(cell, w, u, least) : worst
  }

  /**
   * A hidden weight w = W·s + N·t inside the cell, to rounding.
   *
   * @param s in the cone of the cell
   */
  weight(cell: number, s: Float64Array): Float64Array {
    const parts = this.cells.get(cell)
    const w = multiplyVector(parts.W, s.subarray(0, parts.W.cols))
    if (parts.open.length === 0 || norm2(w) === 0) return w
    let best = w
    let least = -Infinity
    // On a facet rounding decides between a witness and none: a little slack brings it back.
    for (const slack of [0, 1e-13, 1e-12, 1e-11, 1e-10]) {
      const { witness } = this.search(cell, parts, w, slack)
      if (!witness) continue
      const value = this.leastValue(cell, parts, witness)
      if (value > least) [best, least] = [witness, value]
      if (least >= -slack) break
    }
    return best
  }

  /** Every row of the projected cone (m×k), the superfluous ones among them, by elimination of t. */
  rowsOf(cell: number): Float64Array[] {
    const { W, N, norms, open } = this.cells.get(cell)
    const plain = Array.from(norms.keys()).filter((j) => norms[j] > 0)
    const toRow = (M: Matrix) => (j: number) => image(M, this.A.row(j)).map((t) => this.side(cell, j) * t)
    const lifted = Array.from(open, (j): Ray => ({ s: toRow(W)(j), t: toRow(N)(j), support: [j] }))
    return [...plain.map(toRow(W)), ...eliminate(lifted, N.cols).map(({ s }) => s)]
  }

  /** W·s, valid until the next call. */
  private rowWeight({ rows, cols, data }: Matrix, s: Float64Array): Float64Array {
    for (let i = 0; i < rows; i++) this.scratch[i] = dotAt(data, i * cols, s, 0, cols)
    return this.scratch
  }

  private cutsOf(cell: number): Float64Array[] {
    let cuts = this.cuts.get(cell)
    if (!cuts) this.cuts.set(cell, (cuts = []))
    return cuts
  }

  private side(cell: number, j: number): 1 | -1 {
    return this.patterns.isActive(cell, j) ? 1 : -1
  }

  /** The number of a new row that u violates by more than −least; −1 when there is none. */
  private newCut(cell: number, w: Float64Array, u: Float64Array, least: number): number {
    const parts = this.cells.get(cell)
    const { cut } = this.search(cell, parts, w, 0)
    if (!cut || dot(cut, u.subarray(0, cut.length)) >= least) return -1
    const cuts = this.cutsOf(cell)
    const isKnown = cuts.some((known) => norm2(known.map((value, c) => value - cut[c])) <= SAME_CUT)
    if (isKnown) return -1
    if (cuts.length === MOST_CUTS) {
      throw new BidualError(
        'too-large',
        `The cone of one cell has more than ${MOST_CUTS} faces in sight: sample other arrangements, or reduce the rank of the data.`,
      )
    }
    cuts.push(cut)
    return this.A.rows + cuts.length - 1
  }

  /**
   * A weight w + N·t inside the cell, or else a unit row of the projected cone that w violates: the least-distance
   * program of Lawson and Hanson (1974, ch. 23.4) for G₂t ≥ −G₁s, whose residual is one or the other.
   */
  private search(
    cell: number,
    { W, N, open }: ReluBnCell,
    w: Float64Array,
    slack: number,
  ): { witness?: Float64Array; cut?: Float64Array } {
    const { A } = this
    const p = N.cols
    const rows = Matrix.zeros(open.length, p + 1)
    const lengths = new Float64Array(open.length)
    const size = norm2(w)
    open.forEach((j, at) => {
      const t = image(N, A.row(j))
      const side = this.side(cell, j)
      lengths[at] = norm2(t)
      for (let c = 0; c < p; c++) rows.set(at, c, (side * t[c]) / lengths[at])
      const value = side * dot(A.row(j), w) + slack * size * norm2(A.row(j))
      rows.set(at, p, value / (lengths[at] * size))
    })
    const target = new Float64Array(p + 1)
    target[p] = -1
    const { x, residual } = conicLeastSquares(rows, target)
    if (norm2(residual) > REACHED) {
      const t = residual.subarray(0, p).map((value) => (size * value) / residual[p])
      const moved = multiplyVector(N, t)
      return { witness: w.map((value, c) => value + moved[c]) }
    }
    const sum = new Float64Array(A.cols)
    open.forEach((j, at) => {
      const factor = (x[at] * this.side(cell, j)) / lengths[at]
      for (let c = 0; c < sum.length; c++) sum[c] += factor * A.get(j, c)
    })
    if (norm2(image(N, sum)) > LEFT_OF_T * norm2(x)) return {}
    const cut = image(W, sum)
    const length = norm2(cut)
    return length > 0 ? { cut: cut.map((value) => value / length) } : {}
  }

  /** min over rows of ±aⱼᵀw/(‖aⱼ‖‖w‖). */
  private leastValue(cell: number, { open }: ReluBnCell, w: Float64Array): number {
    const size = norm2(w)
    return open.reduce((least, j) => {
      const row = this.A.row(j)
      return Math.min(least, (this.side(cell, j) * dot(row, w)) / (norm2(row) * size))
    }, Infinity)
  }
}
