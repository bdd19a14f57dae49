import type { Matrix } from '../../linalg/matrix.ts'
import { multiplyVector } from '../../linalg/products.ts'

/** A hidden neuron with ‖u‖ = 1 in the coordinates of the arranged data: its response is (Au + b1)₊. */
export interface UnitNeuron {
  readonly u: Float64Array
  readonly b: number
  /** Neurons of one cell respond linearly together: their sum is a neuron of the cell, and not longer than they are. */
  readonly cell: number
}

/** A neuron and what a dual vector pays for it: |vᵀ(Au + b1)₊|. */
export interface PricedNeuron extends UnitNeuron {
  readonly value: number
}

/** Where the neurons of a cutting-plane method come from: the most violated constraints of the dual. */
export interface CutOracle {
  /** How many cells were enumerated; null where none were. */
  readonly cells: number | null
  /**
   * @param v n entries, with biases 1ᵀv = 0
   * @param floor values up to this are not of interest
   * @returns rho: an upper bound of the largest value among the oracle's neurons, exact where it exceeds `floor`;
   * neurons: the best of each cell whose value exceeds `floor`, the largest first
   */
  price(v: Float64Array, floor: number): { rho: number; neurons: PricedNeuron[] }
  /** An upper bound of max ‖Vᵀ(Au + b1)₊‖₂ over all neurons for V with columns like v; null where none is known. */
  boundVectors(V: Matrix): number | null
}

/** (Au + b1)₊, n entries. */
export function respond(A: Matrix, { u, b }: Pick<UnitNeuron, 'u' | 'b'>): Float64Array {
  return multiplyVector(A, u).map((t) => Math.max(0, t + b))
}
