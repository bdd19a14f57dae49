import { cholesky, type Cholesky } from '../linalg/cholesky.ts'
import { Matrix } from '../linalg/matrix.ts'
import { norm2, outerGram } from '../linalg/products.ts'
import type { Block, ConvexProgram } from '../programs/program.ts'
import type { BlockProjector } from './cone-projector.ts'
import { interpolating } from './interpolate.ts'
import { penaltyOf } from './penalty.ts'
import { addResponse, alongOutput, spreadColumns } from './responses.ts'

/** Over-relaxation (Eckstein & Bertsekas 1992). */
const RELAXATION = 1.6
/** η relative to the inverse of the mean squared singular value of B: found best by trial on all losses. */
const PREDICTION_WEIGHT = 15

interface SplitBlock {
  cell: number
  output: Float64Array
  /** Null for the gated relaxation. */
  projector: BlockProjector | null
}

/**
 * The fixed-point map of ADMM on the full program, in Douglas–Rachford form on x = (t_b …, T):
 *
 *   u_b = prox of (β/ρ)‖·‖ on the cone of b at t_b,  F = prox of ℓ/(ρη) at T,
 *   (v, Bv) = the nearest point of the graph of B = [B_b ⊗ g_b] to 2(u, F) − x, η weighing the second part,
 *   x ← x + 1.6·((v, Bv) − (u, F)).
 *
 * The graph projection needs one nK×nK factorisation of I + ηBBᵀ for all iterations and all ρ.
 */
export class Splitting {
  rho: number
  /** u and F of the last `apply`. */
  readonly u: Float64Array
  readonly F: Matrix
  /** Sizes of (v, Bv) − (u, F) and of the last change of (u, F). */
  residuals = { primal: 0, dual: 0 }
  private readonly program: ConvexProgram
  private readonly blocks: SplitBlock[]
  private readonly factor: Cholesky
  private readonly eta: number

  constructor(program: ConvexProgram) {
    const { dictionary, blocks, cones, Y } = program
    this.program = program
    this.blocks = Array.from({ length: blocks.count }, (_, b) => {
      const [cell, projector] = [blocks.cell(b), cones ? dictionary.projector() : null]
      projector?.load(cell)
      return { cell, output: blocks.output(b), projector }
    })
    this.u = new Float64Array(blocks.count * dictionary.size)
    this.F = Matrix.zeros(Y.rows, Y.cols)
    const graph = responseGram(program)
    let trace = 0
    for (let j = 0; j < graph.rows; j++) trace += graph.get(j, j)
    this.eta = trace > 0 ? (PREDICTION_WEIGHT * graph.rows) / trace : 1
    for (let at = 0; at < graph.data.length; at++) graph.data[at] *= this.eta
    for (let j = 0; j < graph.rows; j++) graph.data[j * (graph.rows + 1)] += 1
    this.factor = cholesky(graph)
    this.rho = penaltyOf(program)
  }

  get length(): number {
    return this.u.length + this.F.data.length
  }

  /** The next x. */
  apply(x: Float64Array): Float64Array {
    const d = this.program.dictionary.size
    const before = { u: this.u.slice(), F: this.F.data.slice() }
    this.proximal(x)
    const reflected = x.map((value, k) => 2 * this.at(k) - value)
    this.projectOnGraph(reflected, d)
    let primal = 0
    let dual = 0
    const next = x.map((value, k) => {
      const moved = reflected[k] - this.at(k)
      const weight = k < this.u.length ? 1 : this.eta
      primal += weight * moved ** 2
      dual += weight * (this.at(k) - (k < this.u.length ? before.u[k] : before.F[k - this.u.length])) ** 2
      return value + RELAXATION * moved
    })
    this.residuals = { primal: Math.sqrt(primal), dual: Math.sqrt(dual) }
    return next
  }

  /** Changes ρ; the multipliers x − (u, F) are rescaled with it. */
  rescale(x: Float64Array, factor: number): Float64Array {
    this.rho *= factor
    return x.map((value, k) => this.at(k) + (value - this.at(k)) / factor)
  }

  /** The blocks of u that are not zero: each lies in its cone. */
  solution(): Block[] {
    const d = this.program.dictionary.size
    const blocks = this.blocks
      .map((block, b) => ({ ...block, vector: this.u.slice(b * d, (b + 1) * d) }))
      .filter(({ vector }) => norm2(vector) > 0)
    return this.program.loss.id === 'equality' ? interpolating(this.program, blocks) : blocks
  }

  /** −∂ℓ at F: the dual point −ρη(T − F). */
  dual(x: Float64Array): Float64Array {
    return this.F.data.map((value, j) => -this.rho * this.eta * (x[this.u.length + j] - value))
  }

  private at(k: number): number {
    return k < this.u.length ? this.u[k] : this.F.data[k - this.u.length]
  }

  private proximal(x: Float64Array): void {
    const { program, u, F, rho, eta } = this
    const d = program.dictionary.size
    const threshold = penaltyOf(program) / rho
    this.blocks.forEach(({ projector }, b) => {
      const t = x.subarray(b * d, (b + 1) * d)
      const norm = projector ? projector.project(t, threshold) : norm2(t)
      const factor = norm > threshold ? 1 - threshold / norm : 0
      const q = projector?.projection ?? t
      for (let c = 0; c < d; c++) u[b * d + c] = factor === 0 ? 0 : factor * q[c]
    })
    F.data.set(x.subarray(u.length))
    program.loss.prox(F, program.Y, 1 / (rho * eta), F)
  }

  /** Overwrites (a, c) by the (v, Bv) that minimises ‖v − a‖² + η‖Bv − c‖². */
  private projectOnGraph(point: Float64Array, d: number): void {
    const { program, blocks, eta, factor } = this
    const { dictionary, Y } = program
    const target = new Matrix(Y.rows, Y.cols, point.subarray(blocks.length * d))
    const response = Matrix.zeros(Y.rows, Y.cols)
    const g = new Float64Array(d)
    const shift = (v: Float64Array, along: Float64Array, scale: number, { cell, output }: SplitBlock) => {
      dictionary.pull(cell, alongOutput(along, output), g)
      for (let c = 0; c < d; c++) v[c] += scale * g[c]
    }
    blocks.forEach((block, b) => {
      const v = point.subarray(b * d, (b + 1) * d)
      shift(v, target.data, eta, block)
      addResponse(dictionary, block.cell, block.output, v, response)
    })
    const solved = factor.solve(response.data)
    target.data.fill(0)
    blocks.forEach((block, b) => {
      const v = point.subarray(b * d, (b + 1) * d)
      shift(v, solved, -eta, block)
      addResponse(dictionary, block.cell, block.output, v, target)
    })
  }
}

/** Cells whose images are formed at a time. */
const CHUNK = 64

/** BBᵀ = Σ_b B_bB_bᵀ ⊗ g_bg_bᵀ (nK×nK). */
function responseGram({ dictionary, blocks, Y }: ConvexProgram): Matrix {
  const { size } = dictionary
  const identity = new Float64Array(size * size)
  for (let c = 0; c < size; c++) identity[c * (size + 1)] = 1
  const result = Matrix.zeros(Y.data.length, Y.data.length)
  for (let first = 0; first < blocks.count; first += CHUNK) {
    const ids = Array.from({ length: Math.min(CHUNK, blocks.count - first) }, (_, k) => first + k)
    const images = dictionary.images(ids.map((b) => ({ cell: blocks.cell(b), directions: identity })))
    const outputs = ids.flatMap((b) => Array.from({ length: size }, () => blocks.output(b)))
    const part = outerGram(spreadColumns(images, outputs, Y.cols))
    for (let at = 0; at < result.data.length; at++) result.data[at] += part.data[at]
  }
  return result
}
