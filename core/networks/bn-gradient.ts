import type { TrainedNetwork } from '../experiments/problem.ts'
import { Matrix } from '../linalg/matrix.ts'
import { multiply, scaleColumns } from '../linalg/products.ts'
import type { Loss } from '../losses/index.ts'
import { fromMatrix, fromVector, matrixOf, vectorOf } from './arrays.ts'
import { columnMeans, HiddenLayer, normalize, scaleShift, type BatchStatistics } from './bn-statistics.ts'
import { BLOCK_ENTRIES, rowRange } from './blocks.ts'
import type { LossGradient } from './family.ts'
import { maskInactive, rectify } from './relu.ts'

/** What does not change during one gradient. */
interface Pass {
  X: Matrix
  W1: Matrix
  W2: Matrix
  gamma: Float64Array
  alpha: Float64Array
  n: number
  hidden: HiddenLayer
  statistics: BatchStatistics
}

/** What one block of rows needs kept for the second sweep, rows×m each. */
interface HiddenBlock {
  /** Normalised columns. */
  N: Matrix
  /** ∂ℓ/∂Z with Z = N·diag(γ) + 1αᵀ/√n. */
  dZ: Matrix
}

interface OutputSweep {
  loss: number
  /** rows×K. */
  dF: Matrix
  dW2: Matrix
  /** 1ᵀdZ. */
  sumZ: Float64Array
  /** 1ᵀ(dZ∘N). */
  sumZN: Float64Array
  /** The hidden layer, when it is one block. */
  kept: HiddenBlock | null
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
  const pass = startPass(network, X, n, entries)
  const outer = outputSweep(pass, Y, loss)
  return {
    loss: outer.loss,
    gradient: {
      W1: fromMatrix(inputSweep(pass, outer)),
      gamma: fromVector(outer.sumZN),
      alpha: fromVector(outer.sumZ.map((sum) => sum / Math.sqrt(n))),
      W2: fromMatrix(outer.dW2),
    },
  }
}

function startPass(network: TrainedNetwork, X: Matrix, n: number, entries: number): Pass {
  const [W1, W2] = [matrixOf(network, 'W1'), matrixOf(network, 'W2')]
  const [gamma, alpha] = [vectorOf(network, 'gamma'), vectorOf(network, 'alpha')]
  const hidden = new HiddenLayer(X, W1, entries)
  return { X, W1, W2, gamma, alpha, n, hidden, statistics: hidden.statistics(n) }
}

/** N and A of one block. */
function activate({ hidden, statistics, gamma, alpha, n }: Pass, index: number): { N: Matrix; A: Matrix } {
  const N = normalize(hidden.take(index), statistics)
  return { N, A: rectify(scaleShift(N.clone(), gamma, alpha, n)) }
}

/** dF·W2ᵀ where A > 0. */
function backward(W2: Matrix, A: Matrix, dF: Matrix): Matrix {
  const dZ = multiply(dF, W2, { transposeB: true })
  maskInactive(dZ, A)
  return dZ
}

function outputSweep(pass: Pass, Y: Matrix, loss: Loss): OutputSweep {
  const { X, W2, hidden } = pass
  const m = W2.rows
  const sweep: OutputSweep = {
    loss: 0,
    dF: Matrix.zeros(X.rows, W2.cols),
    dW2: Matrix.zeros(m, W2.cols),
    sumZ: new Float64Array(m),
    sumZN: new Float64Array(m),
    kept: null,
  }
  hidden.blocks.forEach(({ first, rows }, i) => {
    const [Yb, dFb] = [rowRange(Y, first, rows), rowRange(sweep.dF, first, rows)]
    const { N, A } = activate(pass, i)
    const F = multiply(A, W2)
    sweep.loss += loss.value(F, Yb)
    loss.gradient(F, Yb, dFb)
    multiply(A, dFb, { transposeA: true, beta: 1, out: sweep.dW2 })
    const block = { N, dZ: backward(W2, A, dFb) }
    addColumnSums(block, sweep)
    if (hidden.blocks.length === 1) sweep.kept = block
  })
  return sweep
}

/** dW1. Overwrites `kept`. */
function inputSweep(pass: Pass, { dF, sumZ, sumZN, kept }: OutputSweep): Matrix {
  const { X, W1, W2, gamma, n, hidden, statistics } = pass
  const dW1 = Matrix.zeros(W1.rows, W1.cols)
  const share = sumZN.map((sum) => (sum * n) / X.rows)
  const again = (index: number): HiddenBlock => {
    const { first, rows } = hidden.blocks[index]
    const { N, A } = activate(pass, index)
    return { N, dZ: backward(W2, A, rowRange(dF, first, rows)) }
  }
  hidden.blocks.forEach(({ first, rows }, i) => {
    const { N, dZ } = kept ?? again(i)
    removeNormalized(dZ, N, share)
    multiply(rowRange(X, first, rows), dZ, { transposeA: true, beta: 1, out: dW1 })
  })
  // Xᵀ(1·mean(dZ)ᵀ) = x̄ᵀ·(1ᵀdZ): the mean term of dH, taken off once for all blocks.
  multiply(columnMeans(X), new Matrix(1, W1.cols, sumZ), { transposeA: true, alpha: -1, beta: 1, out: dW1 })
  return scaleColumns(
    dW1,
    statistics.norm.map((norm, j) => (norm === 0 ? 0 : gamma[j] / norm)),
    dW1,
  )
}

/** sumZ += 1ᵀdZ and sumZN += 1ᵀ(dZ∘N). */
function addColumnSums({ N, dZ }: HiddenBlock, { sumZ, sumZN }: OutputSweep): void {
  const m = N.cols
  for (let i = 0; i < N.rows; i++) {
    for (let j = 0, at = i * m; j < m; j++, at++) {
      sumZ[j] += dZ.data[at]
      sumZN[j] += dZ.data[at] * N.data[at]
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
