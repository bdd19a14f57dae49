import { Matrix } from '../linalg/matrix.ts'
import { axpy, dot, norm2, outerGram } from '../linalg/products.ts'
import { blockSigns, type Block, type ConvexProgram } from '../programs/program.ts'
import { ConeProjector } from './cone-projector.ts'
import { proxSlope } from './loss-slope.ts'
import { newtonFactor } from './newton-factor.ts'
import { solveNewton } from './newton-system.ts'
import { WorkingBlock } from './working-block.ts'

/** Levenberg–Marquardt shift relative to the gradient: it vanishes at the solution, so convergence stays superlinear. */
const LEVENBERG = 0.1

/**
 * The proximal-point subproblem of the program on a working set, in the dual variable V (n entries):
 *
 *     minimise over V   ψ(V) = −min_F [ℓ(F) + Vᵀ(F) + ‖F − F̄‖²/(2τ)] + Σ_b ‖p_b(V)‖²/(2σ),
 *
 * p_b(V) = prox_{σ(β‖·‖ + cone)}(v̄_b + σσ_b AᵀD_bV). ψ is convex and once differentiable, ∇ψ = Σ_b σ_b D_bA p_b − F,
 * and semismooth: Newton's method with the generalised Hessian τ·diag(prox′) + σ Σ_b B_b J_b B_bᵀ converges in a few
 * steps, where only active blocks enter, each with the few directions of its face. (Semismooth Newton augmented
 * Lagrangian: Li, Sun & Toh 2018, with cone constraints in the prox.)
 */
export class AugmentedLagrangian {
  readonly blocks = new Map<number, WorkingBlock>()
  /** Step sizes of the proximal terms of the weights and of the predictions. */
  sigma: number
  tau: number
  V: Float64Array
  /** F at the last evaluation. */
  readonly F: Matrix
  readonly gradient: Float64Array
  private readonly centerF: Float64Array
  private readonly program: ConvexProgram
  private readonly norms: Float64Array
  /** AAᵀ, for the gated relaxation only. */
  private readonly K: Matrix | null
  private readonly slope: ReturnType<typeof proxSlope>

  constructor(program: ConvexProgram, norms: Float64Array, V: Float64Array, sigma: number, tau: number) {
    const n = program.A.rows
    this.program = program
    this.norms = norms
    this.V = V
    this.sigma = sigma
    this.tau = tau
    this.F = Matrix.zeros(n, 1)
    this.gradient = new Float64Array(n)
    this.centerF = new Float64Array(n)
    this.K = program.cones ? null : outerGram(program.A)
    this.slope = proxSlope(program.loss)
  }

  /** Adds block p·(signs) + s with weight zero, unless it is there. */
  add(block: number): void {
    if (this.blocks.has(block)) return
    const signs = blockSigns(this.program)
    const { A, arrangement, cones } = this.program
    const pattern = Math.floor(block / signs.length)
    const projector = cones ? new ConeProjector(A, arrangement.patterns, this.norms) : null
    projector?.load(pattern)
    this.blocks.set(block, new WorkingBlock(pattern, signs[block % signs.length], A.cols, projector))
  }

  /** ψ(V); F, the blocks' points and `gradient` follow. */
  evaluate(V: Float64Array): number {
    const { A, arrangement, loss, Y, beta } = this.program
    const { F, gradient, centerF, tau, sigma } = this
    for (let j = 0; j < V.length; j++) F.data[j] = centerF[j] - tau * V[j]
    loss.prox(F, Y, tau, F)
    let psi = -loss.value(F, Y) - dot(V, F.data)
    for (let j = 0; j < V.length; j++) psi -= (F.data[j] - centerF[j]) ** 2 / (2 * tau)
    gradient.fill(0)
    for (const block of this.blocks.values()) {
      const size = block.evaluate(A, arrangement.patterns, V, sigma, sigma * beta)
      psi += size ** 2 / (2 * sigma)
      block.addResponse(A, arrangement.patterns, gradient)
    }
    axpy(-1, F.data, gradient)
    return psi
  }

  /**
   * One Newton step with an Armijo line search from `psi` = ψ(V); expects the state of `evaluate(V)`.
   *
   * @returns ψ at the new V, or null when rounding leaves no decrease.
   */
  step(psi: number): number | null {
    const direction = this.newtonDirection()
    const slope = dot(direction, this.gradient)
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
    return norm2(this.gradient)
  }

  /** The residual that rounding alone can cause: σAᵀ…A·V is computed and cancels. */
  noise(): number {
    const { data } = this.program.A
    return 1e-15 * this.sigma * dot(data, data) * norm2(this.V)
  }

  /** −∂ℓ at F, a dual point in the domain of ℓ*: V + (F − F̄)/τ. */
  dualCandidate(): Float64Array {
    return this.V.map((value, j) => value + (this.F.data[j] - this.centerF[j]) / this.tau)
  }

  /** The predictions Σ_b B_b p_b of the current point. */
  predictions(): Matrix {
    return Matrix.column(this.gradient.map((value, j) => value + this.F.data[j]))
  }

  /** The current point; vectors are copies. */
  solution(): Block[] {
    return [...this.blocks.values()]
      .filter((block) => block.isActive)
      .map(({ pattern, sign, point }) => ({ pattern, sign, vector: point.slice() }))
  }

  /** Makes the current point the proximal centre of the next subproblem, and V the dual candidate. */
  recenter(): void {
    const candidate = this.dualCandidate()
    this.centerF.set(this.predictions().data)
    for (const block of this.blocks.values()) block.recenter()
    this.V = candidate
  }

  /** Forgets blocks that have been zero for more than `idle` outer iterations. */
  prune(idle: number): void {
    for (const [id, block] of this.blocks) if (block.idle > idle) this.blocks.delete(id)
  }

  private newtonDirection(): Float64Array {
    const { tau, F, slope, program, gradient } = this
    // Where the loss has a kink, ψ may be flat in some directions: the shift bounds the step by the size of V.
    const shift = Math.min(1e-2, (LEVENBERG * this.residual()) / (1 + norm2(this.V)))
    const diagonal = F.data.map((z, j) => tau * slope(z, program.Y.data[j], tau) + shift + 1e-12 * tau)
    const active = [...this.blocks.values()].filter((block) => block.isActive)
    const system = { diagonal, ...newtonFactor(program, active, this.sigma, this.K) }
    return solveNewton(
      system,
      gradient.map((value) => -value),
    )
  }
}
