import type { FamilyId, SettingsOf } from '../experiments/document.ts'
import type { Problem } from '../experiments/problem.ts'
import { Matrix } from '../linalg/matrix.ts'
import { columnNorms, combine, multiply, scaleColumns } from '../linalg/products.ts'
import { orthonormalColumns } from '../linalg/qr.ts'

/** Update rules that are linear in the gradient: a rotation of the features rotates every step, and nothing else. */
const LINEAR: readonly SettingsOf<'sgd'>['optimizer'][] = ['gd', 'sgd', 'momentum', 'nesterov']

/** Families whose first layer is X·W1, its decay (if any) ½‖W1‖². */
const FAMILIES: readonly FamilyId[] = ['relu', 'relu-bias', 'bn-relu', 'relu-bn', 'linear']

/** Features a row from which half the products and more are saved, and epochs that pay for the rotation. */
const WIDE = 1.5
const LEAST_EPOCHS = 30
/** Multiply–adds an epoch from which seconds are at stake. */
const LEAST_WORK = 1e7

/**
 * Is gradient training on rotated data the same, and faster? Only in single precision: in double
 * results are held against others to rounding, and the data stay as they are.
 */
export function worthRotating(
  { X, network }: Pick<Problem, 'X' | 'network'>,
  { optimizer, precision, epochs }: SettingsOf<'sgd'>,
  work: number,
): boolean {
  const exact = LINEAR.includes(optimizer) && FAMILIES.includes(network.family)
  const pays = X.cols >= WIDE * X.rows && work >= LEAST_WORK && epochs >= LEAST_EPOCHS
  return precision === 'f32' && exact && pays
}

/**
 * Data with more features than rows, seen in an orthonormal basis Q (d×n) of a space that holds its rows.
 *
 * X·W1 = (XQ)(QᵀW1), and gradient descent, with momentum or without, takes the same steps in either basis. Of W1 the
 * part outside the space meets no data: each of its columns keeps its direction and only decays. It is one more row here,
 * the length of that part, beside a feature that is 0, so that the norm of every column, and with it any decay, is that of
 * W1. Rows of n + 1 entries in place of d: for n < d as many multiply–adds fewer.
 */
export class RowSpace {
  /** XQ and a column of zeros, n×(n + 1). */
  readonly X: Matrix
  /** QᵀW1 of the start over the lengths outside the space, (n + 1)×m. */
  readonly start: Matrix
  /** d×n. */
  private readonly Q: Matrix
  /** The directions outside the space, d×m, unit columns or zeros. */
  private readonly outside: Matrix

  /**
   * @param X n×d, n ≤ d
   * @param W1 d×m, the first layer of the start
   */
  constructor(X: Matrix, W1: Matrix) {
    const Q = orthonormalColumns(X.transpose())
    const inside = multiply(Q, W1, { transposeA: true })
    const rest = combine(1, W1, -1, multiply(Q, inside))
    const lengths = columnNorms(rest)
    this.Q = Q
    this.outside = scaleColumns(
      rest,
      lengths.map((length) => (length === 0 ? 0 : 1 / length)),
    )
    this.X = withColumn(multiply(X, Q))
    this.start = Matrix.zeros(inside.rows + 1, W1.cols)
    this.start.data.set(inside.data)
    this.start.data.set(lengths, inside.data.length)
  }

  /** W1 (d×m) of a first layer in the rotated basis, (n + 1)×m. */
  restore(A: Matrix): Matrix {
    const n = A.rows - 1
    const inside = new Matrix(n, A.cols, A.data.subarray(0, n * A.cols))
    return combine(1, multiply(this.Q, inside), 1, scaleColumns(this.outside, A.row(n)))
  }
}

/** A with a column of zeros behind. */
function withColumn(A: Matrix): Matrix {
  const wide = Matrix.zeros(A.rows, A.cols + 1)
  for (let i = 0; i < A.rows; i++) wide.row(i).set(A.row(i))
  return wide
}
