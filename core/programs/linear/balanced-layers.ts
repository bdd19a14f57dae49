import type { TrainedNetwork } from '../../experiments/problem.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { scaleColumns } from '../../linalg/products.ts'
import { thinSvd, type Svd } from '../../linalg/svd.ts'
import { linearNetwork } from '../../networks/index.ts'

/** Singular values up to this share of the largest are rounding; deep networks would pay for them with σ^{2/L}. */
const ROUNDING = 1e-12

/** The singular value decomposition of W without what is rounding. */
export function significantSvd(W: Matrix): Svd {
  const { U, s, V } = thinSvd(W)
  const rank = s.filter((value) => value > ROUNDING * s[0]).length
  return { U: leadingColumns(U, rank), s: s.slice(0, rank), V: leadingColumns(V, rank) }
}

/**
 * The network of L layers with product W = USVᵀ (d×K) of rank m and the least weight decay (THEORY 3.7): W1 = U·S^{1/L},
 * S^{1/L} (m×m) between, WL = S^{1/L}·Vᵀ. W = 0 gives no hidden units.
 */
export function balancedNetwork({ U, s, V }: Svd, layers: number): TrainedNetwork {
  const root = s.map((value) => value ** (1 / layers))
  const first = scaleColumns(U, root)
  const last = scaleColumns(V, root).transpose()
  const between = Array.from({ length: layers - 2 }, () => diagonal(root))
  return linearNetwork(first, ...between, last)
}

/** The first `count` columns, a copy. */
function leadingColumns(A: Matrix, count: number): Matrix {
  const result = Matrix.zeros(A.rows, count)
  for (let i = 0; i < A.rows; i++) result.row(i).set(A.row(i).subarray(0, count))
  return result
}

function diagonal(values: Float64Array): Matrix {
  const result = Matrix.zeros(values.length, values.length)
  for (let k = 0; k < values.length; k++) result.set(k, k, values[k])
  return result
}
