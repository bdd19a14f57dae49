import type { TrainedNetwork } from '../experiments/problem.ts'
import { Matrix } from '../linalg/matrix.ts'
import { multiply, scaleColumns } from '../linalg/products.ts'
import type { Loss } from '../losses/index.ts'
import { fromMatrix, fromVector, matrixOf, vectorOf } from './arrays.ts'
import { columnMeans, HiddenLayer, normalize, scaleShift } from './bn-statistics.ts'
import { BLOCK_ENTRIES, rowRange } from './blocks.ts'
import type { LossGradient } from './family.ts'
import { maskInactive, rectify } from './relu.ts'

/** What one block of rows needs kept for the backward pass, rows×m each. */
interface HiddenBlock {
  /** Normalised columns. */
  N: Matrix
  /** ∂ℓ/∂Z with Z = N·diag(γ) + 1αᵀ/√n. */
  dZ: Matrix
}

/**
 * ℓ and ∇ℓ of the batch-normalised network, through the statistics of the rows of X.
 *
 * With N = (H − mean)/norm, H = X·W1, Z = Nγ + α/√n, A = Z₊, F = A·W2 and dZ = dF·W2ᵀ where Z > 0:
 *
 *     dα = 1ᵀdZ/√n,  dγ = 1ᵀ(dZ∘N),  dH = (dZ − mean(dZ) − N·(n/rows)·dγ)·γ/norm,  dW1 = XᵀdH
 *
 * (norm carries √(n/rows), so the columns of N have norm √(rows/n).) The column sums come first, dW1 in a second
 * sweep; when the hidden layer does not fit one block, its blocks are computed again there.
 *
 * @param n number of training rows, of which X (rows×d) is all or a batch
 * @param entries of the hidden layer computed at a time
 */
export function bnLossGradient(
  network: TrainedNetwork,
  X: Matrix,
  Y: Matrix,
  loss: Loss,
  n: number,
  entries = BLOCK_ENTRIES,
): LossGradient {
  const [W1, W2] = [matrixOf(network, 'W1'), matrixOf(network, 'W2')]
  const [gamma, alpha] = [vectorOf(network, 'gamma'), vectorOf(network, 'alpha')]
  const hidden = new HiddenLayer(X, W1, entries)
  const statistics = hidden.statistics(n)
  const dF = Matrix.zeros(X.rows, W2.cols)
  const dW2 = Matrix.zeros(W2.rows, W2.cols)
  const sums = { dZ: new Float64Array(W1.cols), dZN: new Float64Array(W1.cols) }

  const activate = (index: number): { N: Matrix; A: Matrix } => {
    const N = normalize(hidden.take(index), statistics)
    return { N, A: rectify(scaleShift(N.clone(), gamma, alpha, n)) }
  }
  const backward = (N: Matrix, A: Matrix, dFb: Matrix): HiddenBlock => {
    const dZ = multiply(dFb, W2, { transposeB: true })
    maskInactive(dZ, A)
    return { N, dZ }
  }

  const { blocks } = hidden
  let value = 0
  let kept: HiddenBlock | null = null
  blocks.forEach(({ first, rows }, i) => {
    const [Yb, dFb] = [rowRange(Y, first, rows), rowRange(dF, first, rows)]
    const { N, A } = activate(i)
    const F = multiply(A, W2)
    value += loss.value(F, Yb)
    loss.gradient(F, Yb, dFb)
    multiply(A, dFb, { transposeA: true, beta: 1, out: dW2 })
    const block = backward(N, A, dFb)
    addColumnSums(block, sums)
    if (blocks.length === 1) kept = block
  })

  const dW1 = Matrix.zeros(W1.rows, W1.cols)
  const share = sums.dZN.map((sum) => (sum * n) / X.rows)
  blocks.forEach(({ first, rows }, i) => {
    const again = (): HiddenBlock => {
      const { N, A } = activate(i)
      return backward(N, A, rowRange(dF, first, rows))
    }
    const { N, dZ } = kept ?? again()
    removeNormalized(dZ, N, share)
    multiply(rowRange(X, first, rows), dZ, { transposeA: true, beta: 1, out: dW1 })
  })
  // Xᵀ(1·mean(dZ)ᵀ) = x̄ᵀ·(1ᵀdZ): the mean term of dH, taken off once for all blocks.
  multiply(columnMeans(X), new Matrix(1, W1.cols, sums.dZ), {
    transposeA: true,
    alpha: -1,
    beta: 1,
    out: dW1,
  })
  scaleColumns(
    dW1,
    statistics.norm.map((norm, j) => (norm === 0 ? 0 : gamma[j] / norm)),
    dW1,
  )
  return {
    loss: value,
    gradient: {
      W1: fromMatrix(dW1),
      gamma: fromVector(sums.dZN),
      alpha: fromVector(sums.dZ.map((sum) => sum / Math.sqrt(n))),
      W2: fromMatrix(dW2),
    },
  }
}

/** sums.dZ += 1ᵀdZ and sums.dZN += 1ᵀ(dZ∘N). */
function addColumnSums({ N, dZ }: HiddenBlock, sums: { dZ: Float64Array; dZN: Float64Array }): void {
  const m = N.cols
  for (let i = 0; i < N.rows; i++) {
    for (let j = 0, at = i * m; j < m; j++, at++) {
      sums.dZ[j] += dZ.data[at]
      sums.dZN[j] += dZ.data[at] * N.data[at]
    }
  }
}

/** dZ −= N·diag(share), in place. */
function removeNormalized(dZ: Matrix, N: Matrix, share: Float64Array): void {
  const m = N.cols
  for (let i = 0; i < N.rows; i++) {
    for (let j = 0, at = i * m; j < m; j++, at++) dZ.data[at] -= N.data[at] * share[j]
  }
}
