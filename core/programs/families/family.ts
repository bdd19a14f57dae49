import type { ArrangementSettings } from '../../experiments/document.ts'
import type { NamedArrays, TrainedNetwork } from '../../experiments/problem.ts'
import type { Matrix } from '../../linalg/matrix.ts'
import type { Dictionary } from '../dictionary.ts'
import type { Block } from '../program.ts'

/** What the convex programs need to know of a network family on one data set (THEORY §3). */
export interface ProgramFamily<D extends Dictionary = Dictionary> {
  /**
   * The cells that the settings ask for.
   *
   * @throws BidualError too-large when an enumeration asked for exceeds its limit
   */
  dictionary(settings: ArrangementSettings, seed: number): D
  /** An empty dictionary that grows cell by cell. */
  growing(): D
  /** The cell that atom θ lies in (coordinates of the family's atoms), added to a growing dictionary when it is new; −1 when θ responds with zero. */
  admit(dictionary: D, theta: Float64Array): number
  /** An atom inside every cell, in the coordinates of the family's atoms. */
  seeds(dictionary: D): Float64Array[]
  /** The atom θ of a block: its vector in the coordinates of the family's atoms, of the same size. */
  atom(dictionary: D, block: Block): Float64Array
  /** The network that realises blocks, each at a cost of ‖v‖ in the regularizer. */
  recover(dictionary: D, blocks: readonly Block[]): TrainedNetwork
  /** What is exported beside the weights, and what the certificate is recomputed from. */
  arrays(dictionary: D): NamedArrays
  /** The dictionary of exported arrays. */
  restore(arrays: NamedArrays, complete: boolean): D
  /**
   * Rows and patches of the pooled ReLU form whose ρ bounds that of the family over all neurons (see boundRho); null
   * where there is none.
   */
  readonly pooled: { A: Matrix; patches: number } | null
}
