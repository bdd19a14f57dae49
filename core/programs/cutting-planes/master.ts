import { solveMaster, zeroPoint } from '../../atoms/master.ts'
import { Matrix } from '../../linalg/matrix.ts'
import type { Loss } from '../../losses/index.ts'
import { Simplex } from '../../solvers/simplex.ts'

/** A residual of the constraints below this share of ‖b‖₁ is rounding. */
const FEASIBLE = 1e-12

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
  solve(): MasterPoint
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

/** Linear programs for the losses that allow it, exact to rounding; Newton's method for smooth losses. */
export function masterFor(task: MasterTask): Master {
  const { id } = task.loss
  if (id === 'equality') return new InterpolationMaster(task)
  return id === 'hinge' ? new HingeMaster(task) : new SmoothMaster(task)
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

/** min ‖w‖₁ subject to Φw + c1 = y: the linear program in w⁺, w⁻ ≥ 0; artificial columns leave first. */
class InterpolationMaster implements Master {
  private readonly task: MasterTask
  private readonly simplex: Simplex
  private readonly signed: SignedColumns
  private feasible = false

  constructor(task: MasterTask) {
    this.task = task
    this.simplex = new Simplex(task.y.data)
    this.signed = new SignedColumns(this.simplex, task)
  }

  add(response: Float64Array): void {
    // While the labels are not met, weights cost nothing: what counts is to meet them.
    this.signed.add(response, this.feasible ? this.task.beta : 0)
  }

  solve(): MasterPoint {
    this.simplex.run()
    const reach = FEASIBLE * this.task.y.data.reduce((sum, value) => sum + Math.abs(value), 0)
    if (!this.feasible && this.simplex.infeasibility <= reach) {
      this.feasible = true
      this.simplex.barArtificials()
      this.signed.price(this.task.beta)
      this.simplex.run()
    }
    return { ...this.signed.read(), v: this.simplex.duals(), feasible: this.feasible }
  }
}

/** min Σξ + β‖w‖₁ subject to yᵢ(Φw + c1)ᵢ + ξᵢ − sᵢ = 1: feasible from the start, the artificial columns being ξ. */
class HingeMaster implements Master {
  private readonly task: MasterTask
  private readonly simplex: Simplex
  private readonly signed: SignedColumns

  constructor(task: MasterTask) {
    this.task = task
    const n = task.y.rows
    this.simplex = new Simplex(new Float64Array(n).fill(1))
    for (let i = 0; i < n; i++) {
      const surplus = new Float64Array(n)
      surplus[i] = -1
      this.simplex.add(surplus, 0)
    }
    // Columns of ξ again, so that one that has left the basis can come back.
    for (let i = 0; i < n; i++) {
      const slack = new Float64Array(n)
      slack[i] = 1
      this.simplex.add(slack, 1)
    }
    this.signed = new SignedColumns(this.simplex, task, (response) =>
      response.map((value, i) => value * task.y.data[i]),
    )
  }

  add(response: Float64Array): void {
    this.signed.add(response, this.task.beta)
  }

  solve(): MasterPoint {
    this.simplex.run()
    const v = this.simplex.duals().map((value, i) => Math.min(1, Math.max(0, value)) * this.task.y.data[i])
    return { ...this.signed.read(), v, feasible: true }
  }
}

/** Every response as two columns, of weights w⁺ and w⁻; the output bias as two more. */
class SignedColumns {
  private readonly simplex: Simplex
  private readonly transform: (response: Float64Array) => Float64Array
  private readonly bias: readonly [number, number] | null
  private readonly pairs: [number, number][] = []

  constructor(
    simplex: Simplex,
    { y, bias }: MasterTask,
    transform = (response: Float64Array): Float64Array => response,
  ) {
    this.simplex = simplex
    this.transform = transform
    this.bias = bias ? this.pair(ones(y.rows).data, 0) : null
  }

  add(response: Float64Array, cost: number): void {
    this.pairs.push(this.pair(response, cost))
  }

  /** Changes the cost of all responses so far. */
  price(cost: number): void {
    for (const pair of this.pairs) for (const j of pair) this.simplex.setCost(j, cost)
  }

  read(): { weights: Float64Array; outputBias: number } {
    const x = this.simplex.solution()
    const difference = ([plus, minus]: readonly [number, number]) => x[plus] - x[minus]
    return {
      weights: Float64Array.from(this.pairs, difference),
      outputBias: this.bias ? difference(this.bias) : 0,
    }
  }

  private pair(response: Float64Array, cost: number): [number, number] {
    const column = this.transform(response)
    return [
      this.simplex.add(column, cost),
      this.simplex.add(
        column.map((value) => -value),
        cost,
      ),
    ]
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
