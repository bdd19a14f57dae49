import { Matrix } from '../linalg/matrix.ts'
import { multiply, multiplyTransposeVector, multiplyVector, norm2, scaleColumns } from '../linalg/products.ts'
import { numericalRank, thinSvd } from '../linalg/svd.ts'

/** A neuron: unit u and its bias, 0 without biases. */
export interface Spike {
  readonly u: Float64Array
  readonly b: number
}

/** The responses Cu, or Cu + b1 with C centred, of linear neurons, and how long their shortest u is. */
export class ResponseRange {
  /** m×d. */
  readonly C: Matrix
  /** C, with biases [C, 1]. */
  readonly lifted: Matrix
  /** Whether some vector of m entries is not a response. */
  readonly isDependent: boolean
  private readonly bias: boolean
  /** Left singular vectors and C† from the singular values that count. */
  private readonly U: Matrix
  /** (C†)ᵀ, m×d. */
  private readonly inverse: Matrix

  /** @param C with biases, its columns have mean 0 */
  constructor(C: Matrix, bias: boolean) {
    const { U, s, V } = thinSvd(C)
    const rank = numericalRank(s, 10 * Number.EPSILON * Math.max(C.rows, C.cols))
    this.C = C
    this.bias = bias
    this.lifted = bias ? withOnes(C) : C
    this.isDependent = rank < C.rows - (bias ? 1 : 0)
    this.U = firstColumns(U, rank)
    const weights = s.slice(0, rank).map((value) => 1 / value)
    this.inverse = multiply(scaleColumns(this.U, weights), firstColumns(V, rank), { transposeB: true })
  }

  /** (CCᵀ)†, m×m: tᵀ·(CCᵀ)†·t is the square of the length of the shortest u that responds with t. */
  precision(): Matrix {
    return multiply(this.inverse, this.inverse, { transposeB: true })
  }

  /** The neuron with the shortest u whose response is nearest to t, scaled to ‖u‖ = 1. */
  shortest(t: Float64Array): Spike {
    return scaledToUnit(multiplyTransposeVector(this.inverse, t), this.bias ? mean(t) : 0)
  }

  /** The neuron with entries v in the coordinates of {@link lifted}. */
  unit(v: Float64Array): Spike {
    const d = this.C.cols
    return scaledToUnit(v.slice(0, d), this.bias ? v[d] : 0)
  }

  /** A vector in the coordinates of {@link lifted} at which row p is positive and row q negative, as much. */
  between(p: Float64Array, q: Float64Array): Float64Array {
    const v = p.map((value, c) => value - q[c])
    if (!this.bias) return v
    const d = this.C.cols
    v[d] = 0
    for (let c = 0; c < d; c++) v[d] -= 0.5 * (p[c] ** 2 - q[c] ** 2)
    return v
  }

  /** How far the rectified response is from the range, as a share of its norm, and the shortest ‖z‖ that comes nearest. */
  evaluate({ u, b }: Spike): { outside: number; stretch: number } {
    const y = multiplyVector(this.C, u).map((value) => Math.max(0, value + b))
    const offset = this.bias ? mean(y) : 0
    const rest = y.map((value) => value - offset)
    const stretch = norm2(multiplyTransposeVector(this.inverse, rest))
    const inside = multiplyVector(this.U, multiplyTransposeVector(this.U, rest))
    const size = norm2(y)
    return { outside: size > 0 ? norm2(rest.map((r, k) => r - inside[k])) / size : 0, stretch }
  }
}

export function withOnes(A: Matrix): Matrix {
  const result = Matrix.zeros(A.rows, A.cols + 1)
  for (let i = 0; i < A.rows; i++) {
    result.row(i).set(A.row(i))
    result.set(i, A.cols, 1)
  }
  return result
}

function scaledToUnit(u: Float64Array, b: number): Spike {
  const size = norm2(u)
  return size > 0 ? { u: u.map((value) => value / size), b: b / size } : { u, b }
}

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length

function firstColumns(A: Matrix, count: number): Matrix {
  const result = Matrix.zeros(A.rows, count)
  for (let i = 0; i < A.rows; i++) result.row(i).set(A.row(i).subarray(0, count))
  return result
}
