/**
 * Neural collapse (Papyan, Han & Donoho 2020; THEORY 5.9): in the last hidden layer of a classifier the samples of a class
 * come together (NC1), the class means become the vertices of a simplex (NC2), and the output weights point at them (NC3).
 */
import type { TrainedNetwork } from '../experiments/problem.ts'
import { Matrix } from '../linalg/matrix.ts'
import { axpy, columnNorms, frobeniusNorm, gram, multiply } from '../linalg/products.ts'
import { numericalRank, thinSvd } from '../linalg/svd.ts'
import type { LabelCoding } from '../losses/index.ts'
import { lastHidden, outputWeights } from '../networks/last-hidden.ts'

export interface NeuralCollapse {
  /** Classes with samples, C. */
  classes: number
  /** NC1, Tr(Σ_W·Σ_B†)/C: spread within classes over spread between them; 0 when every class is one point. */
  withinClass: number
  /** NC2, standard deviation over mean of the distances ‖μ_c − μ‖ of the class means from the mean of all samples. */
  equinorm: number
  /** NC2, standard deviation of the cosines between centred class means. */
  equiangularity: number
  /** NC2, mean of |cos + 1/(C − 1)|: how far those angles are from the largest that C directions can have. */
  maximalAngle: number
  /**
   * ‖G/‖G‖_F − S/‖S‖_F‖_F with G the Gram matrix of the centred class means and S = I − 11ᵀ/C that of a simplex
   * equiangular tight frame: 0 exactly when the means are one up to scale and rotation.
   */
  simplexDistance: number
  /**
   * NC3, ‖W/‖W‖_F − M/‖M‖_F‖²_F between the output weights and the centred class means, in [0, 4]. What the weights of
   * all classes have in common decides nothing and is taken off first.
   */
  duality: number
}

/**
 * @param X n×d
 * @param Y n×K: ±1 (K = 1) or one-hot
 * @returns null for regression, with fewer than two classes, or where all class means coincide
 */
export function neuralCollapse(
  network: TrainedNetwork,
  X: Matrix,
  Y: Matrix,
  labels: LabelCoding,
): NeuralCollapse | null {
  if (labels === 'real') return null
  const classOf = classIndices(Y)
  return collapseOf(lastHidden(network, X), classOf, classWeights(outputWeights(network)))
}

/**
 * The same of activations A (n×m) and output weights W (m×C, a column a class; `classOf` indexes them).
 */
export function collapseOf(A: Matrix, classOf: readonly number[], W: Matrix): NeuralCollapse | null {
  const present = [...new Set(classOf)].sort((a, b) => a - b)
  const C = present.length
  if (C < 2) return null
  const groups = present.map((index) => classOf.flatMap((own, i) => (own === index ? [i] : [])))
  const { means, within } = centeredMeans(A, groups)
  const size = frobeniusNorm(means)
  if (!(size > 0)) return null
  const norms = columnNorms(means)
  const G = gram(means)
  const cosines = upperTriangle(G).map(({ i, j, value }) => value / (norms[i] * norms[j]))
  return {
    classes: C,
    withinClass: withinOverBetween(means, within),
    equinorm: deviation([...norms]) / mean([...norms]),
    equiangularity: deviation(cosines),
    maximalAngle: mean(cosines.map((cosine) => Math.abs(cosine + 1 / (C - 1)))),
    simplexDistance: distanceOfDirections(G, simplexGram(C)),
    duality: distanceOfDirections(centerRows(columnsOf(W, present)), means) ** 2,
  }
}

/** The column of every row of Y that is 1; of ±1 labels 0 for −1 and 1 for +1. */
function classIndices(Y: Matrix): number[] {
  return Array.from({ length: Y.rows }, (_, i) =>
    Y.cols === 1 ? Number(Y.data[i] > 0) : Y.row(i).findIndex((value) => value > 0),
  )
}

/** A column a class: one output w decides for −1 by −w and for +1 by w. */
function classWeights(W: Matrix): Matrix {
  if (W.cols !== 1) return W
  return Matrix.fromRows(Array.from(W.data, (w) => [-w, w]))
}

/** μ_c − μ as columns (m×C), and A minus the mean of its class (n×m). */
function centeredMeans(A: Matrix, groups: readonly number[][]): { means: Matrix; within: Matrix } {
  const all = meanRow(
    A,
    Array.from({ length: A.rows }, (_, i) => i),
  )
  const within = A.clone()
  const rows = groups.map((group) => {
    const own = meanRow(A, group)
    for (const i of group) axpy(-1, own, within.row(i))
    axpy(-1, all, own)
    return own
  })
  return { means: Matrix.fromRows(rows).transpose(), within }
}

function meanRow(A: Matrix, rows: readonly number[]): Float64Array {
  const sum = new Float64Array(A.cols)
  for (const i of rows) axpy(1 / rows.length, A.row(i), sum)
  return sum
}

/** Tr(Σ_W·Σ_B†)/C = ‖E·M⁺ᵀ‖²_F/n with Σ_B = MMᵀ/C, Σ_W = EᵀE/n. */
function withinOverBetween(means: Matrix, within: Matrix): number {
  const { U, s } = thinSvd(means)
  const rank = numericalRank(s)
  const along = multiply(within, U)
  let sum = 0
  for (let i = 0; i < along.rows; i++) {
    for (let k = 0; k < rank; k++) sum += (along.get(i, k) / s[k]) ** 2
  }
  return sum / within.rows
}

const simplexGram = (C: number): Matrix =>
  new Matrix(
    C,
    C,
    Float64Array.from({ length: C * C }, (_, at) => Number(at % (C + 1) === 0) - 1 / C),
  )

/** ‖A/‖A‖_F − B/‖B‖_F‖_F; a zero matrix has no direction and stays 0. */
function distanceOfDirections(A: Matrix, B: Matrix): number {
  const [a, b] = [frobeniusNorm(A) || 1, frobeniusNorm(B) || 1]
  return Math.hypot(...A.data.map((value, at) => value / a - B.data[at] / b))
}

function columnsOf(W: Matrix, columns: readonly number[]): Matrix {
  return Matrix.fromRows(columns.map((k) => W.columnCopy(k))).transpose()
}

/** A minus the mean of every row. */
function centerRows(A: Matrix): Matrix {
  const result = A.clone()
  for (let i = 0; i < A.rows; i++) {
    const row = result.row(i)
    const average = mean([...row])
    row.forEach((value, j) => (row[j] = value - average))
  }
  return result
}

function upperTriangle(G: Matrix): { i: number; j: number; value: number }[] {
  return Array.from({ length: G.rows }, (_, i) =>
    Array.from({ length: G.rows - i - 1 }, (_, k) => ({ i, j: i + k + 1, value: G.get(i, i + k + 1) })),
  ).flat()
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

function deviation(values: readonly number[]): number {
  const average = mean(values)
  return Math.sqrt(mean(values.map((value) => (value - average) ** 2)))
}
