import { BidualError } from '../errors.ts'
import type { ArrangementSettings } from '../experiments/document.ts'
import { Matrix } from '../linalg/matrix.ts'
import { dot, norm2 } from '../linalg/products.ts'
import { stream } from '../random/index.ts'
import { cellPoints } from './cells.ts'
import { cellBound, enumerates } from './count.ts'
import { formatCount } from '../export/format.ts'
import { distinctLines } from './lines.ts'
import { packBits, PatternSet } from './patterns.ts'
import { dotAt } from './strided.ts'

/** A dictionary of activation patterns of the n×r matrix A, each with a vector strictly inside its cell. */
export interface Arrangement {
  readonly patterns: PatternSet
  /** P×r, unit rows: aⱼᵀgᵢ > 0 exactly where pattern i is active, never 0 for a non-zero aⱼ. */
  readonly gates: Matrix
  /** Whether every open cell is there; only then is a maximum over the patterns one over all of R^r. */
  readonly complete: boolean
  /** 2·Σ_{k<r} C(n−1, k), THEORY §3. */
  readonly bound: number
  /** Vectors drawn; 0 for an enumeration. */
  readonly draws: number
}

/**
 * Patterns as the document asks for them: see {@link enumerates} for `auto`.
 *
 * @param A n×r of full column rank
 * @param seed of the draws
 * @throws BidualError too-large when an enumeration asked for would exceed `limit`.
 */
export function buildArrangement(A: Matrix, settings: ArrangementSettings, seed: number): Arrangement {
  return enumerates(settings, A.rows, A.cols)
    ? enumerateArrangement(A, settings.limit)
    : sampleArrangement(A, settings.count, seed)
}

/**
 * Every open cell of {u : A·u = 0 rowwise}. Zero rows are inactive everywhere; parallel rows move together.
 *
 * @param A n×r
 * @throws BidualError too-large, before any work, when 2·Σ C(m−1, k) over the m distinct hyperplanes exceeds `limit`.
 */
export function enumerateArrangement(A: Matrix, limit: number): Arrangement {
  const { normals, line, orientation } = distinctLines(A)
  const most = cellBound(normals.rows, A.cols)
  if (most > limit) {
    throw new BidualError(
      'too-large',
      `${normals.rows} distinct hyperplanes in rank ${A.cols} have up to 2·Σ C(${normals.rows - 1}, k) = ` +
        `${formatCount(most)} cells, more than the limit of ${formatCount(limit)}. ` +
        'Sample the arrangements, raise "limit", or reduce the rank of the data.',
    )
  }
  const patterns = new PatternSet(A.rows)
  const gates: Float64Array[] = []
  for (const point of cellPoints(normals)) {
    const positive = lineSides(normals, point)
    const bits = new Uint32Array(patterns.wordsPerPattern)
    for (let j = 0; j < A.rows; j++) {
      if (line[j] >= 0 && (positive[line[j]] === 1) === orientation[j] > 0) bits[j >>> 5] |= 1 << (j & 31)
    }
    if (patterns.add(bits)) gates.push(point)
  }
  return {
    patterns,
    gates: Matrix.fromRows(gates),
    complete: true,
    bound: cellBound(A.rows, A.cols),
    draws: 0,
  }
}

/** For each hyperplane 1 where the point is on the side of its normal. */
function lineSides(normals: Matrix, point: Float64Array): Uint8Array {
  const r = normals.cols
  return Uint8Array.from({ length: normals.rows }, (_, i) =>
    dotAt(normals.data, i * r, point, 0, r) > 0 ? 1 : 0,
  )
}

/**
 * The distinct patterns of `count` vectors drawn from N(0, I) with the given seed, in the order of drawing.
 * A draw that lies on a hyperplane is dropped.
 *
 * @param A n×r
 */
export function sampleArrangement(A: Matrix, count: number, seed: number): Arrangement {
  const source = stream(seed).split('arrangements')
  const norms = Float64Array.from({ length: A.rows }, (_, j) => norm2(A.row(j)))
  const patterns = new PatternSet(A.rows)
  const gates: Float64Array[] = []
  for (let draw = 0; draw < count; draw++) {
    const gate = source.normals(A.cols)
    const size = norm2(gate)
    const unit = gate.map((value) => value / size)
    const sides = norms.map((norm, j) => (norm === 0 ? 0 : dot(A.row(j), unit)))
    const onWall = sides.some((side, j) => norms[j] > 0 && Math.abs(side) <= 1e-13 * norms[j])
    if (!onWall && patterns.add(packBits(sides.map((side) => (side > 0 ? 1 : 0))))) gates.push(unit)
  }
  return {
    patterns,
    gates: gates.length > 0 ? Matrix.fromRows(gates) : Matrix.zeros(0, A.cols),
    complete: false,
    bound: cellBound(A.rows, A.cols),
    draws: count,
  }
}

/**
 * The arrangement that given vectors generate, duplicates dropped: how a certificate is recomputed from stored gates.
 *
 * @param A n×r; @param gates P×r, none on a hyperplane of A
 */
export function arrangementOf(A: Matrix, gates: Matrix, complete: boolean): Arrangement {
  const patterns = new PatternSet(A.rows)
  const kept: Float64Array[] = []
  for (let i = 0; i < gates.rows; i++) {
    const flags = Array.from({ length: A.rows }, (_, j) => (dot(A.row(j), gates.row(i)) > 0 ? 1 : 0))
    if (patterns.add(packBits(flags))) kept.push(gates.row(i).slice())
  }
  const rows = kept.length > 0 ? Matrix.fromRows(kept) : Matrix.zeros(0, A.cols)
  return { patterns, gates: rows, complete, bound: cellBound(A.rows, A.cols), draws: 0 }
}

/** An arrangement that starts without patterns and grows by those of given vectors. */
export class GrowingArrangement implements Arrangement {
  readonly patterns: PatternSet
  readonly complete = false
  readonly bound: number
  readonly draws = 0
  private readonly A: Matrix
  private readonly points: Float64Array[] = []

  /** @param A n×r */
  constructor(A: Matrix) {
    this.A = A
    this.patterns = new PatternSet(A.rows)
    this.bound = cellBound(A.rows, A.cols)
  }

  /** P×r, the vector that each pattern was found by: on a wall of its cell where a row is orthogonal to it. */
  get gates(): Matrix {
    return this.points.length > 0 ? Matrix.fromRows(this.points) : Matrix.zeros(0, this.A.cols)
  }

  /** The index of the pattern 1[A·u > 0], which is added when it is new. */
  join(u: Float64Array): number {
    const bits = packBits(Array.from({ length: this.A.rows }, (_, j) => (dot(this.A.row(j), u) > 0 ? 1 : 0)))
    if (this.patterns.add(bits)) this.points.push(u.slice())
    return this.patterns.find(bits)
  }
}
