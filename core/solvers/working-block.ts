import type { PatternSet } from '../arrangements/patterns.ts'
import type { Matrix } from '../linalg/matrix.ts'
import { norm2 } from '../linalg/products.ts'
import type { ConeProjector } from './cone-projector.ts'
import { maskedAccumulate, maskedTranspose } from './masked.ts'

/**
 * One block of the working set: its proximal centre v̄ and the last evaluation of
 * p = prox_{σ(β‖·‖ + cone)}(v̄ + σ_b·step·AᵀDᵢV), a group shrink of the exact cone projection q.
 */
export class WorkingBlock {
  readonly pattern: number
  readonly sign: 1 | -1
  readonly center: Float64Array
  /** p; zero when the block is not active. */
  readonly point: Float64Array
  /** q/‖q‖ of the last evaluation, when active. */
  readonly direction: Float64Array
  /** σβ/‖q‖ < 1 when active. */
  shrinkage = 1
  /** Outer iterations in a row that ended with p = 0. */
  idle = 0
  /** Null for the gated relaxation. */
  readonly projector: ConeProjector | null
  private readonly z: Float64Array

  constructor(pattern: number, sign: 1 | -1, d: number, projector: ConeProjector | null) {
    this.pattern = pattern
    this.sign = sign
    this.projector = projector
    this.center = new Float64Array(d)
    this.point = new Float64Array(d)
    this.direction = new Float64Array(d)
    this.z = new Float64Array(d)
  }

  get isActive(): boolean {
    return this.shrinkage < 1
  }

  /** Evaluates p at V and returns ‖p‖. `threshold` is σβ. */
  evaluate(A: Matrix, patterns: PatternSet, V: Float64Array, step: number, threshold: number): number {
    const { z, center, point, direction } = this
    maskedTranspose(A, patterns, this.pattern, V, z)
    for (let c = 0; c < z.length; c++) z[c] = center[c] + this.sign * step * z[c]
    const norm = this.projector ? this.projector.project(z, threshold) : norm2(z)
    this.shrinkage = norm > threshold ? threshold / norm : 1
    if (!this.isActive) {
      point.fill(0)
      return 0
    }
    const q = this.projector?.projection ?? z
    for (let c = 0; c < z.length; c++) {
      direction[c] = q[c] / norm
      point[c] = (1 - this.shrinkage) * q[c]
    }
    return norm - threshold
  }

  /** F += σ_b·DᵢA·p. */
  addResponse(A: Matrix, patterns: PatternSet, F: Float64Array): void {
    if (this.isActive) maskedAccumulate(A, patterns, this.pattern, this.sign, this.point, F)
  }

  /** Makes p the next proximal centre. */
  recenter(): void {
    this.center.set(this.point)
    this.idle = this.isActive ? 0 : this.idle + 1
  }
}
