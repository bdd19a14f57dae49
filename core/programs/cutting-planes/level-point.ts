import { Matrix } from '../../linalg/matrix.ts'
import { conicLeastSquares } from '../../linalg/nnls.ts'
import { dot, norm2 } from '../../linalg/products.ts'

/** How far from the value at the centre to that at the corner. */
const LEVEL = 0.9
/** A residual this small says that rounding has left no point at the level. */
const NOTHING = 1e-14

export interface LevelQuestion {
  /** n entries. */
  readonly y: Float64Array
  /** Responses φⱼ with |φⱼᵀv| ≤ β. */
  readonly responses: readonly Float64Array[]
  readonly beta: number
  /** Whether 1ᵀv = 0. */
  readonly bias: boolean
  /** Whether 0 ≤ yᵢvᵢ ≤ 1, the domain of the hinge loss. */
  readonly box: boolean
}

/**
 * The point nearest to `center` among the v that satisfy the cuts and whose dual value yᵀv is nine tenths of the way from
 * that of the centre to that of the corner: where a linear program asks for new cuts (the level method of Lemaréchal,
 * Nemirovskii and Nesterov 1995). Corners themselves jump about. By least-distance programming (Lawson and Hanson 1974).
 *
 * @param center the best point that is feasible for all neurons
 * @param corner a solution of the program over the present ones
 * @returns null when rounding leaves nothing between them
 */
export function levelPoint(
  question: LevelQuestion,
  center: Float64Array,
  corner: Float64Array,
): Float64Array | null {
  const { normals, offsets } = constraints(question)
  const toLevel = norm2(question.y)
  normals.push(question.y.map((value) => value / toLevel))
  offsets.push(((1 - LEVEL) * dot(question.y, center) + LEVEL * dot(question.y, corner)) / toLevel)
  return nearest(normals, offsets, center)
}

/** The cuts as normalᵀv ≥ offset, normals of norm 1. */
function constraints({ y, responses, beta, bias, box }: LevelQuestion): {
  normals: Float64Array[]
  offsets: number[]
} {
  const normals: Float64Array[] = []
  const offsets: number[] = []
  const between = (least: number, normal: Float64Array, most: number): void => {
    normals.push(
      normal,
      normal.map((t) => -t),
    )
    offsets.push(least, -most)
  }
  for (const response of responses) {
    const size = norm2(response)
    between(
      -beta / size,
      response.map((t) => t / size),
      beta / size,
    )
  }
  if (box) y.forEach((label, i) => between(0, unit(y.length, i, label), 1))
  if (bias) between(0, new Float64Array(y.length).fill(1 / Math.sqrt(y.length)), 0)
  return { normals, offsets }
}

/** The nearest point to `center` with normalsₖᵀv ≥ offsetsₖ; null when there is none that rounding can tell. */
function nearest(
  normals: readonly Float64Array[],
  offsets: readonly number[],
  center: Float64Array,
): Float64Array | null {
  const n = center.length
  const missing = normals.map((normal, k) => offsets[k] - dot(normal, center))
  const scale = missing.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  if (scale === 0) return null
  const lifted = Matrix.zeros(normals.length, n + 1)
  normals.forEach((normal, k) => {
    lifted.row(k).set(normal)
    lifted.set(k, n, missing[k] / scale)
  })
  const { residual } = conicLeastSquares(lifted, unit(n + 1, n, 1))
  if (!(residual[n] > NOTHING)) return null
  return center.map((value, i) => value - (scale * residual[i]) / residual[n])
}

function unit(n: number, i: number, value: number): Float64Array {
  const e = new Float64Array(n)
  e[i] = value
  return e
}
