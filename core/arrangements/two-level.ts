/** Cells of the two hidden layers of a parallel sub-network (THEORY 3.6). */
import { Matrix } from '../linalg/matrix.ts'
import { dot, norm2 } from '../linalg/products.ts'
import { cellBound } from './count.ts'
import { compareBits, PatternSet } from './patterns.ts'

/** What a cell is made of: a first-layer pattern and a sign for each hidden unit, and the pattern of the second layer. */
export interface TwoLevelCell {
  readonly units: readonly HiddenUnit[]
  /** D₂: rows with a positive second-layer input, words as in {@link PatternSet}. */
  readonly output: Uint32Array
}

export interface HiddenUnit {
  /** D₁ⱼ, words as in {@link PatternSet}. */
  readonly pattern: Uint32Array
  /** Iⱼ, the sign of the second-layer weight. */
  readonly sign: 1 | -1
}

/**
 * A list of distinct cells. Hidden units can be exchanged, so every cell has its units in one order, and cells that
 * differ by an exchange are one. A cell is a bit pattern: D₁₁ … D₁ₘ, D₂ (n bits each), then a bit for each positive Iⱼ.
 */
export class TwoLevelCells {
  /** Samples n. */
  readonly rows: number
  /** Hidden units m₁. */
  readonly units: number
  private readonly patterns: PatternSet
  /** Interior points z = (z₁ … zₘ), m₁·r entries each, Iⱼzⱼ in the cell of unit j. */
  private readonly points: Float64Array[] = []

  constructor(rows: number, units: number) {
    this.rows = rows
    this.units = units
    this.patterns = new PatternSet(rows * (units + 1) + units)
  }

  get count(): number {
    return this.patterns.count
  }

  /** D₁ⱼ of row i. */
  unitActive(cell: number, j: number, i: number): boolean {
    return this.patterns.isActive(cell, j * this.rows + i)
  }

  /** D₂ of row i. */
  outputActive(cell: number, i: number): boolean {
    return this.patterns.isActive(cell, this.units * this.rows + i)
  }

  /** Iⱼ. */
  sign(cell: number, j: number): 1 | -1 {
    return this.patterns.isActive(cell, (this.units + 1) * this.rows + j) ? 1 : -1
  }

  /** The point that a cell was found by, units in the order of the cell. */
  point(cell: number): Float64Array {
    return this.points[cell]
  }

  /**
   * The index of a cell, which is added when it is new.
   *
   * @param point z of its units in the order given; kept, rearranged, when the cell is new
   */
  join({ units, output }: TwoLevelCell, point: Float64Array): number {
    const order = units.map((_, j) => j).sort((a, b) => compareUnits(units[a], units[b]))
    const bits = this.encode(
      order.map((j) => units[j]),
      output,
    )
    if (this.patterns.add(bits)) {
      const r = point.length / this.units
      const arranged = new Float64Array(point.length)
      order.forEach((from, to) => arranged.set(point.subarray(from * r, (from + 1) * r), to * r))
      this.points.push(arranged)
    }
    return this.patterns.find(bits)
  }

  private encode(units: readonly HiddenUnit[], output: Uint32Array): Uint32Array {
    const bits = new Uint32Array(this.patterns.wordsPerPattern)
    units.forEach(({ pattern, sign }, j) => {
      copyBits(pattern, this.rows, bits, j * this.rows)
      const at = (this.units + 1) * this.rows + j
      if (sign > 0) bits[at >>> 5] |= 1 << (at & 31)
    })
    copyBits(output, this.rows, bits, this.units * this.rows)
    return bits
  }
}

/** Two levels of cells of an n×r matrix, each cell with a point inside. */
export interface TwoLevelArrangement {
  readonly cells: TwoLevelCells
  /** Whether no cell is missing that could have a larger ρ than those that are there. */
  readonly complete: boolean
  /** See {@link twoLevelBound}. */
  readonly bound: number
  /** Draws of (W₁, w₂); 0 for an enumeration. */
  readonly draws: number
}

/**
 * The most cells of m₁ exchangeable hidden units on n rows of rank r: multisets of m₁ out of 2P₁ pairs of a
 * first-layer cell and a sign, times the second-layer cells, which have rank up to m₁·r (THEORY 3.6).
 */
export function twoLevelBound(n: number, rank: number, units: number): number {
  return multisets(2 * cellBound(n, rank), units) * cellBound(n, units * rank)
}

/** C(kinds + size − 1, size). */
export function multisets(kinds: number, size: number): number {
  let count = 1
  for (let k = 1; k <= size; k++) count = (count * (kinds + k - 1)) / k
  return count
}

/**
 * The cell of hidden units z₁ … zₘ with signs I: D₁ⱼ = 1[A·Iⱼzⱼ > 0], D₂ = 1[Σⱼ D₁ⱼA·zⱼ > 0].
 *
 * @param A n×r; @param z m₁·r entries; @returns null when no row is positive in the second layer: the response is zero
 */
export function cellOf(A: Matrix, z: Float64Array, signs: ArrayLike<number>): TwoLevelCell | null {
  const r = A.cols
  const words = Math.max(1, Math.ceil(A.rows / 32))
  const sums = new Float64Array(A.rows)
  const units = Array.from(signs, (value, j): HiddenUnit => {
    const sign = value > 0 ? 1 : -1
    const part = z.subarray(j * r, (j + 1) * r)
    const pattern = new Uint32Array(words)
    for (let i = 0; i < A.rows; i++) {
      const t = dot(A.row(i), part)
      if (sign * t <= 0) continue
      pattern[i >>> 5] |= 1 << (i & 31)
      sums[i] += t
    }
    return { pattern, sign }
  })
  const output = new Uint32Array(words)
  for (let i = 0; i < A.rows; i++) if (sums[i] > 0) output[i >>> 5] |= 1 << (i & 31)
  return output.some((word) => word !== 0) ? { units, output } : null
}

/**
 * The cells that given points lie in: how a certificate is recomputed from what was exported.
 *
 * @param A n×r; @param points P×(m₁·r); @param signs P×m₁, ±1
 */
export function twoLevelOf(A: Matrix, points: Matrix, signs: Matrix, complete: boolean): TwoLevelArrangement {
  const cells = new TwoLevelCells(A.rows, signs.cols)
  for (let p = 0; p < points.rows; p++) {
    const cell = cellOf(A, points.row(p), signs.row(p))
    if (cell) cells.join(cell, points.row(p))
  }
  return { cells, complete, bound: twoLevelBound(A.rows, A.cols, signs.cols), draws: 0 }
}

/** Points and signs of all cells, to be exported: the inverse of {@link twoLevelOf}. */
export function pointsOf(cells: TwoLevelCells, rank: number): { points: Matrix; signs: Matrix } {
  const points = Matrix.zeros(cells.count, cells.units * rank)
  const signs = Matrix.zeros(cells.count, cells.units)
  for (let p = 0; p < cells.count; p++) {
    points.row(p).set(cells.point(p))
    for (let j = 0; j < cells.units; j++) signs.set(p, j, cells.sign(p, j))
  }
  return { points, signs }
}

/** z scaled to length 1. */
export function unitVector(z: Float64Array): Float64Array {
  const size = norm2(z)
  return z.map((value) => value / size)
}

/** An order of hidden units: by pattern, then by sign. */
function compareUnits(a: HiddenUnit, b: HiddenUnit): number {
  return compareBits(a.pattern, b.pattern) || a.sign - b.sign
}

function copyBits(from: Uint32Array, count: number, to: Uint32Array, offset: number): void {
  for (let i = 0, at = offset; i < count; i++, at++) {
    if (((from[i >>> 5] >>> (i & 31)) & 1) === 1) to[at >>> 5] |= 1 << (at & 31)
  }
}

/** Cells that grow one by one, from none. */
export function growingTwoLevel(A: Matrix, units: number): TwoLevelArrangement {
  return {
    cells: new TwoLevelCells(A.rows, units),
    complete: false,
    bound: twoLevelBound(A.rows, A.cols, units),
    draws: 0,
  }
}
