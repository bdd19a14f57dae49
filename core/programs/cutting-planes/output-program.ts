import { orthogonalToFree } from '../../atoms/free-columns.ts'
import { scaledDualPoint } from '../../certificates/scaling.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { dot } from '../../linalg/products.ts'
import { effectiveBeta, type Loss } from '../../losses/index.ts'
import { CutSet, type Column } from './cut-set.ts'
import { masterFor, type Master, type MasterPoint } from './master.ts'
import type { CutOracle, UnitNeuron } from './neuron.ts'

/** The program over the present neurons is solved to this share of the gap that is asked for, but not below the floor. */
const MASTER_SHARE = 0.03
const MASTER_FLOOR = 1e-13
/** While more neurons join, this share of the gap will do. */
const GAP_SHARE = 0.05
/** Neurons that join in one round at most. */
const MOST_NEW = 40
/** While the labels are not met: prices below this share of the largest possible are rounding. */
const NO_PRICE = 1e-10
/** Of a price, relative. */
const ROUNDING = 1e-12

export interface CuttingTask {
  /** n×r, the data in coordinates of their row space (with biases, of the centred data). */
  readonly A: Matrix
  /** n×1: one output. */
  readonly y: Matrix
  readonly loss: Loss
  readonly beta: number
  /** Whether neurons and output have free biases. */
  readonly bias: boolean
  readonly oracle: CutOracle
  /** Neurons to begin with. */
  readonly start: readonly UnitNeuron[]
  readonly tolerance: number
}

/**
 * One output by cutting planes: min ℓ(Φw + c1, y) + β‖w‖₁ over the neurons found so far, and the oracle asked for those
 * whose constraint |vᵀ(Au + b1)₊| ≤ β the dual vector v violates (Ergen & Pilanci 2021 (JMLR), Alg. 1 and 3).
 *
 * Beside what the oracle finds, the sum of the neurons of a cell joins as a column: it predicts the same at a lower cost,
 * which speeds up the tail.
 */
export class OutputProgram {
  /** ℓ + β‖w‖₁ at the best network so far: infinite until it meets the labels, under equality. */
  primal = Infinity
  /** The best value of the dual, and its v, feasible for every neuron of the oracle: n entries. */
  dual = -Infinity
  v: Float64Array
  private readonly task: CuttingTask
  private readonly cuts: CutSet
  private readonly master: Master
  private readonly beta: number
  private point: MasterPoint
  /** The gap that the program over the present neurons was left with at most; 0: the tolerance. */
  private coarse = 0
  private best: { columns: readonly Column[]; outputBias: number } = { columns: [], outputBias: 0 }

  constructor(task: CuttingTask) {
    const { A, y, loss, beta, bias, tolerance, start } = task
    this.task = task
    this.beta = effectiveBeta(loss.id, beta)
    this.cuts = new CutSet(A)
    const gap = Math.max(MASTER_FLOOR, MASTER_SHARE * tolerance)
    this.master = masterFor({ y, loss, beta: this.beta, bias, tolerance: gap })
    this.v = new Float64Array(y.rows)
    // Alg. 1 begins with v = y.
    this.join([...start, ...this.priced(y.data).slice(0, MOST_NEW)])
    this.point = this.solve(false)
  }

  get isSolved(): boolean {
    return Number.isFinite(this.primal) && this.gap <= this.task.tolerance * Math.abs(this.primal)
  }

  get gap(): number {
    return this.primal - this.dual
  }

  /** Neurons in the program. */
  get size(): number {
    return this.cuts.columns.length
  }

  /** Asks the oracle and solves again; false when it knows no neuron that would lower the objective. */
  step(): boolean {
    const neurons = this.point.feasible ? this.cutsOfDual() : this.cutsOfResidual()
    if (this.isSolved) return false
    const sums = this.cuts.merged().map(({ neuron }) => neuron)
    const joined = this.join([...sums, ...neurons.slice(0, MOST_NEW)])
    // A program that was solved coarsely is solved well before nothing more is said to be left.
    if (!joined && this.coarse === 0) return false
    this.point = this.solve(joined)
    return true
  }

  /** The neurons in use with their output weights, and the output bias, of the best network so far. */
  result(): { columns: readonly Column[]; outputBias: number } {
    return this.best
  }

  /** Neurons that the dual point violates; for linear programs one that is nearer to the best feasible point first. */
  private cutsOfDual(): readonly UnitNeuron[] {
    const { v } = this.point
    const level = this.master.between?.(this.v)
    const near = level ? this.priced(level) : []
    return near.length > 0 || this.isSolved ? near : this.priced(v)
  }

  /** Neurons priced above β at v (with biases: at its part with 1ᵀv = 0), which is offered as a dual point. */
  private priced(v: Float64Array): readonly UnitNeuron[] {
    const { oracle, tolerance, y, loss, bias } = this.task
    const inside = bias ? orthogonalToFree(Matrix.column(v), ones(y.rows), loss, y).data : v
    const { rho, neurons } = oracle.price(inside, this.beta * (1 + 0.1 * tolerance))
    this.offerDual(inside, Math.max(rho, this.ownPrices(inside)))
    return neurons
  }

  /** While the labels are not met: neurons whose responses bring the predictions closer to them. */
  private cutsOfResidual(): readonly UnitNeuron[] {
    const { v } = this.point
    return this.task.oracle.price(v, NO_PRICE * this.largestPrice(v)).neurons
  }

  private join(neurons: readonly UnitNeuron[]): boolean {
    const added = this.cuts.add(neurons)
    for (const { response } of added) this.master.add(response)
    this.keepFeasible()
    return added.length > 0
  }

  /** Sums of neurons and those of the start may be none of the oracle's: the dual point has to hold for them too. */
  private keepFeasible(): void {
    const rho = this.ownPrices(this.v)
    if (rho <= this.beta * (1 + ROUNDING)) return
    this.dual = -Infinity
    this.offerDual(this.v, rho)
  }

  private solve(coarsely: boolean): MasterPoint {
    this.coarse = coarsely && Number.isFinite(this.gap) ? GAP_SHARE * this.gap : 0
    const point = this.master.solve(this.coarse)
    this.cuts.columns.forEach((column, j) => (column.weight = point.weights[j]))
    if (point.feasible) this.offerPrimal(point.outputBias)
    return point
  }

  private offerPrimal(outputBias: number): void {
    const { y, loss } = this.task
    const columns = this.cuts.merged()
    const F = Matrix.column(predict(columns, outputBias, y.rows))
    const cost = columns.reduce((sum, { weight }) => sum + Math.abs(weight), 0)
    const value = loss.value(F, y) + this.beta * cost
    if (!(value < this.primal)) return
    this.primal = value
    this.best = { columns, outputBias }
  }

  /** The largest |vᵀφⱼ| of the present neurons: v is feasible for them up to what the program was solved to. */
  private ownPrices(v: Float64Array): number {
    return this.cuts.columns.reduce((most, { response }) => Math.max(most, Math.abs(dot(response, v))), 0)
  }

  /** No neuron is priced higher than this: Σ|vᵢ|‖aᵢ‖. */
  private largestPrice(v: Float64Array): number {
    const { A } = this.task
    return v.reduce((sum, value, i) => sum + Math.abs(value) * Math.sqrt(dot(A.row(i), A.row(i))), 0)
  }

  /** @param rho an upper bound of the prices at v */
  private offerDual(v: Float64Array, rho: number): void {
    const { y, loss, beta } = this.task
    const { V, value } = scaledDualPoint({ Y: y, loss, beta }, v, rho)
    if (!(value > this.dual)) return
    this.dual = value
    this.v = V
  }
}

const ones = (n: number) => new Matrix(n, 1, new Float64Array(n).fill(1))

/** F of columns with their weights, n entries. */
function predict(columns: readonly Column[], outputBias: number, n: number): Float64Array {
  const F = new Float64Array(n).fill(outputBias)
  for (const { response, weight } of columns) for (let i = 0; i < n; i++) F[i] += weight * response[i]
  return F
}
