import { buildTwoLevel } from '../../arrangements/two-level-enumeration.ts'
import {
  cellOf,
  growingTwoLevel,
  pointsOf,
  twoLevelOf,
  type TwoLevelCells,
} from '../../arrangements/two-level.ts'
import type { NamedArray } from '../../experiments/problem.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { norm2 } from '../../linalg/products.ts'
import { parallelNetwork, type Branch } from '../../networks/index.ts'
import type { ArrangedMatrix } from '../arranged.ts'
import { ParallelDictionary } from '../dictionaries/parallel.ts'
import type { Block } from '../program.ts'
import type { ProgramFamily } from './family.ts'

export interface ParallelSizes {
  /** Hidden units of the two layers of a sub-network. */
  m1: number
  m2: number
  /** Features. */
  d: number
  /** K. */
  outputs: number
}

/**
 * Three-layer parallel sub-networks with path norm (THEORY 3.6). An atom θ is (w₁₁ … w₁ₘ, w₂): the first-layer weights
 * of the m₁ hidden units in the coordinates of A, one after the other, and their m₁ second-layer weights; exported are
 * a point of each cell (`gates`) and the signs of its units (`signs`).
 *
 * @param arranged A n×r, and the way back to features
 */
export function parallelFamily(
  { A, toFeatures }: ArrangedMatrix,
  { m1, m2, d, outputs }: ParallelSizes,
): ProgramFamily<ParallelDictionary> {
  return {
    dictionary: (settings, seed) => new ParallelDictionary(A, buildTwoLevel(A, m1, settings, seed), m2),
    growing: () => new ParallelDictionary(A, growingTwoLevel(A, m1), m2),
    admit({ arrangement: { cells } }, theta) {
      const z = theta.slice(0, m1 * A.cols)
      const w2 = theta.subarray(m1 * A.cols)
      for (let at = 0; at < z.length; at++) z[at] *= w2[Math.floor(at / A.cols)]
      const cell = cellOf(A, z, w2)
      return cell ? cells.join(cell, z) : -1
    },
    seeds: ({ arrangement: { cells } }) =>
      Array.from({ length: cells.count }, (_, cell) => atomOf(cells, cell, cells.point(cell), A.cols)),
    atom: ({ arrangement: { cells } }, { cell, vector }) => atomOf(cells, cell, vector, A.cols),
    recover(dictionary, blocks) {
      const active = blocks.filter(({ vector }) => norm2(vector) > 0)
      const branches = active.map((block) => branchOf(dictionary, block, toFeatures, d, m2))
      return parallelNetwork(branches, [d, m1, m2, outputs])
    },
    arrays({ arrangement: { cells } }) {
      const { points, signs } = pointsOf(cells, A.cols)
      return { gates: toArray(points), signs: toArray(signs) }
    },
    restore({ gates, signs }, complete) {
      return new ParallelDictionary(A, twoLevelOf(A, toMatrix(gates), toMatrix(signs), complete), m2)
    },
    pooled: null,
  }
}

/** θ of z₁ … zₘ in a cell: w₁ⱼ = Iⱼzⱼ, w₂ = I. */
function atomOf(cells: TwoLevelCells, cell: number, z: Float64Array, r: number): Float64Array {
  const theta = new Float64Array(cells.units * (r + 1))
  for (let j = 0; j < cells.units; j++) theta[cells.units * r + j] = cells.sign(cell, j)
  for (let at = 0; at < z.length; at++) theta[at] = cells.sign(cell, Math.floor(at / r)) * z[at]
  return theta
}

/**
 * The sub-network of a block (D Proposition 1): W₁ = [Iⱼvⱼ]/√m₂, every column of W₂ the signs I, every row of W₃ the
 * output direction. Its path norm is ‖v‖.
 */
function branchOf(
  { A, arrangement: { cells } }: ParallelDictionary,
  { cell, output, vector }: Block,
  toFeatures: (v: Float64Array) => Float64Array,
  d: number,
  m2: number,
): Branch {
  const W1 = Matrix.zeros(d, cells.units)
  const W2 = Matrix.zeros(cells.units, m2)
  const W3 = Matrix.zeros(m2, output.length)
  for (let j = 0; j < cells.units; j++) {
    const sign = cells.sign(cell, j)
    const weight = toFeatures(vector.subarray(j * A.cols, (j + 1) * A.cols))
    for (let i = 0; i < d; i++) W1.set(i, j, (sign * weight[i]) / Math.sqrt(m2))
    W2.row(j).fill(sign)
  }
  for (let l = 0; l < m2; l++) W3.row(l).set(output)
  return [W1, W2, W3]
}

const toArray = ({ rows, cols, data }: Matrix): NamedArray => ({ shape: [rows, cols], data })
const toMatrix = ({ shape: [rows, cols], data }: NamedArray): Matrix => new Matrix(rows, cols, data)
