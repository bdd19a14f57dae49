import { requireFinite } from './checks.ts'
import { blockOf, sub, withWorkbench, type Block, type Workbench } from './blocks.ts'
import { householderQr } from './householder-qr.ts'
import { Matrix } from './matrix.ts'
import { pivotedReduction } from './pivoting.ts'
import { maxAbs } from './products.ts'
import { applyReflections, setIdentity } from './reflectors.ts'
import { powerOfTwoScale } from './scaling.ts'

/** From this ratio of rows to columns on, an unpivoted QR first makes the pivoting work on a square. */
const tallRatio = 1.3

/** Reflection vectors kept outside the kernel memory. */
interface StoredReflectors {
  /** k×m, in rows. */
  readonly vectors: Matrix
  readonly taus: Float64Array
}

/** A·P = Q·R with column pivoting, Q kept as reflections. */
export class PivotedQr {
  /** k×d upper triangular (trapezoidal), |diagonal| descending; k = min(n, d). */
  readonly R: Matrix
  /** Column j of Q·R is column `pivots[j]` of A. */
  readonly pivots: Int32Array
  /** Diagonal entries of R above tolerance·|R₀₀|. */
  readonly rank: number
  private readonly rows: number
  /** Applied to a vector from the last to the first. */
  private readonly stages: readonly StoredReflectors[]

  constructor(
    rows: number,
    R: Matrix,
    pivots: Int32Array,
    rank: number,
    stages: readonly StoredReflectors[],
  ) {
    this.rows = rows
    this.R = R
    this.pivots = pivots
    this.rank = rank
    this.stages = stages
  }

  /** Q, n×k with orthonormal columns; formed anew on each read. */
  get Q(): Matrix {
    const top = Matrix.zeros(this.R.rows, this.R.rows)
    for (let i = 0; i < top.rows; i++) top.set(i, i, 1)
    return this.applyQ(top)
  }

  /** Q·B, n×m, for a k×m matrix B (rows beyond those given count as zero). */
  applyQ(B: Matrix): Matrix {
    return withWorkbench((bench) => {
      const Z = bench.arena.matrix(this.rows, B.cols)
      Z.data.set(B.data)
      for (const stage of this.stages.toReversed()) applyStage(bench, stage, blockOf(Z), false)
      return new Matrix(Z.rows, Z.cols, Z.data.slice())
    })
  }

  /** Qᵀ·B, k×m, for an n×m matrix B. */
  applyQTranspose(B: Matrix): Matrix {
    if (B.rows !== this.rows) throw new RangeError(`Qᵀ has ${this.rows} columns, B ${B.rows} rows.`)
    return withWorkbench((bench) => {
      const Z = bench.arena.adopt(B)
      for (const stage of this.stages) applyStage(bench, stage, blockOf(Z), true)
      const k = this.R.rows
      return new Matrix(k, B.cols, Z.data.slice(0, k * B.cols))
    })
  }
}

/**
 * A·P = Q·R by Householder reflections with column pivoting (Businger and Golub 1965); half of the work is blocked
 * (Quintana-Ortí, Sun, Bischof 1998). A tall A is reduced by an unpivoted QR first.
 *
 * @param A n×d
 * @param tolerance relative to |R₀₀|; 10·ε·max(n, d) by default.
 * @throws NotFiniteError naming the entry.
 */
export function pivotedQr(A: Matrix, tolerance = 10 * Number.EPSILON * Math.max(A.rows, A.cols)): PivotedQr {
  requireFinite(A)
  const k = Math.min(A.rows, A.cols)
  const scale = powerOfTwoScale(maxAbs(A.data))
  return withWorkbench((bench) => {
    const work = bench.arena.adopt(A)
    for (let i = 0; i < work.data.length; i++) work.data[i] *= scale
    const stages: StoredReflectors[] = []
    let height = A.rows
    if (A.rows >= tallRatio * A.cols) {
      const { vectors, taus } = householderQr(bench, work)
      stages.push({ vectors: stored(bench, vectors), taus })
      height = A.cols
    }
    const columns = transposedTop(bench, work, height, stages.length > 0)
    const { vectors, taus, pivots } = pivotedReduction(bench, columns)
    stages.push({ vectors: stored(bench, vectors), taus })
    const R = upperTriangle(columns, k, scale)
    return new PivotedQr(A.rows, R, pivots, rankOf(R, tolerance), stages)
  })
}

/** The first `height` rows of A, transposed; of an upper triangle, zeros below the diagonal. */
function transposedTop({ arena }: Workbench, A: Matrix, height: number, upper: boolean): Matrix {
  const result = arena.matrix(A.cols, height)
  for (let i = 0; i < height; i++) {
    for (let j = upper ? i : 0; j < A.cols; j++) result.data[j * height + i] = A.data[i * A.cols + j]
  }
  return result
}

function upperTriangle(columns: Matrix, k: number, scale: number): Matrix {
  const R = Matrix.zeros(k, columns.rows)
  for (let j = 0; j < columns.rows; j++) {
    for (let i = 0; i <= Math.min(j, k - 1); i++) R.set(i, j, columns.get(j, i) / scale)
  }
  return R
}

function rankOf(R: Matrix, tolerance: number): number {
  let rank = 0
  while (rank < R.rows && Math.abs(R.get(rank, rank)) > tolerance * Math.abs(R.get(0, 0))) rank++
  return rank
}

function stored({ host }: Workbench, { address, rows, cols }: Block): Matrix {
  return new Matrix(rows, cols, host.view(address, rows * cols).slice())
}

function applyStage(
  bench: Workbench,
  { vectors, taus }: StoredReflectors,
  Z: Block,
  transposed: boolean,
): void {
  bench.host.scratch((arena) => {
    const V = blockOf(arena.adopt(vectors))
    applyReflections({ host: bench.host, arena }, V, taus, sub(Z, 0, 0, vectors.cols, Z.cols), { transposed })
  })
}

/** An orthonormal basis, n×k, of a space that contains the columns of an n×d matrix; k = min(n, d). */
export function orthonormalColumns(A: Matrix): Matrix {
  const scale = powerOfTwoScale(maxAbs(A.data))
  return withWorkbench((bench) => {
    const work = bench.arena.adopt(A)
    for (let i = 0; i < work.data.length; i++) work.data[i] *= scale
    const { vectors, taus } = householderQr(bench, work)
    const Q = bench.arena.matrixUndefined(A.rows, Math.min(A.rows, A.cols))
    setIdentity(bench.host, blockOf(Q))
    applyReflections(bench, vectors, taus, blockOf(Q))
    return new Matrix(Q.rows, Q.cols, Q.data.slice())
  })
}
