import { Matrix } from '../linalg/matrix.ts'
import { axpy, dot, multiply, norm2 } from '../linalg/products.ts'
import { proxDerivative } from '../solvers/loss-slope.ts'
import { solveNewton } from '../solvers/newton-system.ts'
import { RowBlocks } from '../solvers/row-blocks.ts'
import { StallDetector } from '../solvers/stall.ts'
import {
  INTERPOLATED,
  MasterIncumbent,
  predictMaster,
  type MasterPoint,
  type MasterProblem,
  type MasterSolution,
  type MasterSteps,
} from './master-problem.ts'

const NEWTON_STEPS = 20
const STALL_ITERATIONS = 12
const MAX_ITERATIONS = 200
/** Progress while no finite objective was seen: above any gap, and the constraint's residual counts. */
const INFEASIBLE = 1e6

/** Levenberg–Marquardt shift relative to the gradient: it vanishes at the solution. */
const LEVENBERG = 0.1

/**
 * Solves the group-penalised problem over fixed atoms: proximal steps in C, B and F, each by a semismooth Newton method
 * in the dual variable (the method of core/solvers/active-set.ts without cones), for every loss alike.
 */
export function solveByLagrangian(
  problem: MasterProblem,
  tolerance: number,
  start: MasterPoint,
): MasterSolution {
  const lagrangian = new MasterLagrangian(problem, start)
  const best = new MasterIncumbent(problem, start)
  const progress = new StallDetector(STALL_ITERATIONS)
  for (let iteration = 0; iteration < MAX_ITERATIONS && best.relativeGap > tolerance; iteration++) {
    const { steps, solved } = solveSubproblem(lagrangian, best.relativeGap)
    best.offerPrimal(lagrangian.C.clone(), lagrangian.B.clone())
    best.offerDual(lagrangian.dualCandidate())
    if (progress.stalled(best.isFeasible ? best.relativeGap : INFEASIBLE + lagrangian.residual())) break
    if (solved) lagrangian.recenter()
    lagrangian.scaleSteps(!solved ? 0.2 : steps <= 5 ? 4 : 1.5)
  }
  return best.solution(lagrangian.steps, tolerance)
}

/** Newton steps until the subproblem is solved well enough for its outer iteration. */
function solveSubproblem(lagrangian: MasterLagrangian, gap: number): { steps: number; solved: boolean } {
  let psi = lagrangian.evaluate(lagrangian.V)
  // Under equality a point counts only when it interpolates.
  const size = norm2(lagrangian.F.data)
  const share = lagrangian.isConstrained
    ? 0.1 * Math.min(INTERPOLATED, gap) * size
    : Math.min(1, gap) * (1 + size)
  const enough = Math.max(lagrangian.noise(), 0.1 * Math.min(lagrangian.residual(), share))
  for (let steps = 0; steps < NEWTON_STEPS; steps++) {
    if (lagrangian.residual() <= enough) return { steps, solved: true }
    const next = lagrangian.step(psi)
    if (next === null) return { steps, solved: lagrangian.residual() <= 100 * enough }
    psi = next
  }
  return { steps: NEWTON_STEPS, solved: lagrangian.residual() <= enough }
}

/**
 * The proximal-point subproblem of the master problem in the dual variable V (n×K):
 *
 *     ψ(V) = −min_F [ℓ(F) + ⟨V,F⟩ + ‖F − F̄‖²/(2τ)] + Σⱼ ‖cⱼ(V)‖²/(2σ) + ‖B(V)‖²/(2σ),
 *
 * cⱼ(V) = shrink(c̄ⱼ + σVᵀφⱼ, σβ), B(V) = B̄ + σ·freeᵀV. ∇ψ = ΦC + free·B − F; the generalised Hessian is
 * τ·prox′ + σ Σⱼ φⱼφⱼᵀ ⊗ Jⱼ over active atoms, Jⱼ = (1 − κ)I + κĉĉᵀ, κ = σβ/‖c̄ⱼ + σVᵀφⱼ‖.
 */
export class MasterLagrangian {
  V: Matrix
  C: Matrix
  B: Matrix
  /** The minimiser F of the last evaluation. */
  F: Matrix
  private gradient: Matrix
  private sigma: number
  private tau: number
  private centerC: Matrix
  private centerB: Matrix
  private centerF: Matrix
  /** ‖c̄ⱼ + σVᵀφⱼ‖. */
  private readonly reach: Float64Array
  private readonly problem: MasterProblem

  constructor(problem: MasterProblem, { C, B, V, steps }: MasterPoint) {
    this.problem = problem
    this.centerC = C
    this.centerB = B
    this.C = C
    this.B = B
    this.V = V
    this.centerF = predictMaster(problem, C, B)
    this.F = this.centerF
    this.gradient = Matrix.zeros(V.rows, V.cols)
    this.reach = new Float64Array(C.rows)
    this.sigma = steps.sigma
    this.tau = steps.tau
  }

  /** Whether F = Y is a constraint. */
  get isConstrained(): boolean {
    return this.problem.loss.id === 'equality'
  }

  get steps(): MasterSteps {
    return { sigma: this.sigma, tau: this.tau }
  }

  /** ψ(V); C, B, F and the gradient follow. */
  evaluate(V: Matrix): number {
    const { problem, sigma, tau, centerF } = this
    const { loss, Y, Phi, free } = problem
    const shifted = new Matrix(
      V.rows,
      V.cols,
      centerF.data.map((f, at) => f - tau * V.data[at]),
    )
    const F = loss.prox(shifted, Y, tau, shifted)
    let psi = -loss.value(F, Y) - dot(V.data, F.data) - square(F, centerF) / (2 * tau)
    this.F = F
    this.C = multiply(Phi, V, { transposeA: true, alpha: sigma, beta: 1, out: this.centerC.clone() })
    this.shrink()
    this.B = free
      ? multiply(free, V, { transposeA: true, alpha: sigma, beta: 1, out: this.centerB.clone() })
      : this.centerB
    psi += (dot(this.C.data, this.C.data) + dot(this.B.data, this.B.data)) / (2 * sigma)
    this.gradient = predictMaster(problem, this.C, this.B)
    axpy(-1, F.data, this.gradient.data)
    return psi
  }

  /**
   * One Newton step with an Armijo line search from `psi` = ψ(V); expects the state of `evaluate(V)`.
   *
   * @returns ψ at the new V, or null when rounding leaves no decrease
   */
  step(psi: number): number | null {
    const direction = this.newtonDirection()
    const slope = dot(direction, this.gradient.data)
    const from = this.V
    for (let t = 1; t > 1e-8; t *= 0.5) {
      const trial = from.clone()
      axpy(t, direction, trial.data)
      const value = this.evaluate(trial)
      if (value > psi + 1e-4 * t * slope + 1e-15 * Math.abs(psi)) continue
      this.V = trial
      return value
    }
    this.evaluate(from)
    return null
  }

  /** ‖ΦC + free·B − F‖: how far the subproblem is from solved. */
  residual(): number {
    return norm2(this.gradient.data)
  }

  /** The residual that rounding alone can cause. */
  noise(): number {
    const { Phi } = this.problem
    const scale = dot(Phi.data, Phi.data) / Math.max(1, Phi.cols)
    return 1e-15 * (this.sigma * scale * norm2(this.V.data) + norm2(this.F.data))
  }

  /** −∂ℓ at F: V + (F − F̄)/τ. */
  dualCandidate(): Matrix {
    const { V, F, centerF, tau } = this
    return new Matrix(
      V.rows,
      V.cols,
      V.data.map((value, at) => value + (F.data[at] - centerF.data[at]) / tau),
    )
  }

  /** Makes the current point the proximal centre of the next subproblem. */
  recenter(): void {
    this.V = this.dualCandidate()
    this.centerC = this.C
    this.centerB = this.B
    this.centerF = predictMaster(this.problem, this.C, this.B)
  }

  scaleSteps(factor: number): void {
    this.sigma *= factor
    this.tau = Math.min(1e4, this.tau * factor)
  }

  /** Group soft threshold of the rows of C. */
  private shrink(): void {
    const threshold = this.sigma * this.problem.beta
    for (let j = 0; j < this.C.rows; j++) {
      const row = this.C.row(j)
      const norm = norm2(row)
      this.reach[j] = norm
      const factor = norm > threshold ? 1 - threshold / norm : 0
      for (let k = 0; k < row.length; k++) row[k] *= factor
    }
  }

  private newtonDirection(): Float64Array {
    const { tau, F, problem, gradient, V } = this
    const blocks = proxDerivative(problem.loss.id, F, problem.Y, tau)
    // Where the loss has a kink, ψ may be flat in some directions: the shift bounds the step by the size of V.
    const shift = Math.min(1e-2, (LEVENBERG * this.residual()) / (1 + norm2(V.data))) + 1e-12 * tau
    const K = F.cols
    for (let at = 0; at < blocks.length; at++) blocks[at] *= tau
    for (let row = 0; row < F.data.length; row++) blocks[row * K + (row % K)] += shift
    return solveNewton(
      { diagonal: new RowBlocks(K, blocks), factor: this.activeFactor(), dense: null },
      gradient.data.map((value) => -value),
    )
  }

  /** M with M·Mᵀ = σ Σⱼ φⱼφⱼᵀ ⊗ Jⱼ + σ·free·freeᵀ ⊗ I: nK rows, K columns for each. */
  private activeFactor(): Matrix {
    const { Phi, free, Y, beta } = this.problem
    const K = Y.cols
    const threshold = this.sigma * beta
    const active = [...this.reach.keys()].filter((j) => this.reach[j] > threshold)
    const roots = active.map((j) => this.rootOfSlope(j, threshold))
    const q = free?.cols ?? 0
    const M = Matrix.zeros(Y.rows * K, (active.length + q) * K)
    const root = Math.sqrt(this.sigma)
    for (let i = 0; i < Y.rows; i++) {
      active.forEach((j, a) => {
        addBlock(M, i * K, a * K, root * Phi.get(i, j), roots[a], K)
      })
      for (let c = 0; c < q; c++) {
        for (let k = 0; k < K; k++) M.set(i * K + k, (active.length + c) * K + k, root * free!.get(i, c))
      }
    }
    return M
  }

  /** √J = √(1 − κ)(I − ĉĉᵀ) + ĉĉᵀ, K×K. */
  private rootOfSlope(j: number, threshold: number): Float64Array {
    const c = this.C.row(j)
    const K = c.length
    const across = Math.sqrt(1 - threshold / this.reach[j])
    const size = norm2(c)
    return Float64Array.from({ length: K * K }, (_, at) => {
      const [k, l] = [Math.floor(at / K), at % K]
      const along = (c[k] * c[l]) / (size * size)
      return (k === l ? across : 0) + (1 - across) * along
    })
  }
}

function addBlock(
  M: Matrix,
  row: number,
  column: number,
  scale: number,
  block: Float64Array,
  K: number,
): void {
  for (let k = 0; k < K; k++) {
    const at = (row + k) * M.cols + column
    for (let l = 0; l < K; l++) M.data[at + l] = scale * block[k * K + l]
  }
}

function square(A: Matrix, B: Matrix): number {
  let sum = 0
  for (let at = 0; at < A.data.length; at++) sum += (A.data[at] - B.data[at]) ** 2
  return sum
}
