import { Matrix } from '../linalg/matrix.ts'
import { axpy, dot, norm2 } from '../linalg/products.ts'
import type { Block, ConvexProgram } from '../programs/program.ts'
import { CommonProducts } from './common-products.ts'
import { interpolating } from './interpolate.ts'
import { proxDerivative } from './loss-slope.ts'
import { newtonFactor } from './newton-factor.ts'
import { solveNewton } from './newton-system.ts'
import { penaltyOf } from './penalty.ts'
import { RowBlocks } from './row-blocks.ts'
import { WorkingBlock } from './working-block.ts'

/** Levenberg–Marquardt shift relative to the gradient: it vanishes at the solution, so convergence stays superlinear. */
const LEVENBERG = 0.1

/**
 * The proximal-point subproblem of the program on a working set, in the dual variable V (n×K):
 *
 *     minimise over V   ψ(V) = −min_F [ℓ(F) + Vᵀ(F) + ‖F − F̄‖²/(2τ)] + Σ_b ‖p_b(V)‖²/(2σ),
 *
 * p_b(V) = prox_{σ(β‖·‖ + cone)}(v̄_b + σB_bᵀVg_b). ψ is convex and once differentiable, ∇ψ = Σ_b B_b p_b g_bᵀ − F,
 * and semismooth: Newton's method with the generalised Hessian τ·diag(prox′) + σ Σ_b B_b J_b B_bᵀ converges in a few
 * steps, where only active blocks enter, each with the few directions of its face. (Semismooth Newton augmented
 * Lagrangian: Li, Sun & Toh 2018, with cone constraints in the prox.)
 *
 * Under the equality loss ψ has no curvature where the working set cannot reach Y, and no minimum: there a proximal term
 * (ε/2τ)‖V − V̄‖² is added, V̄ the last proximal centre.
 */
export class AugmentedLagrangian {
  readonly blocks = new Map<number, WorkingBlock>()
  /** Step sizes of the proximal terms of the weights and of the predictions. */
  sigma: number
  tau: number
  V: Float64Array
  /** F at the last evaluation. */
  readonly F: Matrix
  /** ∇ψ, n×K. */
  private readonly slope: Matrix
  private readonly centerF: Float64Array
  private centerV: Float64Array
  private readonly program: ConvexProgram
  private readonly penalty: number
  /** ε. */
  private readonly elasticity: number
  private common: { products: CommonProducts | null } | null = null

  constructor(program: ConvexProgram, V: Float64Array, sigma: number, tau: number) {
    const { rows, cols } = program.Y
    this.program = program
    this.penalty = penaltyOf(program)
    this.V = V
    this.centerV = V
    this.elasticity = program.loss.id === 'equality' ? norm2(program.Y.data) / norm2(V) || 0 : 0
    this.sigma = sigma
    this.tau = tau
    this.F = Matrix.zeros(rows, cols)
    this.slope = Matrix.zeros(rows, cols)
    this.centerF = new Float64Array(rows * cols)
  }

  /** Adds a block of the program with the given weight (zero by default), unless it is there. */
  add(block: number, weight?: Float64Array): void {
    if (this.blocks.has(block)) return
    const { dictionary, blocks, cones } = this.program
    const added = new WorkingBlock(dictionary, blocks.cell(block), blocks.output(block), cones)
    if (weight) added.center.set(weight)
    this.blocks.set(block, added)
    this.common = null
  }

  /** Makes predictions the proximal centre of F: for a start that is not zero. */
  centerAt(F: Matrix): void {
    this.centerF.set(F.data)
  }

  /** ψ(V); F, the blocks' points and `gradient` follow. */
  evaluate(V: Float64Array): number {
    const { loss, Y } = this.program
    const { F, slope, centerF, tau, sigma, penalty } = this
    for (let j = 0; j < V.length; j++) F.data[j] = centerF[j] - tau * V[j]
    loss.prox(F, Y, tau, F)
    let psi = -loss.value(F, Y) - dot(V, F.data)
    for (let j = 0; j < V.length; j++) psi -= (F.data[j] - centerF[j]) ** 2 / (2 * tau)
    const common = this.commonProducts()
    const pulled = common?.pull(V)
    let row = 0
    for (const block of this.blocks.values()) {
      const along = pulled ? pulled.row(row++) : block.pull(V)
      psi += block.evaluate(along, sigma, sigma * penalty) ** 2 / (2 * sigma)
    }
    this.respond(common)
    axpy(-1, F.data, slope.data)
    return psi + this.addElastic(V)
  }

  /** slope = Σ_b B_b p_b. */
  private respond(common: CommonProducts | null): void {
    const { blocks, slope } = this
    if (common) {
      slope.data.set(common.respond([...blocks.values()].map(({ point }) => point)))
    } else {
      slope.data.fill(0)
      for (const block of blocks.values()) block.addResponse(slope)
    }
  }

  /** Formed anew when blocks have come or gone. */
  private commonProducts(): CommonProducts | null {
    const { dictionary, Y } = this.program
    this.common ??= { products: CommonProducts.of(dictionary, Y.cols, [...this.blocks.values()]) }
    return this.common.products
  }

  /** Adds the gradient of the proximal term of V to the slope, and returns its value. */
  private addElastic(V: Float64Array): number {
    const { centerV, slope } = this
    const epsilon = this.elasticity / this.tau
    if (epsilon === 0) return 0
    let square = 0
    for (let j = 0; j < V.length; j++) {
      slope.data[j] += epsilon * (V[j] - centerV[j])
      square += (V[j] - centerV[j]) ** 2
    }
    return 0.5 * epsilon * square
  }

  /**
   * One Newton step with an Armijo line search from `psi` = ψ(V); expects the state of `evaluate(V)`.
   *
   * @returns ψ at the new V, or null when rounding leaves no decrease.
   */
  step(psi: number): number | null {
    const direction = this.newtonDirection()
    const slope = dot(direction, this.slope.data)
    const from = this.V
    for (let t = 1; t > 1e-8; t *= 0.5) {
      const trial = from.slice()
      axpy(t, direction, trial)
      const value = this.evaluate(trial)
      if (value <= psi + 1e-4 * t * slope + 1e-15 * Math.abs(psi)) {
        this.V = trial
        return value
      }
    }
    this.evaluate(from)
    return null
  }

  /** ‖F − Σ_b B_b p_b‖: how far the subproblem is from solved. */
  residual(): number {
    return norm2(this.slope.data)
  }

  /** The residual that rounding alone can cause: σBᵀ…B·V is computed and cancels. */
  noise(scale: number): number {
    return 1e-15 * this.sigma * scale * norm2(this.V)
  }

  /** −∂ℓ at F, a dual point in the domain of ℓ*: V + (F − F̄)/τ. */
  dualCandidate(): Float64Array {
    if (this.elasticity > 0) return this.V
    return this.V.map((value, j) => value + (this.F.data[j] - this.centerF[j]) / this.tau)
  }

  /** The predictions Σ_b B_b p_b g_bᵀ of the current point. */
  predictions(): Matrix {
    const { F, slope, V, centerV } = this
    const epsilon = this.elasticity / this.tau
    return new Matrix(
      F.rows,
      F.cols,
      slope.data.map((value, j) => value + F.data[j] - epsilon * (V[j] - centerV[j])),
    )
  }

  /** The current point; vectors are copies. Under equality it is moved to where it interpolates, if that is near. */
  solution(): Block[] {
    const blocks = [...this.blocks.values()]
      .filter((block) => block.isActive)
      .map(({ cell, output, point, projector }) => ({ cell, output, projector, vector: point.slice() }))
    return this.program.loss.id === 'equality' ? interpolating(this.program, blocks) : blocks
  }

  /** Makes the current point the proximal centre of the next subproblem, and V the dual candidate. */
  recenter(): void {
    const candidate = this.dualCandidate()
    this.centerF.set(this.predictions().data)
    for (const block of this.blocks.values()) block.recenter()
    this.V = candidate
    this.centerV = candidate
  }

  /** Forgets blocks that have been zero for more than `idle` outer iterations. */
  prune(idle: number): void {
    for (const [id, block] of this.blocks) if (block.idle > idle) this.blocks.delete(id)
    this.common = null
  }

  private newtonDirection(): Float64Array {
    const { tau, F, program, slope } = this
    const K = F.cols
    // Where the loss has a kink, ψ may be flat in some directions: the shift bounds the step by the size of V.
    const shift =
      Math.min(1e-2, (LEVENBERG * this.residual()) / (1 + norm2(this.V))) +
      1e-12 * tau +
      this.elasticity / tau
    const diagonal = proxDerivative(program.loss.id, F, program.Y, tau)
    for (let at = 0; at < diagonal.length; at++) diagonal[at] *= tau
    for (let j = 0; j < F.data.length; j++) diagonal[(j - (j % K)) * K + (j % K) * (K + 1)] += shift
    const active = [...this.blocks.values()].filter((block) => block.isActive)
    const system = { diagonal: new RowBlocks(K, diagonal), ...newtonFactor(program, active, this.sigma) }
    return solveNewton(
      system,
      slope.data.map((value) => -value),
    )
  }
}
