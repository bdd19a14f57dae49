import { Matrix } from '../../linalg/matrix.ts'
import { combine, multiply, norm2 } from '../../linalg/products.ts'
import { nuclearNorm, spectralNorm } from '../../linalg/svd.ts'
import type { Loss } from '../../losses/index.ts'

/**
 * min over W (r×K) of ℓ(A·W, Y) + β‖W‖_*: the two-layer linear network (THEORY 3.7). Its dual is
 * max −ℓ*(−V) subject to σ_max(AᵀV) ≤ β.
 */
export interface NuclearProgram {
  /** n×r. */
  readonly A: Matrix
  /** n×K. */
  readonly Y: Matrix
  readonly loss: Loss
  readonly beta: number
}

/** A primal point and what it is worth. */
export interface NuclearPoint {
  /** r×K. */
  W: Matrix
  /** ‖W‖_*. */
  size: number
  /** ℓ(A·W, Y). */
  fit: number
}

/** Under equality predictions this close to Y (relative) count: of looser ones the value could lie below the optimum. */
const INTERPOLATED = 1e-10

/** ℓ + β‖W‖_* of a point, evaluated from scratch. */
export function nuclearPoint({ A, Y, loss }: NuclearProgram, W: Matrix): NuclearPoint {
  const F = multiply(A, W)
  const isMet = loss.id !== 'equality' || norm2(combine(1, F, -1, Y).data) <= INTERPOLATED * norm2(Y.data)
  return { W, size: nuclearNorm(W), fit: isMet ? loss.value(F, Y) : Infinity }
}

/** −∇ℓ(0): the dual point that belongs to W = 0; Y for the equality constraint, which has no gradient. */
export function residualAtZero({ Y, loss }: Pick<NuclearProgram, 'Y' | 'loss'>): Matrix {
  if (loss.id === 'equality') return Y.clone()
  const G = loss.gradient(Matrix.zeros(Y.rows, Y.cols), Y)
  for (let at = 0; at < G.data.length; at++) G.data[at] = 0 - G.data[at]
  return G
}

/** ρ(V) = σ_max(AᵀV), exact for all unit atoms at once. */
export function spectralPrice({ A }: Pick<NuclearProgram, 'A'>, V: Matrix): number {
  return spectralNorm(multiply(A, V, { transposeA: true }))
}

/** The best primal and dual points seen; what a solver returns whenever it is stopped. */
export class NuclearIncumbent {
  best: NuclearPoint
  dual: number
  /** n×K, with σ_max(AᵀV) ≤ β. */
  V: Matrix
  private readonly program: NuclearProgram

  constructor(program: NuclearProgram) {
    const { A, Y, loss } = program
    this.program = program
    this.best = nuclearPoint(program, Matrix.zeros(A.cols, Y.cols))
    this.V = Matrix.zeros(Y.rows, Y.cols)
    this.dual = loss.dualValue(this.V, Y)
    this.offerDual(residualAtZero(program))
  }

  get primal(): number {
    return this.best.fit + this.program.beta * this.best.size
  }

  offerPrimal(W: Matrix): void {
    const point = nuclearPoint(this.program, W)
    if (point.fit + this.program.beta * point.size < this.primal) this.best = point
  }

  /**
   * V in the domain of ℓ*(−·), scaled here so that ρ ≤ β (THEORY §2); up to the boundary under equality, whose dual is
   * linear.
   */
  offerDual(V: Matrix): void {
    const { beta, loss, Y } = this.program
    const rho = spectralPrice(this.program, V)
    const scale = rho > beta || (loss.id === 'equality' && rho > 0) ? beta / rho : 1
    const scaled = new Matrix(
      V.rows,
      V.cols,
      V.data.map((value) => scale * value),
    )
    const value = loss.dualValue(scaled, Y)
    if (!(value > this.dual)) return
    this.dual = value
    this.V = scaled
  }

  /** (primal − dual)/|primal|; 0 for two zeros. */
  get relativeGap(): number {
    const gap = this.primal - this.dual
    return gap <= 0 ? 0 : gap / Math.abs(this.primal)
  }
}
