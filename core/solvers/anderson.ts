import { cholesky } from '../linalg/cholesky.ts'
import { Matrix } from '../linalg/matrix.ts'
import { axpy, dot, norm2 } from '../linalg/products.ts'

/** Relative Tikhonov term of the small least-squares problem. */
const REGULARIZATION = 1e-10
/** Accelerated points whose residual exceeds the smallest one so far by more than this factor are taken back. */
const GROWTH = 2

/**
 * Anderson acceleration (type II) of a fixed-point iteration x ← g(x) with a safeguard: when the residual ‖g(x) − x‖
 * exceeds twice the smallest one so far, the iteration returns to where that was and takes the plain step.
 */
export class Anderson {
  private readonly memory: number
  private readonly dG: Float64Array[] = []
  private readonly dR: Float64Array[] = []
  private last: { g: Float64Array; r: Float64Array } | null = null
  private best: { g: Float64Array; size: number } | null = null

  constructor(memory: number) {
    this.memory = memory
  }

  /** Forgets everything: to be called when g changes. */
  reset(): void {
    this.dG.length = 0
    this.dR.length = 0
    this.last = null
    this.best = null
  }

  /**
   * The next point to evaluate g at.
   *
   * @param x where g was evaluated; @param g its value there, not kept by the caller
   */
  next(x: Float64Array, g: Float64Array): Float64Array {
    const r = g.map((value, k) => value - x[k])
    const size = norm2(r)
    if (this.best && size > GROWTH * this.best.size) {
      const { g: plain } = this.best
      this.reset()
      return plain
    }
    if (!this.best || size < this.best.size) this.best = { g, size }
    if (this.last) this.remember(g, r, this.last)
    this.last = { g, r }
    return this.mix(g, r)
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
