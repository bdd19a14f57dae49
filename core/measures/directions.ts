/** Directions that hidden neurons are compared with: those that theory predicts, and those of the data. */
import type { Problem } from '../experiments/problem.ts'
import { centerColumns } from '../closed-form/minimum-norm.ts'
import { rowSpace } from '../data/spectrum.ts'
import { Matrix } from '../linalg/matrix.ts'
import { columnNorms, multiply, multiplyTransposeVector } from '../linalg/products.ts'
import { thinSvd } from '../linalg/svd.ts'

/** Orthonormal or unit directions, one a column, and what they are. */
export interface Directions {
  name: string
  /** d×k. */
  V: Matrix
}

/** Directions shown at most: the leading ones. */
const SHOWN = 12

/**
 * The directions that the neurons of the first layer are predicted to take, where a theorem names them: the left singular
 * vectors of XᵀY for linear networks (THEORY 3.7; Ergen & Pilanci 2021, Rem. 2.1), the direction of rank-one data for
 * ReLU networks (5.6).
 */
export function predictedDirections({ X, Y, network, summary }: Problem): Directions | null {
  if (network.family === 'linear') {
    const { U } = thinSvd(multiply(X, Y, { transposeA: true }))
    return { name: 'left singular vectors of XᵀY', V: leading(U, SHOWN) }
  }
  if (summary.rank === 1 && (network.family === 'relu' || network.family === 'relu-bias')) {
    return { name: 'direction of the rank-one data', V: leading(rowSpace(X).V, 1) }
  }
  return null
}

/**
 * Σⱼ |vᵢᵀwⱼ|/‖wⱼ‖ for every direction vᵢ, over the neurons wⱼ that are not zero (Ergen & Pilanci 2021, Fig. 5a).
 *
 * @param W d×m, a neuron a column; @param V d×k, a unit direction a column
 */
export function neuronProjections(W: Matrix, V: Matrix): Float64Array {
  const norms = columnNorms(W)
  const products = multiply(V, W, { transposeA: true })
  return Float64Array.from({ length: V.cols }, (_, i) =>
    products.row(i).reduce((sum, value, j) => sum + (norms[j] > 0 ? Math.abs(value) / norms[j] : 0), 0),
  )
}

/**
 * At most `count` right singular vectors of the centred data, evenly spaced from the first to the last by index, so that
 * strong and weak directions are both seen.
 *
 * @returns their indices and, as columns, the vectors
 */
export function dataDirections(X: Matrix, count: number): { indices: number[]; V: Matrix } {
  const { V } = rowSpace(centerColumns(X))
  const shown = Math.min(count, V.cols)
  const indices = Array.from({ length: shown }, (_, i) =>
    Math.round((i * (V.cols - 1)) / Math.max(1, shown - 1)),
  )
  const chosen = Matrix.zeros(V.rows, shown)
  for (let i = 0; i < V.rows; i++) chosen.row(i).set(indices.map((j) => V.get(i, j)))
  return { indices, V: chosen }
}

/**
 * d_i(W, W′) = ⟨vᵢᵀW, vᵢᵀW′⟩/(‖vᵢᵀW‖‖vᵢᵀW′‖): cosine similarity of two weight matrices along each direction (Ergen et al.
 * 2022, (21)); null where one of them has no part in it.
 *
 * @param W d×m, and W′ alike; @param V d×k
 */
export function similarities(W: Matrix, other: Matrix, V: Matrix): (number | null)[] {
  return Array.from({ length: V.cols }, (_, i) => {
    const v = V.columnCopy(i)
    return cosine(multiplyTransposeVector(W, v), multiplyTransposeVector(other, v))
  })
}

function cosine(a: Float64Array, b: Float64Array): number | null {
  let [ab, aa, bb] = [0, 0, 0]
  a.forEach((value, i) => {
    ab += value * b[i]
    aa += value * value
    bb += b[i] * b[i]
  })
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : null
}

function leading(A: Matrix, count: number): Matrix {
  const k = Math.min(count, A.cols)
  const result = Matrix.zeros(A.rows, k)
  for (let i = 0; i < A.rows; i++) result.row(i).set(A.row(i).subarray(0, k))
  return result
}
