import { Matrix } from '../../linalg/matrix.ts'
import { axpy, dot, norm2 } from '../../linalg/products.ts'
import { leastSquares } from '../../linalg/svd.ts'
import { DualCuts } from './dual-cuts.ts'
import type { Master, MasterPoint, MasterTask } from './master.ts'

/** ‖y − Σwφ‖ up to this share of ‖y‖ is rounding. */
const FITTED = 1e-10
/** And up to this the weights are exact. */
const EXACT = 1e-13
/** Share of the way from the value at the centre to the optimum over the cuts. */
const LEVEL = 0.9
/** Proximal steps, each three times as long as the last: linear programs end after few. */
const MOST_STEPS = 60
const GROWTH = 3

/** Output weights, one a response, and the output bias. */
type Weights = Pick<MasterPoint, 'weights' | 'outputBias'>

/** A response and its two half-spaces ±φᵀv ≤ β. */
interface Signed {
  response: Float64Array
  size: number
  plus: number
  minus: number
}

/**
 * The linear programs of the losses with a polyhedral dual, max yᵀv over the cuts: equality, and hinge with 0 ≤ yᵢvᵢ ≤ 1.
 *
 * Proximal point steps v ← Π(v + t·y), Π the projection on the cuts, end in an optimum after finitely many (Rockafellar
 * 1976), however degenerate it is: there y is a combination of the normals that hold v, and its coefficients are the output
 * weights.
 */
export class LinearMaster implements Master {
  private readonly task: MasterTask
  private readonly dual = new DualCuts()
  private readonly responses: Signed[] = []
  private readonly bias: Signed | null
  private v: Float64Array

  constructor(task: MasterTask) {
    this.task = task
    const n = task.y.rows
    this.v = new Float64Array(n)
    if (task.loss.id === 'hinge') {
      task.y.data.forEach((label, i) => {
        const e = new Float64Array(n)
        e[i] = label
        this.dual.add(e, 1)
        this.dual.add(
          e.map((t) => -t),
          0,
        )
      })
    }
    this.bias = task.bias ? this.pair(new Float64Array(n).fill(1), 0) : null
  }

  add(response: Float64Array): void {
    this.responses.push(this.pair(response, this.task.beta))
  }

  solve(gap: number): MasterPoint {
    const y = this.task.y.data
    const unmet = this.residualOf(y)
    if (unmet) return { ...this.read(new Map()), v: unmet, feasible: false }
    let best = { weights: this.read(new Map()), value: Infinity }
    // Targets that are all zero are met by no neuron at all.
    if (norm2(y) === 0) return { ...best.weights, v: new Float64Array(y.length), feasible: true }
    let step = 1 + norm2(this.v) / norm2(y)
    for (let k = 0; k < MOST_STEPS; k++, step *= GROWTH) {
      const target = this.v.slice()
      axpy(step, y, target)
      const nearest = this.dual.nearest(target)
      if (!nearest) break
      this.v = nearest.v
      const { weights, residual } = this.dual.combination(y, nearest.active)
      const read = this.corrected(this.read(new Map(nearest.active.map((cut, j) => [cut, weights[j]]))))
      const value = this.valueOf(read)
      if (value < best.value) best = { weights: read, value }
      const enough = Math.max(gap, this.task.tolerance * Math.abs(value))
      if (best.value - dot(y, this.v) <= enough || norm2(residual) <= EXACT * norm2(y)) break
    }
    return { ...best.weights, v: this.v, feasible: true }
  }

  /**
   * The point nearest to `center` whose value is nine tenths of the way to that of the optimum over the cuts: corners jump
   * about, this does not (the level method of Lemaréchal, Nemirovskii and Nesterov 1995).
   */
  between(center: Float64Array): Float64Array | null {
    const y = this.task.y.data
    const size = norm2(y)
    const level = (1 - LEVEL) * dot(y, center) + LEVEL * dot(y, this.v)
    const enough = { normal: y.map((value) => -value / size), limit: -level / size }
    return this.dual.nearest(center, enough)?.v ?? null
  }

  /** The objective at these weights. */
  private valueOf({ weights, outputBias }: Weights): number {
    const { y, loss, beta } = this.task
    const F = Matrix.column(this.predict(weights, outputBias))
    return loss.value(F, y) + beta * weights.reduce((sum, weight) => sum + Math.abs(weight), 0)
  }

  /** Under equality, the least change of the weights that makes the predictions y. */
  private corrected(read: Weights): Weights {
    const { y, loss } = this.task
    if (loss.id !== 'equality') return read
    const F = this.predict(read.weights, read.outputBias)
    const rest = Matrix.column(y.data.map((value, i) => value - F[i]))
    if (norm2(rest.data) <= EXACT * norm2(y.data)) return read
    const all = this.bias ? [...this.responses, this.bias] : this.responses
    const Phi = Matrix.fromRows(all.map(({ response }) => response)).transpose()
    const change = leastSquares(Phi, rest).data
    return {
      weights: read.weights.map((weight, j) => weight + change[j]),
      outputBias: read.outputBias + (this.bias ? change[change.length - 1] : 0),
    }
  }

  private predict(weights: Float64Array, outputBias: number): Float64Array {
    const F = new Float64Array(this.task.y.rows).fill(outputBias)
    this.responses.forEach(({ response }, j) => {
      if (weights[j] !== 0) axpy(weights[j], response, F)
    })
    return F
  }

  /** Under equality: the part of y that the responses do not reach, null when there is none. */
  private residualOf(y: Float64Array): Float64Array | null {
    if (this.task.loss.id !== 'equality') return null
    const { residual } = this.dual.combination(y, [...this.dual.cuts.keys()])
    return norm2(residual) > FITTED * norm2(y) ? residual : null
  }

  private pair(response: Float64Array, limit: number): Signed {
    const size = norm2(response)
    const normal = response.map((t) => t / size)
    const plus = this.dual.add(normal, limit / size)
    const minus = this.dual.add(
      normal.map((t) => -t),
      limit / size,
    )
    return { response, size, plus, minus }
  }

  /** Output weights and bias from the coefficients of the half-spaces. */
  private read(coefficients: ReadonlyMap<number, number>): Weights {
    const weightOf = ({ size, plus, minus }: Signed) =>
      ((coefficients.get(plus) ?? 0) - (coefficients.get(minus) ?? 0)) / size
    return {
      weights: Float64Array.from(this.responses, weightOf),
      outputBias: this.bias ? weightOf(this.bias) : 0,
    }
  }
}
