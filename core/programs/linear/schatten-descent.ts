import type { Matrix } from '../../linalg/matrix.ts'
import { combine, dot, frobeniusNorm, multiply, norm2, scaleColumns } from '../../linalg/products.ts'
import { singularValues, spectralNorm, thinSvd } from '../../linalg/svd.ts'
import type { NuclearProgram } from './nuclear-program.ts'
import { decayCost, decayProx } from './schatten.ts'

/** Steps after which a longer one is tried. */
const LENGTHEN_EVERY = 10

/** A W (r×K) with ℓ(A·W) + (βL/2)Σσᵢ(W)^{2/L}. */
export interface SchattenPoint {
  W: Matrix
  objective: number
}

/**
 * Proximal gradient steps. The prox of the penalty moves each singular value to its own global optimum (decayProx), so
 * no step goes up while the curvature bounds that of ℓ along it; steps are halved where it does not, and tried twice as
 * long from time to time.
 */
export class SchattenDescent {
  private readonly program: NuclearProgram
  private readonly layers: number
  /** The inverse step size. */
  private curvature: number

  constructor(program: NuclearProgram, layers: number) {
    this.program = program
    this.layers = layers
    this.curvature = program.loss.lipschitz * spectralNorm(program.A) ** 2
  }

  pointAt(W: Matrix): SchattenPoint {
    return { W, objective: this.fit(W) + this.cost(W) }
  }

  /** The points of `count` steps from W, fewer when they promise less than the tolerance; returns the last. */
  *walk(W: Matrix, count: number, tolerance: number): Generator<SchattenPoint, SchattenPoint> {
    let point = this.pointAt(W)
    for (let step = 1; step <= count; step++) {
      if (step % LENGTHEN_EVERY === 0) this.curvature /= 2
      const next = this.pointAt(this.step(point.W))
      const promise = this.curvature * distance(next.W, point.W) * norm2(next.W.data)
      point = next
      yield point
      if (promise <= tolerance * point.objective) break
    }
    return point
  }

  /** One step from W, no longer than the curvature of ℓ along it allows. */
  private step(W: Matrix): Matrix {
    const { A, Y, loss } = this.program
    const F = multiply(A, W)
    const fit = loss.value(F, Y)
    const G = multiply(A, loss.gradient(F, Y), { transposeA: true })
    for (;;) {
      const next = this.prox(combine(1, W, -1 / this.curvature, G))
      const change = combine(1, next, -1, W).data
      const model = fit + dot(G.data, change) + 0.5 * this.curvature * dot(change, change)
      if (this.fit(next) <= model + 1e-14 * Math.abs(fit)) return next
      this.curvature *= 2
    }
  }

  private prox(target: Matrix): Matrix {
    const { U, s, V } = thinSvd(target)
    const gamma = this.program.beta / this.curvature
    const shrunk = s.map((value) => decayProx(value, gamma, this.layers))
    return multiply(scaleColumns(U, shrunk), V, { transposeB: true })
  }

  private fit(W: Matrix): number {
    const { A, Y, loss } = this.program
    return loss.value(multiply(A, W), Y)
  }

  private cost(W: Matrix): number {
    return this.program.beta * decayCost(singularValues(W), this.layers)
  }
}

const distance = (A: Matrix, B: Matrix): number => frobeniusNorm(combine(1, A, -1, B))
