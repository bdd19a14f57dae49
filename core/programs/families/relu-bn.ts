import { arrangementOf, buildArrangement, GrowingArrangement } from '../../arrangements/arrangement.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { reluBnNetwork } from '../../networks/index.ts'
import type { ArrangedMatrix } from '../arranged.ts'
import { ReluBnDictionary } from '../dictionaries/relu-bn.ts'
import { batchNormWeights } from '../recover.ts'
import type { ProgramFamily } from './family.ts'

/**
 * Batch normalisation after the ReLU (THEORY 3.4). An atom θ is (w, α): the hidden weight in the coordinates of A, in
 * such a scale that its centred response has the length γ, and the shift; ‖θ‖² stands for γ² + α².
 *
 * @param arranged A n×r, and the way back to features
 * @param X n×d training data, for the statistics; @param outputs K
 */
export function reluBnFamily(
  { A, toFeatures }: ArrangedMatrix,
  X: Matrix,
  outputs: number,
): ProgramFamily<ReluBnDictionary> {
  return {
    dictionary: (settings, seed) => new ReluBnDictionary(A, buildArrangement(A, settings, seed)),
    growing: () => new ReluBnDictionary(A, new GrowingArrangement(A)),
    admit: ({ arrangement }, theta) =>
      arrangement instanceof GrowingArrangement ? arrangement.join(theta.subarray(0, A.cols)) : -1,
    seeds: ({ arrangement: { gates } }) =>
      Array.from({ length: gates.rows }, (_, i) => Float64Array.of(...gates.row(i), 0)),
    atom(dictionary, { cell, vector }) {
      const theta = new Float64Array(A.cols + 1)
      theta.set(dictionary.weight(cell, vector))
      theta[A.cols] = vector[A.cols]
      return theta
    },
    recover(dictionary, blocks) {
      const cells = new Map(blocks.map(({ cell, vector }) => [vector, cell]))
      const weight = (v: Float64Array): Float64Array => toFeatures(dictionary.weight(cells.get(v)!, v))
      return reluBnNetwork(batchNormWeights(blocks, weight, X.cols, outputs), X)
    },
    arrays({ arrangement: { gates } }) {
      return { gates: { shape: [gates.rows, gates.cols], data: gates.data } }
    },
    restore({ gates: { shape, data } }, complete) {
      return new ReluBnDictionary(A, arrangementOf(A, new Matrix(shape[0], shape[1], data), complete))
    },
    pooled: null,
  }
}
