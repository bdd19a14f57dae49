import { Matrix } from '../../linalg/matrix.ts'
import { axpy, dot, multiply, norm2 } from '../../linalg/products.ts'
import { proxDerivative } from '../../solvers/loss-slope.ts'
import { solveNewton } from '../../solvers/newton-system.ts'
import { RowBlocks } from '../../solvers/row-blocks.ts'
import { conjugateGradients } from './conjugate-gradients.ts'
import type { NuclearProgram } from './nuclear-program.ts'
import { SpectralShrinkage } from './spectral-shrinkage.ts'

/** Levenberg–Marquardt shift relative to the gradient: it vanishes at the solution. */
const LEVENBERG = 0.1

/**
 * Multiplications of a Newton step up to which its system is formed and factorised. Where the loss has kinks the system
 * is nearly singular and conjugate gradients are slow.
 */
const DIRECT_LIMIT = { smooth: 2e7, kinked: 2e9 }
/** Relative residual of a Newton system solved by conjugate gradients. */
const FORCING = 1e-3

/**
 * The proximal-point subproblem of the nuclear-norm program, in the dual variable V (n×K):
 *
 *     minimise over V   ψ(V) = −min_F [ℓ(F) + ⟨V, F⟩ + ‖F − F̄‖²/(2τ)] + ‖W(V)‖²_F/(2σ),
 *
 * W(V) = prox of σβ‖·‖_* at W̄ + σAᵀV. ψ is convex and once differentiable with ∇ψ = A·W(V) − F(V), and semismooth:
 * Newton's method with the generalised Hessian τ·prox′ + σAJAᵀ (J in SpectralShrinkage) takes a few steps (Jiang,
 * Sun & Toh 2014 for the nuclear norm; Li, Sun & Toh 2018 for the scheme).
 */
export class SpectralLagrangian {
  sigma: number
  tau: number
  /** n×K. */
  V: Matrix
  private readonly program: NuclearProgram
  /** ‖A‖²_F. */
  private readonly scale: number
  private readonly centerF: Matrix
  private centerW: Matrix
  /** Of the last evaluation. */
  private readonly F: Matrix
  private readonly slope: Matrix
  private shrinkage: SpectralShrinkage

  constructor(program: NuclearProgram, V: Matrix, sigma: number, tau: number, W?: Matrix) {
    const { A, Y } = program
    this.program = program
    this.scale = dot(A.data, A.data)
    this.V = V.clone()
    this.sigma = sigma
    this.tau = tau
    this.centerW = W ?? Matrix.zeros(A.cols, Y.cols)
    this.centerF = multiply(A, this.centerW)
    this.F = Matrix.zeros(Y.rows, Y.cols)
    this.slope = Matrix.zeros(Y.rows, Y.cols)
    this.shrinkage = new SpectralShrinkage(this.centerW, 0)
  }

  /** W at the last evaluation, r×K. */
  get point(): Matrix {
    return this.shrinkage.point
  }

  /** ψ(V); F, the point and the slope follow. */
  evaluate(V: Matrix): number {
    const { program, F, slope, centerF, tau, sigma } = this
    const { A, Y, loss, beta } = program
    for (let j = 0; j < F.data.length; j++) F.data[j] = centerF.data[j] - tau * V.data[j]
    loss.prox(F, Y, tau, F)
    let psi = -loss.value(F, Y) - dot(V.data, F.data)
    for (let j = 0; j < F.data.length; j++) psi -= (F.data[j] - centerF.data[j]) ** 2 / (2 * tau)
    const Z = multiply(A, V, { transposeA: true, alpha: sigma, beta: 1, out: this.centerW.clone() })
    this.shrinkage = new SpectralShrinkage(Z, sigma * beta)
    psi += dot(this.point.data, this.point.data) / (2 * sigma)
    multiply(A, this.point, { out: slope })
    axpy(-1, F.data, slope.data)
    return psi
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
      const trial = from.clone()
      axpy(t, direction, trial.data)
      const value = this.evaluate(trial)
      if (value <= psi + 1e-4 * t * slope + 1e-15 * Math.abs(psi)) {
        this.V = trial
        return value
      }
    }
    this.evaluate(from)
    return null
  }

  /** ‖A·W − F‖: how far the subproblem is from solved. */
  residual(): number {
    return norm2(this.slope.data)
  }

  /** The residual that rounding alone can cause: σAAᵀV is computed and cancels. */
  noise(): number {
    return 1e-15 * this.sigma * this.scale * norm2(this.V.data)
  }

  /** −∂ℓ at F, a dual point in the domain of ℓ*: V + (F − F̄)/τ. */
  dualCandidate(): Matrix {
    const { V, F, centerF, tau } = this
    const data = V.data.map((value, j) => value + (F.data[j] - centerF.data[j]) / tau)
    return new Matrix(V.rows, V.cols, data)
  }

  /** Makes the current point the centre of the next subproblem, and V the dual candidate. */
  recenter(): void {
    const candidate = this.dualCandidate()
    this.centerW = this.point
    multiply(this.program.A, this.point, { out: this.centerF })
    this.V = candidate
  }

  private newtonDirection(): Float64Array {
    const { tau, sigma, F, slope, V } = this
    const { A, Y, loss } = this.program
    const K = F.cols
    // Where the loss has a kink, ψ may be flat in some directions: the shift bounds the step by the size of V.
    const shift = Math.min(1e-2, (LEVENBERG * this.residual()) / (1 + norm2(V.data))) + 1e-12 * tau
    const diagonal = proxDerivative(loss.id, F, Y, tau)
    for (let at = 0; at < diagonal.length; at++) diagonal[at] *= tau
    for (let j = 0; j < F.data.length; j++) diagonal[(j - (j % K)) * K + (j % K) * (K + 1)] += shift
    const blocks = new RowBlocks(K, diagonal)
    const b = slope.data.map((value) => -value)
    const columns = Math.min(this.shrinkage.directionCount, b.length)
    const limit = DIRECT_LIMIT[loss.lipschitz < Infinity ? 'smooth' : 'kinked']
    if (b.length * columns ** 2 <= limit) {
      return solveNewton({ diagonal: blocks, factor: this.shrinkage.factor(A, sigma), dense: null }, b)
    }
    const apply = (x: Float64Array) => {
      const H = multiply(A, new Matrix(F.rows, K, x), { transposeA: true, alpha: sigma })
      const product = multiply(A, this.shrinkage.derivative(H))
      addBlocks(blocks, x, product.data)
      return product.data
    }
    return conjugateGradients(apply, b, FORCING)
  }
}

/** out += E·x for a block-diagonal E. */
function addBlocks({ K, data }: RowBlocks, x: Float64Array, out: Float64Array): void {
  for (let row = 0; row < x.length; row++) {
    const first = row - (row % K)
    for (let l = 0; l < K; l++) out[row] += data[row * K + l] * x[first + l]
  }
}
