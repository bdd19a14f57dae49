import { scaledDualPoint } from '../certificates/scaling.ts'
import type { StopReason } from '../experiments/problem.ts'
import type { RunStatus } from '../experiments/result.ts'
import { Matrix } from '../linalg/matrix.ts'
import { norm2 } from '../linalg/products.ts'
import type { Block, ConvexProgram } from '../programs/program.ts'
import { penaltyOf } from './penalty.ts'
import { addResponse } from './responses.ts'

export interface SolverSettings {
  /** Stop when primal − dual ≤ tolerance·|primal|, both at the returned points. */
  readonly tolerance: number
  /** Asked between iterations with their number. */
  readonly stop: (iteration: number) => StopReason | null
}

/** Yielded between iterations: the best values so far. */
export interface SolverProgress {
  iteration: number
  primal: number
  dual: number
}

export interface SolverResult {
  status: RunStatus
  iterations: number
  /** Feasible to rounding: every vector is a cone projection. */
  blocks: Block[]
  primal: number
  /** −ℓ*(−V) at `V`, which has ρ(V) ≤ β over the dictionary. */
  dual: number
  /** n×K, row-major. */
  V: Float64Array
}

export type Solver = (
  program: ConvexProgram,
  settings: SolverSettings,
) => Generator<SolverProgress, SolverResult>

/** Σ_b B_b·v_b·g_bᵀ (n×K). */
export function programPredictions({ dictionary, Y }: ConvexProgram, blocks: readonly Block[]): Matrix {
  const F = Matrix.zeros(Y.rows, Y.cols)
  for (const { cell, output, vector } of blocks) addResponse(dictionary, cell, output, vector, F)
  return F
}

/** ℓ(Σ_b B_b v_b g_bᵀ, Y) + β Σ_b ‖v_b‖₂. */
export function programObjective(program: ConvexProgram, blocks: readonly Block[]): number {
  const { loss, Y } = program
  const F = programPredictions(program, blocks)
  if (loss.id === 'equality' && !isExact(F, Y)) return Infinity
  const penalty = blocks.reduce((sum, { vector }) => sum + norm2(vector), 0)
  return loss.value(F, Y) + penaltyOf(program) * penalty
}

/** Predictions this close to Y (relative) interpolate: a value at others could lie below the optimum. */
const EXACT = 1e-12

function isExact(F: Matrix, Y: Matrix): boolean {
  return norm2(F.data.map((value, at) => value - Y.data[at])) <= EXACT * norm2(Y.data)
}

/** The best primal and dual points seen; what a solver returns whenever it is stopped. */
export class Incumbent {
  primal = Infinity
  dual = -Infinity
  blocks: Block[] = []
  V: Float64Array
  private readonly program: ConvexProgram

  constructor(program: ConvexProgram) {
    this.program = program
    this.V = new Float64Array(program.Y.data.length)
    this.offerPrimal([])
    this.offerDual(this.V, 0)
  }

  offerPrimal(blocks: Block[]): void {
    const value = programObjective(this.program, blocks)
    if (!(value < this.primal)) return
    this.primal = value
    this.blocks = blocks
  }

  /** The dual value at V scaled by min(1, β/ρ). */
  dualValue(V: Float64Array, rho: number): number {
    return scaledDualPoint(this.program, V, rho).value
  }

  /** V in the domain of ℓ*; `rho` an upper bound of ρ(V) over the dictionary: V is scaled by min(1, β/ρ). */
  offerDual(V: Float64Array, rho: number): void {
    const point = scaledDualPoint(this.program, V, rho)
    if (!(point.value > this.dual)) return
    this.dual = point.value
    this.V = point.V
  }

  /** (primal − dual)/|primal|; 0 for two zeros, Infinity before there is a feasible point. */
  get relativeGap(): number {
    const gap = this.primal - this.dual
    if (gap <= 0) return 0
    return Number.isFinite(gap) ? gap / Math.abs(this.primal) : Infinity
  }

  result(status: RunStatus, iterations: number): SolverResult {
    const { primal, dual, blocks, V } = this
    return { status, iterations, blocks, primal, dual, V }
  }
}

/** −∇ℓ(0), the dual point that belongs to the zero network; Y for the equality loss, which has no gradient. */
export function residualAtZero({ Y, loss }: ConvexProgram): Float64Array {
  if (loss.id === 'equality') return Y.data.slice()
  return loss.gradient(Matrix.zeros(Y.rows, Y.cols), Y).data.map((value) => -value)
}
