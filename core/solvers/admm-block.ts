import type { ConvexProgram } from '../programs/program.ts'
import { axpy, norm2 } from '../linalg/products.ts'
import { ConeProjector } from './cone-projector.ts'
import { maskedAccumulate, maskedTranspose } from './masked.ts'

/** One block of the splitting: v, its copy u in the cone, and the scaled multiplier λ. */
export class AdmmBlock {
  readonly pattern: number
  readonly sign: 1 | -1
  readonly u: Float64Array
  private readonly program: ConvexProgram
  private readonly projector: ConeProjector | null
  private readonly v: Float64Array
  private readonly lambda: Float64Array
  private readonly scratch: Float64Array

  constructor(program: ConvexProgram, pattern: number, sign: 1 | -1, norms: Float64Array) {
    const d = program.A.cols
    this.program = program
    this.pattern = pattern
    this.sign = sign
    this.projector = program.cones ? new ConeProjector(program.A, program.arrangement.patterns, norms) : null
    this.projector?.load(pattern)
    this.u = new Float64Array(d)
    this.v = new Float64Array(d)
    this.lambda = new Float64Array(d)
    this.scratch = new Float64Array(d)
  }

  /** v ← u − λ + ηB_bᵀ·target, the right-hand side of the v-step; adds B_b·v to `response`. */
  pull(eta: number, target: Float64Array, response: Float64Array): void {
    const { program, pattern, sign, v, u, lambda, scratch } = this
    const { A, arrangement } = program
    maskedTranspose(A, arrangement.patterns, pattern, target, scratch)
    for (let c = 0; c < v.length; c++) v[c] = u[c] - lambda[c] + eta * sign * scratch[c]
    maskedAccumulate(A, arrangement.patterns, pattern, sign, v, response)
  }

  /** v ← v − ηB_bᵀ·solved, which completes the v-step; adds B_b·v to `response`. */
  push(eta: number, solved: Float64Array, response: Float64Array): void {
    const { program, pattern, sign, v, scratch } = this
    const { A, arrangement } = program
    maskedTranspose(A, arrangement.patterns, pattern, solved, scratch)
    axpy(-eta * sign, scratch, v)
    maskedAccumulate(A, arrangement.patterns, pattern, sign, v, response)
  }

  /** The u- and λ-steps with over-relaxation; returns ‖v − u‖² and ‖change of u‖². */
  shrink(relaxation: number, threshold: number): { primal: number; dual: number } {
    const { u, v, lambda, scratch, projector } = this
    for (let c = 0; c < u.length; c++) {
      const relaxed = relaxation * v[c] + (1 - relaxation) * u[c]
      scratch[c] = relaxed + lambda[c]
    }
    const norm = projector ? projector.project(scratch, threshold) : norm2(scratch)
    const factor = norm > threshold ? 1 - threshold / norm : 0
    const q = projector?.projection ?? scratch
    let primal = 0
    let dual = 0
    for (let c = 0; c < u.length; c++) {
      const next = factor === 0 ? 0 : factor * q[c]
      lambda[c] = scratch[c] - next
      primal += (v[c] - next) ** 2
      dual += (u[c] - next) ** 2
      u[c] = next
    }
    return { primal, dual }
  }

  /** Follows a change of ρ by `factor`. */
  rescale(factor: number): void {
    for (let c = 0; c < this.lambda.length; c++) this.lambda[c] /= factor
  }
}
