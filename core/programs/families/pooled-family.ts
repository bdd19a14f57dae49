import { arrangementOf, buildArrangement, GrowingArrangement } from '../../arrangements/arrangement.ts'
import type { TrainedNetwork } from '../../experiments/problem.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { PooledDictionary } from '../dictionaries/pooled.ts'
import type { Block } from '../program.ts'
import type { ProgramFamily } from './family.ts'

/**
 * The families whose neurons respond with pooled ReLUs of an arranged matrix: relu, bn-relu and conv-bn. Cells, atoms and
 * exported gates are all in the coordinates of A.
 *
 * @param A (n·p)×r; @param patches p
 */
export function pooledFamily(
  A: Matrix,
  patches: number,
  recover: (blocks: readonly Block[]) => TrainedNetwork,
): ProgramFamily<PooledDictionary> {
  return {
    dictionary: (settings, seed) => new PooledDictionary(A, buildArrangement(A, settings, seed), patches),
    growing: () => new PooledDictionary(A, new GrowingArrangement(A), patches),
    admit: ({ arrangement }, theta) =>
      arrangement instanceof GrowingArrangement ? arrangement.join(theta) : -1,
    seeds: ({ arrangement: { gates } }) => Array.from({ length: gates.rows }, (_, i) => gates.row(i).slice()),
    atom: (_dictionary, { vector }) => vector.slice(),
    recover: (_dictionary, blocks) => recover(blocks),
    arrays({ arrangement: { gates } }) {
      return { gates: { shape: [gates.rows, gates.cols], data: gates.data } }
    },
    restore({ gates: { shape, data } }, complete) {
      return new PooledDictionary(
        A,
        arrangementOf(A, new Matrix(shape[0], shape[1], data), complete),
        patches,
      )
    },
    pooled: { A, patches },
  }
}
