import { BidualError } from '../errors.ts'
import { cholesky, type Cholesky } from '../linalg/cholesky.ts'
import { Matrix } from '../linalg/matrix.ts'
import { norm2, outerGram } from '../linalg/products.ts'
import { blockSigns, type ConvexProgram } from '../programs/program.ts'
import { AdmmBlock } from './admm-block.ts'
import { Pricer } from './pricing.ts'
import {
  Incumbent,
  residualAtZero,
  type SolverProgress,
  type SolverResult,
  type SolverSettings,
} from './solver.ts'

/** Iterations between two evaluations of the gap. */
const CHECK_EVERY = 20
const MAX_ITERATIONS = 20_000
/** Over-relaxation (Eckstein & Bertsekas 1992). */
const RELAXATION = 1.6
/** Doubles that the blocks, their faces and the n×n factor may take together (800 MB). */
const MEMORY_LIMIT = 1e8

/**
 * The alternating direction method of multipliers on the full program, no working sets: an independent second opinion.
 *
 * With u_b = v_b and F = Bv split off, B = [σ_b D_bA]:
 *   v ← argmin ‖v − u + λ‖² + η‖Bv − F + μ‖²   (Woodbury: one n×n factorisation of I + ηBBᵀ for the whole run)
 *   u_b ← prox of (β/ρ)‖·‖ on the cone of b,  F ← prox of ℓ/(ρη),  λ ← λ + v − u,  μ ← μ + Bv − F.
 * u lies in the cones, and −ρημ = −∂ℓ(F) in the domain of ℓ*: the gap is evaluated at these two.
 */
export function* solveAdmm(
  program: ConvexProgram,
  { tolerance, stop }: SolverSettings,
): Generator<SolverProgress, SolverResult> {
  refuseLarge(program)
  const pricer = new Pricer(program)
  const incumbent = new Incumbent(program)
  const start = residualAtZero(program)
  incumbent.offerDual(start, pricer.price(start).rho)
  const state = new AdmmState(program, pricer.norms)
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    if (iteration % CHECK_EVERY === 0) {
      if (incumbent.relativeGap <= tolerance) return incumbent.result('solved', iteration)
      yield { iteration, primal: incumbent.primal, dual: incumbent.dual }
    }
    const reason = stop(iteration)
    if (reason) return incumbent.result(reason, iteration)
    state.iterate()
    if ((iteration + 1) % CHECK_EVERY === 0) {
      incumbent.offerPrimal(state.solution())
      const V = state.dual()
      incumbent.offerDual(V, pricer.price(V).rho)
      state.balance()
    }
  }
  return incumbent.result('maxIterations', MAX_ITERATIONS)
}

class AdmmState {
  private readonly program: ConvexProgram
  private readonly blocks: AdmmBlock[]
  private readonly factor: Cholesky
  private readonly eta: number
  private rho: number
  private readonly F: Matrix
  private readonly mu: Float64Array
  /** ‖(v, Bv) − (u, F)‖ and ρ-free ‖change of (u, F)‖ of the last iteration. */
  private residuals = { primal: 0, dual: 0 }

  constructor(program: ConvexProgram, norms: Float64Array) {
    const { A, arrangement, beta } = program
    this.program = program
    this.blocks = Array.from({ length: arrangement.patterns.count }, (_, i) => i).flatMap((i) =>
      blockSigns(program).map((sign) => new AdmmBlock(program, i, sign, norms)),
    )
    const BBt = responseGram(program)
    let trace = 0
    for (let j = 0; j < A.rows; j++) trace += BBt.get(j, j)
    this.eta = trace > 0 ? A.rows / trace : 1
    for (let at = 0; at < BBt.data.length; at++) BBt.data[at] *= this.eta
    for (let j = 0; j < A.rows; j++) BBt.data[j * (A.rows + 1)] += 1
    this.factor = cholesky(BBt)
    this.rho = beta
    this.F = Matrix.zeros(A.rows, 1)
    this.mu = new Float64Array(A.rows)
  }

  iterate(): void {
    const { blocks, F, mu, eta, rho, program } = this
    const target = F.data.map((value, j) => value - mu[j])
    const response = new Float64Array(mu.length)
    for (const block of blocks) block.pull(eta, target, response)
    const solved = this.factor.solve(response)
    const Bv = new Float64Array(mu.length)
    let primal = 0
    let dual = 0
    for (const block of blocks) {
      block.push(eta, solved, Bv)
      const moved = block.shrink(RELAXATION, program.beta / rho)
      primal += moved.primal
      dual += moved.dual
    }
    const before = F.data.slice()
    const relaxed = Bv.map((value, j) => RELAXATION * value + (1 - RELAXATION) * before[j])
    for (let j = 0; j < mu.length; j++) F.data[j] = relaxed[j] + mu[j]
    program.loss.prox(F, program.Y, 1 / (rho * eta), F)
    for (let j = 0; j < mu.length; j++) {
      mu[j] += relaxed[j] - F.data[j]
      primal += eta * (Bv[j] - F.data[j]) ** 2
      dual += eta * (F.data[j] - before[j]) ** 2
    }
    this.residuals = { primal: Math.sqrt(primal), dual: Math.sqrt(dual) }
  }

  solution() {
    return this.blocks
      .filter(({ u }) => norm2(u) > 0)
      .map(({ pattern, sign, u }) => ({ pattern, sign, vector: u.slice() }))
  }

  dual(): Float64Array {
    return this.mu.map((value) => -this.rho * this.eta * value)
  }

  /** Residual balancing (He, Yang & Wang 2000): ρ follows the larger residual, multipliers are rescaled with it. */
  balance(): void {
    const { primal, dual } = this.residuals
    const factor = primal > 5 * dual ? 2 : dual > 5 * primal ? 0.5 : 1
    if (factor === 1) return
    this.rho *= factor
    for (let j = 0; j < this.mu.length; j++) this.mu[j] /= factor
    for (const block of this.blocks) block.rescale(factor)
  }
}

/** BBᵀ (n×n): (AAᵀ)_{jk} times the number of blocks that are active at both j and k. */
function responseGram(program: ConvexProgram): Matrix {
  const { A, arrangement } = program
  const result = outerGram(A)
  const signs = blockSigns(program).length
  const patterns = arrangement.patterns
  const membership = Matrix.zeros(A.rows, patterns.count)
  for (let i = 0; i < patterns.count; i++) for (const j of patterns.activeRows(i)) membership.set(j, i, 1)
  const counts = outerGram(membership)
  for (let at = 0; at < result.data.length; at++) result.data[at] *= signs * counts.data[at]
  return result
}

function refuseLarge(program: ConvexProgram): void {
  const { A, arrangement } = program
  const blocks = arrangement.patterns.count * blockSigns(program).length
  const entries =
    blocks * (2 * A.cols ** 2 + 4 * A.cols + A.rows / 8) + A.rows * (2 * A.rows + arrangement.patterns.count)
  if (entries <= MEMORY_LIMIT) return
  throw new BidualError(
    'too-large',
    `ADMM holds all ${blocks} blocks of ${A.cols} weights and ${A.rows}×${A.rows} matrices at once, ` +
      `${(entries * 8e-9).toFixed(1)} GB: use the active-set solver, or fewer arrangements.`,
  )
}
