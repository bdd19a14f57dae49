import type { TrainedNetwork } from '../experiments/problem.ts'
import { Matrix } from '../linalg/matrix.ts'
import type { Stream } from '../random/index.ts'

/** A unit-size neuron or sub-network and its output weights: it predicts φ(θ)cᵀ at the cost β‖c‖₂. */
export interface Atom {
  /** Unit size. */
  readonly theta: Float64Array
  /** K entries. */
  readonly c: Float64Array
}

/** Responses of several parameters at once, and the way back. */
export interface Linearization {
  /** n×m: column j is φ(θ_j). */
  readonly responses: Matrix
  /** G n×m ↦ m×size: row j is the generalised gradient of gⱼᵀφ(θ_j), gⱼ column j of G. */
  pull(G: Matrix): Matrix
}

/**
 * The unit atoms φ(θ) of one network family on one data set (THEORY §2): the training problem is
 *
 *     min ℓ(F, Y) + β Σⱼ ‖cⱼ‖₂,   F = Σⱼ φ(θⱼ)cⱼᵀ + free·B,   size(θⱼ) = 1.
 *
 * φ and the size are positively homogeneous of degree 1 in what {@link normalize} scales, and smooth where no kink of a
 * ReLU is crossed. Arrays passed as `out` are overwritten.
 */
export interface AtomFamily {
  /** Samples n. */
  readonly rows: number
  /** Network outputs K. */
  readonly outputs: number
  /** Entries of θ. */
  readonly size: number
  /** Columns that are free of charge (the output bias), n×q, or null. */
  readonly free: Matrix | null
  /** φ(θ), n entries. */
  respond(theta: Float64Array, out: Float64Array): void
  /** The generalised gradient of gᵀφ(θ) with respect to θ, `size` entries; the derivative of the ReLU at 0 is 0. */
  pull(theta: Float64Array, g: Float64Array, out: Float64Array): void
  /** Scales θ to unit size in place; returns its size before. */
  normalize(theta: Float64Array): number
  /** Multiplies the size of θ, in place. */
  rescale(theta: Float64Array, factor: number): void
  /** Returns size(θ)², and its gradient divided by 2 in `out`. */
  square(theta: Float64Array, out: Float64Array): number
  /**
   * What gᵀφ is largest at, up to scale, when the linear piece of φ around θ is continued everywhere; where it is
   * absent, {@link pull} is that.
   */
  ascend?(theta: Float64Array, g: Float64Array, out: Float64Array): void
  /** A random unit θ. */
  draw(stream: Stream): Float64Array
  /**
   * The network of the atoms and the free output weights B (q×K): its predictions are F, its regulariser is Σ‖cⱼ‖.
   *
   * @param B absent where {@link free} is null
   */
  recover(atoms: readonly Atom[], B?: Matrix): TrainedNetwork
  /** The rows of thetas (m×size) at once; families without it are asked one by one. */
  linearize?(thetas: Matrix): Linearization
  /**
   * Climbs from a unit θ until no small move raises ‖Vᵀφ‖, kinks included; returns a unit θ. V: n×K. Maxima below
   * `floor` are of no use: a climb that will not reach it may end early.
   */
  climb?(theta: Float64Array, V: Matrix, floor: number): Float64Array
  /** Every maximiser of ‖Vᵀφ‖ and some other local maxima, exactly: only where that is possible. */
  maximize?(V: Matrix): Float64Array[]
  /** There are finitely many atoms, all of them found by {@link maximize}: nothing can be slid. */
  readonly finite?: boolean
}

/** Responses and gradients of the rows of thetas (m×size). */
export function linearize(family: AtomFamily, thetas: Matrix): Linearization {
  if (family.linearize) return family.linearize(thetas)
  const responses = Matrix.zeros(thetas.rows, family.rows)
  for (let j = 0; j < thetas.rows; j++) family.respond(thetas.row(j), responses.row(j))
  return { responses: responses.transpose(), pull: (G) => pullEach(family, thetas, G.transpose()) }
}

function pullEach(family: AtomFamily, thetas: Matrix, G: Matrix): Matrix {
  const result = Matrix.zeros(thetas.rows, family.size)
  for (let j = 0; j < thetas.rows; j++) family.pull(thetas.row(j), G.row(j), result.row(j))
  return result
}

/** Parameters as the rows of a matrix (copies). */
export function stack(family: AtomFamily, thetas: readonly Float64Array[]): Matrix {
  const result = Matrix.zeros(thetas.length, family.size)
  thetas.forEach((theta, j) => result.row(j).set(theta))
  return result
}
