import { Matrix } from '../linalg/matrix.ts'
import { combine, multiply, norm2, rowNorms } from '../linalg/products.ts'
import type { Loss } from '../losses/index.ts'
import { orthogonalToFree } from './free-columns.ts'

/** Under equality predictions this close to Y (relative) count: of looser ones the value could lie below the optimum. */
export const INTERPOLATED = 1e-9

/** min over C (m×K) and B (q×K) of ℓ(ΦC + free·B, Y) + β Σⱼ‖cⱼ‖₂, cⱼ the rows of C. */
export interface MasterProblem {
  /** n×m, the responses of the atoms. */
  readonly Phi: Matrix
  /** n×q. */
  readonly free: Matrix | null
  /** n×K. */
  readonly Y: Matrix
  readonly loss: Loss
  /** Positive; 1 for the minimum-norm problem of the equality loss. */
  readonly beta: number
}

export interface MasterPoint {
  /** m×K. */
  readonly C: Matrix
  /** q×K; 0×K without free columns. */
  readonly B: Matrix
  /** n×K, the multipliers of F = ΦC + free·B: −V is a subgradient of the loss. */
  readonly V: Matrix
  /** Step sizes that worked last. */
  readonly steps: MasterSteps
}

export interface MasterSteps {
  readonly sigma: number
  readonly tau: number
}

export interface MasterSolution extends MasterPoint {
  readonly status: 'solved' | 'almostSolved' | 'stalled'
  readonly primal: number
  /** −ℓ*(−sV) with s ≤ 1 such that max ‖sVᵀφⱼ‖ ≤ β; freeᵀV = 0. */
  readonly dual: number
}

/** ΦC + free·B, n×K. */
export function predictMaster(
  { Phi, free }: Pick<MasterProblem, 'Phi' | 'free'>,
  C: Matrix,
  B: Matrix,
): Matrix {
  const F = multiply(Phi, C)
  return free ? multiply(free, B, { beta: 1, out: F }) : F
}

/** ‖F − Y‖ ≤ {@link INTERPOLATED}·‖Y‖. */
export function isInterpolation(F: Matrix, Y: Matrix): boolean {
  return norm2(combine(1, F, -1, Y).data) <= INTERPOLATED * norm2(Y.data)
}

/** The best primal and dual points seen. */
export class MasterIncumbent {
  primal = Infinity
  dual = -Infinity
  private C: Matrix
  private B: Matrix
  private V: Matrix
  private readonly problem: MasterProblem

  constructor(problem: MasterProblem, { C, B, V }: MasterPoint) {
    this.problem = problem
    this.C = C
    this.B = B
    this.V = V
    this.offerPrimal(C, B)
    this.offerDual(V)
  }

  offerPrimal(C: Matrix, B: Matrix): void {
    const { loss, Y, beta } = this.problem
    const F = predictMaster(this.problem, C, B)
    if (loss.id === 'equality' && !isInterpolation(F, Y)) return
    const value = loss.value(F, Y) + beta * sum(rowNorms(C))
    if (!(value < this.primal)) return
    this.primal = value
    this.C = C
    this.B = B
  }

  /** V in the domain of ℓ*; made feasible by projection and scaling. */
  offerDual(candidate: Matrix): void {
    const { Phi, free, loss, Y, beta } = this.problem
    const V = free ? orthogonalToFree(candidate, free, loss, Y) : candidate
    const rho = rowNorms(multiply(Phi, V, { transposeA: true })).reduce((a, b) => Math.max(a, b), 0)
    const scale = rho > beta ? beta / rho : 1
    const scaled = new Matrix(
      V.rows,
      V.cols,
      V.data.map((value) => scale * value),
    )
    const value = loss.dualValue(scaled, Y)
    if (!(value > this.dual)) return
    this.dual = value
    this.V = V
  }

  /** Whether a finite objective was seen: under equality, whether ΦC + free·B = Y was reached. */
  get isFeasible(): boolean {
    return Number.isFinite(this.primal)
  }

  get relativeGap(): number {
    const gap = this.primal - this.dual
    if (gap <= 0) return 0
    return this.isFeasible ? gap / Math.abs(this.primal) : Infinity
  }

  solution(steps: MasterSteps, tolerance: number): MasterSolution {
    const gap = this.relativeGap
    const status = gap <= tolerance ? 'solved' : gap <= 1000 * tolerance ? 'almostSolved' : 'stalled'
    const { C, B, V, primal, dual } = this
    return { status, C, B, V, primal, dual, steps }
  }
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)
