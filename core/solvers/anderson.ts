import { cholesky } from '../linalg/cholesky.ts'
import { Matrix } from '../linalg/matrix.ts'
import { axpy, dot, norm2 } from '../linalg/products.ts'

/** Relative Tikhonov term of the small least-squares problem. */
const REGULARIZATION = 1e-10
/** Plain steps from one accelerated point to the next. */
const INTERVAL = 3
/** An accelerated point is taken back when its residual is larger than the one before by more than this factor. */
const GROWTH = 1

/**
 * Anderson acceleration (type II) of a fixed-point iteration x ← g(x): after every few plain steps one that combines
 * the last differences. A point that it leads to is taken back when the residual ‖g(x) − x‖ there exceeds the one
 * before, so that the plain iteration's convergence is kept.
 */
export class Anderson {
  private readonly memory: number
  private readonly dG: Float64Array[] = []
  private readonly dR: Float64Array[] = []
  private last: { g: Float64Array; r: Float64Array } | null = null
  /** The plain step and the residual where the last accelerated point was made. */
  private fallback: { g: Float64Array; size: number } | null = null
  private steps = 0

  constructor(memory: number) {
    this.memory = memory
  }

  /**
   * The next point to evaluate g at.
   *
   * @param x where g was evaluated; @param g its value there, not kept by the caller
   */
  next(x: Float64Array, g: Float64Array): Float64Array {
    const r = g.map((value, k) => value - x[k])
    const size = norm2(r)
    if (this.fallback && size > GROWTH * this.fallback.size) {
      const { g: plain } = this.fallback
      this.forget()
      return plain
    }
    this.fallback = null
    if (++this.steps % INTERVAL !== 0) return g
    if (this.last) this.remember(g, r, this.last)
    this.last = { g, r }
    if (this.dR.length === 0) return g
    this.fallback = { g, size }
    return this.mix(g, r)
  }

  /** To be called when g changes. */
  forget(): void {
    this.dG.length = 0
    this.dR.length = 0
    this.last = null
    this.fallback = null
  }

  private remember(g: Float64Array, r: Float64Array, last: { g: Float64Array; r: Float64Array }): void {
    this.dG.push(g.map((value, k) => value - last.g[k]))
    this.dR.push(r.map((value, k) => value - last.r[k]))
    if (this.dG.length <= this.memory) return
    this.dG.shift()
    this.dR.shift()
  }

  /** g − ΔG·γ with γ = argmin ‖r − ΔR·γ‖. */
  private mix(g: Float64Array, r: Float64Array): Float64Array {
    const m = this.dR.length
    if (m === 0) return g.slice()
    const normal = Matrix.zeros(m, m)
    for (let i = 0; i < m; i++) for (let j = 0; j <= i; j++) normal.set(i, j, dot(this.dR[i], this.dR[j]))
    let trace = 0
    for (let i = 0; i < m; i++) trace += normal.get(i, i)
    for (let i = 0; i < m; i++) normal.data[i * (m + 1)] += REGULARIZATION * trace + Number.MIN_VALUE
    const gamma = cholesky(normal).solve(Float64Array.from(this.dR, (difference) => dot(difference, r)))
    const mixed = g.slice()
    this.dG.forEach((difference, i) => axpy(-gamma[i], difference, mixed))
    return mixed
  }
}
