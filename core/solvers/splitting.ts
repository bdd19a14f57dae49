import { cholesky, type Cholesky } from '../linalg/cholesky.ts'
import { Matrix } from '../linalg/matrix.ts'
import { norm2, outerGram } from '../linalg/products.ts'
import { blockSigns, type Block, type ConvexProgram } from '../programs/program.ts'
import { ConeProjector } from './cone-projector.ts'
import { maskedAccumulate, maskedTranspose } from './masked.ts'

/** Over-relaxation (Eckstein & Bertsekas 1992). */
const RELAXATION = 1.6

interface SplitBlock {
  pattern: number
  sign: 1 | -1
  /** Null for the gated relaxation. */
  projector: ConeProjector | null
}

/**
 * The fixed-point map of ADMM on the full program, in Douglas–Rachford form on x = (t_b …, T):
 *
 *   u_b = prox of (β/ρ)‖·‖ on the cone of b at t_b,  F = prox of ℓ/(ρη) at T,
 *   (v, Bv) = the nearest point of the graph of B = [σ_b D_bA] to 2(u, F) − x, η weighing the second part,
 *   x ← x + 1.6·((v, Bv) − (u, F)).
 *
 * The graph projection needs one n×n factorisation of I + ηBBᵀ for all iterations and all ρ.
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

  constructor(program: ConvexProgram, norms: Float64Array) {
    const { A, arrangement, beta, cones } = program
    this.program = program
    this.blocks = Array.from({ length: arrangement.patterns.count }, (_, i) => i).flatMap((pattern) =>
      blockSigns(program).map((sign) => {
        const projector = cones ? new ConeProjector(A, arrangement.patterns, norms) : null
        projector?.load(pattern)
        return { pattern, sign, projector }
      }),
    )
    this.u = new Float64Array(this.blocks.length * A.cols)
    this.F = Matrix.zeros(A.rows, 1)
    const graph = responseGram(program)
    let trace = 0
    for (let j = 0; j < A.rows; j++) trace += graph.get(j, j)
    this.eta = trace > 0 ? A.rows / trace : 1
    for (let at = 0; at < graph.data.length; at++) graph.data[at] *= this.eta
    for (let j = 0; j < A.rows; j++) graph.data[j * (A.rows + 1)] += 1
    this.factor = cholesky(graph)
    this.rho = beta
  }

  get length(): number {
    return this.u.length + this.F.rows
  }

  /** The next x. */
  apply(x: Float64Array): Float64Array {
    const d = this.program.A.cols
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
    const d = this.program.A.cols
    return this.blocks
      .map(({ pattern, sign }, b) => ({ pattern, sign, vector: this.u.slice(b * d, (b + 1) * d) }))
      .filter(({ vector }) => norm2(vector) > 0)
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
    const d = program.A.cols
    const threshold = program.beta / rho
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
    const { A, arrangement } = program
    const target = point.subarray(blocks.length * d)
    const response = new Float64Array(A.rows)
    const g = new Float64Array(d)
    const shift = (v: Float64Array, along: Float64Array, scale: number, block: SplitBlock) => {
      maskedTranspose(A, arrangement.patterns, block.pattern, along, g)
      for (let c = 0; c < d; c++) v[c] += scale * block.sign * g[c]
    }
    blocks.forEach((block, b) => {
      const v = point.subarray(b * d, (b + 1) * d)
      shift(v, target, eta, block)
      maskedAccumulate(A, arrangement.patterns, block.pattern, block.sign, v, response)
    })
    const solved = factor.solve(response)
    target.fill(0)
    blocks.forEach((block, b) => {
      const v = point.subarray(b * d, (b + 1) * d)
      shift(v, solved, -eta, block)
      maskedAccumulate(A, arrangement.patterns, block.pattern, block.sign, v, target)
    })
  }
}

/** BBᵀ (n×n): (AAᵀ)_{jk} times the number of blocks that are active at both j and k. */
function responseGram(program: ConvexProgram): Matrix {
  const { A, arrangement } = program
  const result = outerGram(A)
  const signs = blockSigns(program).length
  const membership = Matrix.zeros(A.rows, arrangement.patterns.count)
  for (let i = 0; i < membership.cols; i++) {
    for (const j of arrangement.patterns.activeRows(i)) membership.set(j, i, 1)
  }
  const counts = outerGram(membership)
  for (let at = 0; at < result.data.length; at++) result.data[at] *= signs * counts.data[at]
  return result
}
