import { solveMaster, zeroPoint } from '../../atoms/master.ts'
import { Matrix } from '../../linalg/matrix.ts'
import type { Loss } from '../../losses/index.ts'
import { LinearMaster } from './linear-master.ts'

/** The optimum of min ℓ(Φw + c1, y) + β‖w‖₁ over the columns of Φ so far. */
export interface MasterPoint {
  /** One weight a column. */
  readonly weights: Float64Array
  /** c; 0 without an output bias. */
  readonly outputBias: number
  /** n entries, a dual vector: −v is a subgradient of the loss, and |vᵀφⱼ| ≤ β up to rounding. */
  readonly v: Float64Array
  /**
   * Whether the labels can be met: under equality false until the columns interpolate; v then prices what would bring the
   * predictions closer to them.
   */
  readonly feasible: boolean
}

export interface Master {
  /** φ, n entries. */
  add(response: Float64Array): void
  /** @param gap that may be left, where one larger than the tolerance will do */
  solve(gap: number): MasterPoint
  /** Of linear programs: a point between the best feasible one and the last solution, where cuts are of more use. */
  between?(center: Float64Array): Float64Array | null
}

export interface MasterTask {
  /** n×1. */
  readonly y: Matrix
  readonly loss: Loss
  /** The factor of ‖w‖₁. */
  readonly beta: number
  /** Whether there is an output bias. */
  readonly bias: boolean
  /** Relative gap. */
  readonly tolerance: number
}

/** Linear programs where the dual is polyhedral, Newton's method for smooth losses. */
export function masterFor(task: MasterTask): Master {
  const isSmooth = Number.isFinite(task.loss.lipschitz)
  return isSmooth ? new SmoothMaster(task) : new LinearMaster(task)
}

/** By Newton's method on the weights that are not zero, warm-started. */
class SmoothMaster implements Master {
  private readonly task: MasterTask
  private readonly responses: Float64Array[] = []
  private point: { C: Matrix; B: Matrix; V: Matrix } | null = null

  constructor(task: MasterTask) {
    this.task = task
  }

  add(response: Float64Array): void {
    this.responses.push(response)
  }

  solve(): MasterPoint {
    const { y, loss, beta, bias, tolerance } = this.task
    const Phi = columnsOf(this.responses, y.rows)
    const problem = { Phi, free: bias ? ones(y.rows) : null, Y: y, loss, beta }
    const zero = zeroPoint(problem)
    const C = zero.C
    if (this.point) C.data.set(this.point.C.data)
    const start = { C, B: this.point?.B ?? zero.B, V: this.point?.V ?? zero.V, steps: zero.steps }
    const { C: weights, B, V } = solveMaster(problem, tolerance, start)
    this.point = { C: weights, B, V }
    return { weights: weights.data, outputBias: B.data[0] ?? 0, v: V.data, feasible: true }
  }
}

const ones = (n: number) => new Matrix(n, 1, new Float64Array(n).fill(1))

function columnsOf(responses: readonly Float64Array[], n: number): Matrix {
  const Phi = Matrix.zeros(n, responses.length)
  responses.forEach((response, j) => {
    for (let i = 0; i < n; i++) Phi.set(i, j, response[i])
  })
  return Phi
}
