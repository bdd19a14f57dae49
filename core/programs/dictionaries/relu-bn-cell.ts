import type { PatternSet } from '../../arrangements/patterns.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { frobeniusNorm, norm2 } from '../../linalg/products.ts'
import { thinSvd } from '../../linalg/svd.ts'

/** Singular values of the centred D·A up to this share of ‖A‖_F count as zero. */
const RANK_TOLERANCE = 1e-12
/** A row is free of the null space when its part there is below this share of its length. */
const FREE_OF_NULL = 1e-10

/** One cell of THEORY 3.4: the centred D·A = UΣVᵀ of rank k and what its null space leaves to choose. */
export interface ReluBnCell {
  /** W = V₁Σ₁⁻¹ (r×k): U·s is the centred response of the hidden weight W·s. */
  readonly W: Matrix
  /** A basis of the null space of the centred D·A (r×p, k + p = r): moves w without changing the response. */
  readonly N: Matrix
  /** For each row ±aⱼᵀW·s ≥ 0 that the null space does not enter its length ‖Wᵀaⱼ‖; 0 for the other rows. */
  readonly norms: Float64Array
  /** Rows that the null space enters: ±aⱼᵀ(W·s + N·t) ≥ 0 for some t. */
  readonly open: Int32Array
}

/**
 * The decomposition of a cell.
 *
 * @param A n×r of full column rank; @param scale ‖A‖_F
 */
export function decomposeCell(A: Matrix, patterns: PatternSet, cell: number, scale: number): ReluBnCell {
  const { s, V } = thinSvd(centeredRows(A, patterns.activeRows(cell)))
  const r = A.cols
  let k = 0
  while (k < r && s[k] > RANK_TOLERANCE * scale) k++
  const W = Matrix.zeros(r, k)
  const N = Matrix.zeros(r, r - k)
  for (let i = 0; i < r; i++) {
    for (let c = 0; c < k; c++) W.set(i, c, V.get(i, c) / s[c])
    for (let c = k; c < r; c++) N.set(i, c - k, V.get(i, c))
  }
  return { W, N, ...splitRows(A, W, N) }
}

/** A matrix with the singular values and right vectors of the centred D·A: its inactive rows, all equal, are one. */
function centeredRows(A: Matrix, active: Int32Array): Matrix {
  const [n, r] = [A.rows, A.cols]
  const inactive = n - active.length
  const result = Matrix.zeros(Math.max(r, active.length + 1), r)
  const last = active.length
  for (let c = 0; c < r; c++) {
    let sum = 0
    for (const i of active) sum += A.get(i, c)
    active.forEach((i, at) => result.set(at, c, A.get(i, c) - sum / n))
    result.set(last, c, (-Math.sqrt(inactive) * sum) / n)
  }
  return result
}

function splitRows(A: Matrix, W: Matrix, N: Matrix): Pick<ReluBnCell, 'norms' | 'open'> {
  const norms = new Float64Array(A.rows)
  const open: number[] = []
  for (let j = 0; j < A.rows; j++) {
    const row = A.row(j)
    if (norm2(image(N, row)) > FREE_OF_NULL * norm2(row)) open.push(j)
    else norms[j] = norm2(image(W, row))
  }
  return { norms, open: Int32Array.from(open) }
}

/** Mᵀx. */
export function image(M: Matrix, x: Float64Array): Float64Array {
  const out = new Float64Array(M.cols)
  for (let i = 0; i < M.rows; i++) {
    for (let c = 0; c < M.cols; c++) out[c] += x[i] * M.data[i * M.cols + c]
  }
  return out
}

/** Doubles that the cells of one dictionary may keep (128 MiB). */
const MEMORY_LIMIT = 2 ** 24

/** Decompositions made when they are needed; beyond a limit of memory the oldest are made again. */
export class ReluBnCells {
  private readonly A: Matrix
  private readonly patterns: PatternSet
  private readonly scale: number
  private readonly known = new Map<number, ReluBnCell>()
  private readonly most: number

  constructor(A: Matrix, patterns: PatternSet) {
    this.A = A
    this.patterns = patterns
    this.scale = frobeniusNorm(A)
    this.most = Math.max(8, Math.floor(MEMORY_LIMIT / (A.cols ** 2 + A.rows)))
  }

  get(cell: number): ReluBnCell {
    const known = this.known.get(cell)
    if (known) return known
    const made = decomposeCell(this.A, this.patterns, cell, this.scale)
    if (this.known.size >= this.most) this.known.delete(this.known.keys().next().value!)
    this.known.set(cell, made)
    return made
  }
}
