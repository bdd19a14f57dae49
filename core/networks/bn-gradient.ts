import { Matrix } from '../linalg/matrix.ts'
import { multiply, scaleColumns } from '../linalg/products.ts'
import type { Loss } from '../losses/index.ts'
import { fromMatrix, fromVector } from './arrays.ts'
import { rowRange } from './blocks.ts'
import { normalize, scaleShift, type BatchStatistics, type HiddenLayer } from './bn-statistics.ts'
import type { LossGradient } from './family.ts'
import { maskInactive, rectify } from './feedforward.ts'
import type { NormalizedWeights } from './normalized.ts'
import { repeatRows, sumGroups } from './pooling.ts'

/** What does not change during one gradient. */
interface Pass {
  weights: NormalizedWeights
  hidden: HiddenLayer
  statistics: BatchStatistics
  n: number
  rectified: boolean
}

/** What one block of rows needs kept for the second sweep, rows×m each. */
interface HiddenBlock {
  /** Normalised columns. */
  N: Matrix
  /** ∂ℓ/∂Z with Z = N·diag(γ) + 1αᵀ/√n. */
  dZ: Matrix
  /** The hidden layer itself, where the ReLU comes before the statistics. */
  H: Matrix | null
}

interface OutputSweep {
  loss: number
  /** samples×K. */
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
 * ℓ and ∇ℓ of a batch-normalised network, through the statistics of the rows behind `hidden`.
 *
 * With N = (H − mean)/norm, H = X·W1, Z = Nγ + α/√n, A = Z₊ summed over the patches of a sample, F = A·W2 and
 * dZ = dF·W2ᵀ where Z > 0:
 *
 *     dα = 1ᵀdZ/√n,  dγ = 1ᵀ(dZ∘N),  dH = (dZ − mean(dZ) − N·(n/rows)·dγ)·γ/norm,  dW1 = XᵀdH
 *
 * (norm carries √(n/rows), so the columns of N have norm √(rows/n).) With the ReLU before the statistics H = (X·W1)₊,
 * A = Z and dH counts where H > 0. The column sums come first, dW1 in a second sweep; when the hidden layer does not
 * fit one block, its blocks are computed again there.
 *
 * @param n number of training rows (patch rows), of which those of `hidden` are all or a batch
 * @param rectified whether `hidden` is (X·W1)₊
 */
export function bnLossGradient(
  weights: NormalizedWeights,
  hidden: HiddenLayer,
  Y: Matrix,
  loss: Loss,
  n: number,
  rectified = false,
): LossGradient {
  const pass = { weights, hidden, statistics: hidden.statistics(n), n, rectified }
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

/** One block: N, the activations before they are summed over patches, and the hidden layer where it is needed. */
function activate(
  { hidden, statistics, weights: { gamma, alpha }, n, rectified }: Pass,
  index: number,
): { N: Matrix; A: Matrix; H: Matrix | null } {
  const taken = hidden.take(index)
  const H = rectified ? taken.clone() : null
  const N = normalize(taken, statistics)
  const Z = scaleShift(N.clone(), gamma, alpha, n)
  return { N, A: rectified ? Z : rectify(Z), H }
}

/** dF·W2ᵀ for every row of a sample, where A > 0. */
function backward({ weights: { W2 }, hidden, rectified }: Pass, A: Matrix, dF: Matrix): Matrix {
  const dZ = repeatRows(multiply(dF, W2, { transposeB: true }), hidden.source.group)
  if (!rectified) maskInactive(dZ, A)
  return dZ
}

function outputSweep(pass: Pass, Y: Matrix, loss: Loss): OutputSweep {
  const {
    weights: { W2 },
    hidden,
  } = pass
  const { group } = hidden.source
  const m = W2.rows
  const sweep: OutputSweep = {
    loss: 0,
    dF: Matrix.zeros(hidden.rows / group, W2.cols),
    dW2: Matrix.zeros(m, W2.cols),
    sumZ: new Float64Array(m),
    sumZN: new Float64Array(m),
    kept: null,
  }
  hidden.blocks.forEach((block, i) => {
    const [first, rows] = [block.first / group, block.rows / group]
    const [Yb, dFb] = [rowRange(Y, first, rows), rowRange(sweep.dF, first, rows)]
    const { N, A, H } = activate(pass, i)
    const pooled = sumGroups(A, group)
    const F = multiply(pooled, W2)
    sweep.loss += loss.value(F, Yb)
    loss.gradient(F, Yb, dFb)
    multiply(pooled, dFb, { transposeA: true, beta: 1, out: sweep.dW2 })
    const computed = { N, dZ: backward(pass, A, dFb), H }
    addColumnSums(computed, sweep)
    if (hidden.blocks.length === 1) sweep.kept = computed
  })
  return sweep
}

/** dW1. Overwrites `kept`. */
function inputSweep(pass: Pass, { dF, sumZ, sumZN, kept }: OutputSweep): Matrix {
  const {
    weights: { W1, gamma },
    hidden,
    statistics,
    n,
    rectified,
  } = pass
  const { group } = hidden.source
  const dW1 = Matrix.zeros(W1.rows, W1.cols)
  const share = sumZN.map((sum) => (sum * n) / hidden.rows)
  const mean = sumZ.map((sum) => sum / hidden.rows)
  const again = (index: number): HiddenBlock => {
    const { first, rows } = hidden.blocks[index]
    const { N, A, H } = activate(pass, index)
    return { N, dZ: backward(pass, A, rowRange(dF, first / group, rows / group)), H }
  }
  hidden.blocks.forEach(({ first, rows }, i) => {
    const { N, dZ, H } = kept ?? again(i)
    removeNormalized(dZ, N, share)
    if (H) {
      removeMean(dZ, mean)
      maskInactive(dZ, H)
    }
    multiply(hidden.source.take(first, rows), dZ, { transposeA: true, beta: 1, out: dW1 })
  })
  if (!rectified) {
    // Xᵀ(1·mean(dZ)ᵀ) = x̄ᵀ·(1ᵀdZ): the mean term of dH, taken off once for all blocks.
    const total = new Matrix(1, W1.cols, sumZ)
    multiply(hidden.source.means(), total, { transposeA: true, alpha: -1, beta: 1, out: dW1 })
  }
  return scaleColumns(
    dW1,
    statistics.norm.map((norm, j) => (norm === 0 ? 0 : gamma[j] / norm)),
    dW1,
  )
}

/** sumZ += 1ᵀdZ and sumZN += 1ᵀ(dZ∘N). */
function addColumnSums({ N, dZ }: HiddenBlock, { sumZ, sumZN }: Pick<OutputSweep, 'sumZ' | 'sumZN'>): void {
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

/** dZ −= 1·meanᵀ, in place. */
function removeMean(dZ: Matrix, mean: Float64Array): void {
  for (let i = 0; i < dZ.rows; i++) {
    const row = dZ.row(i)
    for (let j = 0; j < mean.length; j++) row[j] -= mean[j]
  }
}
