import { cholesky, type Cholesky } from '../../linalg/cholesky.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { gram, multiply } from '../../linalg/products.ts'
import { singularValueSoftThreshold } from '../../linalg/prox.ts'
import type { NuclearProgram } from './nuclear-program.ts'

/** Over-relaxation (Eckstein & Bertsekas 1992). */
const RELAXATION = 1.6

/**
 * The fixed-point map of ADMM on the nuclear-norm program, in Douglas–Rachford form on x = (S, T), S r×K and T n×K:
 *
 *   U = prox of (β/ρ)‖·‖_* at S,  F = prox of ℓ/(ρη) at T,
 *   (W, AW) = the nearest point of the graph of A to 2(U, F) − x, η weighing the second part,
 *   x ← x + 1.6·((W, AW) − (U, F)).
 */
export class SpectralSplitting {
  rho: number
  /** U of the last `apply`, r×K. */
  U: Matrix
  /** Sizes of (W, AW) − (U, F) and of the last change of (U, F). */
  residuals = { primal: 0, dual: 0 }
  private readonly F: Matrix
  private readonly program: NuclearProgram
  /** Of I + ηAᵀA. */
  private readonly graph: Cholesky
  private readonly eta: number

  constructor(program: NuclearProgram) {
    const { A, Y, beta } = program
    this.program = program
    this.U = Matrix.zeros(A.cols, Y.cols)
    this.F = Matrix.zeros(Y.rows, Y.cols)
    const normal = gram(A)
    let trace = 0
    for (let c = 0; c < A.cols; c++) trace += normal.get(c, c)
    this.eta = trace > 0 ? A.cols / trace : 1
    for (let at = 0; at < normal.data.length; at++) normal.data[at] *= this.eta
    for (let c = 0; c < A.cols; c++) normal.data[c * (A.cols + 1)] += 1
    this.graph = cholesky(normal)
    this.rho = beta
  }

  get length(): number {
    return this.U.data.length + this.F.data.length
  }

  /** The next x. */
  apply(x: Float64Array): Float64Array {
    const { program, rho, eta, F } = this
    const { A, Y, beta, loss } = program
    const [before, size] = [this.state(), this.U.data.length]
    this.U = singularValueSoftThreshold(new Matrix(A.cols, Y.cols, x.slice(0, size)), beta / rho)
    F.data.set(x.subarray(size))
    loss.prox(F, Y, 1 / (rho * eta), F)
    const now = this.state()
    const nearest = this.onGraph(x.map((value, k) => 2 * now[k] - value))
    let [primal, dual] = [0, 0]
    const next = x.map((value, k) => {
      const weight = k < size ? 1 : eta
      primal += weight * (nearest[k] - now[k]) ** 2
      dual += weight * (now[k] - before[k]) ** 2
      return value + RELAXATION * (nearest[k] - now[k])
    })
    this.residuals = { primal: Math.sqrt(primal), dual: Math.sqrt(dual) }
    return next
  }

  /** Changes ρ; the multipliers x − (U, F) are rescaled with it. */
  rescale(x: Float64Array, factor: number): Float64Array {
    this.rho *= factor
    const now = this.state()
    return x.map((value, k) => now[k] + (value - now[k]) / factor)
  }

  /** −∂ℓ at F, for the x of the last `apply`: the dual point −ρη(T − F). */
  dual(x: Float64Array): Matrix {
    const { F, U, rho, eta } = this
    const data = F.data.map((value, j) => -rho * eta * (x[U.data.length + j] - value))
    return new Matrix(F.rows, F.cols, data)
  }

  private state(): Float64Array {
    const both = new Float64Array(this.length)
    both.set(this.U.data)
    both.set(this.F.data, this.U.data.length)
    return both
  }

  /** The (W, AW) that minimises ‖W − a‖² + η‖AW − c‖², in place of (a, c). */
  private onGraph(point: Float64Array): Float64Array {
    const { A, Y } = this.program
    const a = new Matrix(A.cols, Y.cols, point.subarray(0, this.U.data.length))
    const c = new Matrix(Y.rows, Y.cols, point.subarray(this.U.data.length))
    multiply(A, c, { transposeA: true, alpha: this.eta, beta: 1, out: a })
    a.data.set(this.graph.solve(a).data)
    multiply(A, a, { out: c })
    return point
  }
}
