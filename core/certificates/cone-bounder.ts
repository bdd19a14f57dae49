import type { PooledForm } from './pooled-form.ts'
import { ScalarBounder } from './scalar-bounder.ts'
import type { WorkingCone } from './simplicial-cone.ts'
import { VectorBounder } from './vector-bounder.ts'

/** Bounds F on cones. What it knows of the hyperplanes that miss a cone is in the cone's `form`. */
export interface ConeBounder {
  /** Entries of `form`. */
  readonly formSize: number
  /** What a squared length of an edge costs beside the kinks on it (see WorkingCone.chooseCut). */
  curvature(closing: number): number
  /** Fills the form of a root cone: the linear part of F. */
  start(cone: WorkingCone): void
  /** Takes in a hyperplane whose term is linear and active on the whole cone. */
  absorb(cone: WorkingCone, row: number): void
  /** Whether `bound` looks at the images of a cone; else it makes do with their sums. */
  readonly needsImages: boolean
  /**
   * Notes what is needed of vertex k, given the rows of the cone; returns ‖F‖ there.
   *
   * @param images of crossing row e at that vertex: entry first + e·stride
   */
  settle(cone: WorkingCone, k: number, images: Float64Array, first: number, stride: number): number
  /** Lowers the bounds of the cone, those that are above `closing`. */
  bound(cone: WorkingCone, closing: number): void
  /** Where F is linear on the cone and its bound exact: the direction in which the bound is attained. */
  readonly direction: Float64Array
}

/** The bounder for the outputs of F: both signs of one, or the norm of several. */
export function coneBounder(form: PooledForm): ConeBounder {
  return form.weights.cols === 1 ? new ScalarBounder(form) : new VectorBounder(form)
}
