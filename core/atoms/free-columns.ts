import { Matrix } from '../linalg/matrix.ts'
import { combine, multiply, norm2 } from '../linalg/products.ts'
import { leastSquares } from '../linalg/svd.ts'
import type { Loss } from '../losses/index.ts'

/**
 * V moved onto freeᵀV = 0, in the domain of ℓ* as V was: its projection, mixed with as little as it takes of
 * Y − (projection of Y on the free columns), which is orthogonal to them and inside the domain (every class share
 * strictly between 0 and 1) when the free column is that of ones.
 */
export function orthogonalToFree(V: Matrix, free: Matrix, loss: Loss, Y: Matrix): Matrix {
  const projected = withoutSpan(V, free)
  if (Number.isFinite(loss.dualValue(projected, Y))) return projected
  const inside = insidePoint(free, loss, Y)
  for (let share = 1e-12; share < 1; share *= 4) {
    const mixed = combine(1 - share, projected, share, inside)
    if (Number.isFinite(loss.dualValue(mixed, Y))) return mixed
  }
  return inside
}

/** ±1 labels become half as long: yᵢvᵢ is then the share of the other class. */
function insidePoint(free: Matrix, loss: Loss, Y: Matrix): Matrix {
  const centered = withoutSpan(Y, free)
  return loss.id === 'cross-entropy' ? centered : combine(0.5, centered, 0, centered)
}

function withoutSpan(V: Matrix, free: Matrix): Matrix {
  let result = V
  // A second pass removes what rounding of the first has left.
  for (let pass = 0; pass < 2; pass++)
    result = combine(1, result, -1, multiply(free, leastSquares(free, result)))
  // All of V in the span: what is left has no direction, and must not be scaled up as a dual point of equality.
  return norm2(result.data) <= ROUNDING * norm2(V.data) ? Matrix.zeros(V.rows, V.cols) : result
}

const ROUNDING = 1e-13
