import type { Matrix } from '../linalg/matrix.ts'
import { norm2 } from '../linalg/products.ts'
import type { Dictionary } from '../programs/dictionary.ts'
import type { BlockProjector } from './cone-projector.ts'
import { addResponse, alongOutput } from './responses.ts'

/**
 * One block of the working set: its proximal centre v̄ and the last evaluation of
 * p = prox_{σ(β‖·‖ + cone)}(v̄ + step·BᵢᵀVg), a group shrink of the exact cone projection q.
 */
export class WorkingBlock {
  readonly cell: number
  readonly output: Float64Array
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
  readonly projector: BlockProjector | null
  private readonly dictionary: Dictionary
  private readonly z: Float64Array
  private readonly pulled: Float64Array

  constructor(dictionary: Dictionary, cell: number, output: Float64Array, cones: boolean) {
    const d = dictionary.size
    this.dictionary = dictionary
    this.cell = cell
    this.output = output
    this.projector = cones ? dictionary.projector() : null
    this.projector?.load(cell)
    this.center = new Float64Array(d)
    this.point = new Float64Array(d)
    this.direction = new Float64Array(d)
    this.z = new Float64Array(d)
    this.pulled = new Float64Array(d)
  }

  get isActive(): boolean {
    return this.shrinkage < 1
  }

  /** B_iᵀVg of V n×K. */
  pull(V: Float64Array): Float64Array {
    this.dictionary.pull(this.cell, alongOutput(V, this.output), this.pulled)
    return this.pulled
  }

  /** Evaluates p where BᵢᵀVg is `pulled`, and returns ‖p‖. `threshold` is σβ. */
  evaluate(pulled: Float64Array, step: number, threshold: number): number {
    const { z, center, point, direction } = this
    for (let c = 0; c < z.length; c++) z[c] = center[c] + step * pulled[c]
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

  /** F += (Bᵢ·p)·gᵀ. */
  addResponse(F: Matrix): void {
    if (this.isActive) addResponse(this.dictionary, this.cell, this.output, this.point, F)
  }

  /** Makes p the next proximal centre. */
  recenter(): void {
    this.center.set(this.point)
    this.idle = this.isActive ? 0 : this.idle + 1
  }
}
