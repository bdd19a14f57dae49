import { Matrix } from '../linalg/matrix.ts'
import { multiply, scaleColumns } from '../linalg/products.ts'
import type { Loss } from '../losses/index.ts'
import { rowRange } from './blocks.ts'
import {
  addColumnSums,
  columnSlopes,
  noSums,
  removeMean,
  removeNormalized,
  type ColumnSums,
} from './bn-backward.ts'
import { normalize, scaleShift, type BatchStatistics, type HiddenLayer } from './bn-statistics.ts'
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
  dX: Matrix | null
}

export interface NormalizedGradient {
  loss: number
  gradient: NormalizedWeights
}

export interface GradientOptions {
  /** Training rows (patch rows), of which those of `hidden` are all or a batch. */
  n: number
  /** Whether `hidden` is (X·W1)₊. */
  rectified?: boolean
  /** Receives ∂ℓ/∂X where X is itself made of parameters. */
  dX?: Matrix | null
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
  sums: ColumnSums
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
 * fit one block, its blocks are computed again there. Of deep networks this is the last hidden layer, X the activations
 * before it, and dX = dH·W1ᵀ goes on.
 */
export function bnLossGradient(
  weights: NormalizedWeights,
  hidden: HiddenLayer,
  Y: Matrix,
  loss: Loss,
  { n, rectified = false, dX = null }: GradientOptions,
): NormalizedGradient {
  const pass = { weights, hidden, statistics: hidden.statistics(n), n, rectified, dX }
  const outer = outputSweep(pass, Y, loss)
  return {
    loss: outer.loss,
    gradient: {
      W1: inputSweep(pass, outer),
      gamma: outer.sums.ofProducts,
      alpha: outer.sums.plain.map((sum) => sum / Math.sqrt(n)),
      W2: outer.dW2,
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
    sums: noSums(m),
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
    addColumnSums(computed.N, computed.dZ, sweep.sums)
    if (hidden.blocks.length === 1) sweep.kept = computed
  })
  return sweep
}

/** dW1, and dX where it is wanted. Overwrites `kept`. */
function inputSweep(pass: Pass, { dF, sums, kept }: OutputSweep): Matrix {
  const {
    weights: { W1, gamma },
    hidden,
    statistics,
    n,
    rectified,
    dX,
  } = pass
  const { group } = hidden.source
  const dW1 = Matrix.zeros(W1.rows, W1.cols)
  const share = sums.ofProducts.map((sum) => (sum * n) / hidden.rows)
  const mean = sums.plain.map((sum) => sum / hidden.rows)
  const slopes = columnSlopes(gamma, statistics)
  const sloped = dX && scaleColumns(W1, slopes)
  const meanLast = !rectified && !dX
  const again = (index: number): HiddenBlock => {
    const { first, rows } = hidden.blocks[index]
    const { N, A, H } = activate(pass, index)
    return { N, dZ: backward(pass, A, rowRange(dF, first / group, rows / group)), H }
  }
  hidden.blocks.forEach(({ first, rows }, i) => {
    const { N, dZ, H } = kept ?? again(i)
    removeNormalized(dZ, N, share)
    if (!meanLast) removeMean(dZ, mean)
    if (H) maskInactive(dZ, H)
    multiply(hidden.source.take(first, rows), dZ, { transposeA: true, beta: 1, out: dW1 })
    if (dX && sloped) multiply(dZ, sloped, { transposeB: true, out: rowRange(dX, first, rows) })
  })
  if (meanLast) {
    // Xᵀ(1·mean(dZ)ᵀ) = x̄ᵀ·(1ᵀdZ): the mean term of dH, taken off once for all blocks.
    const total = new Matrix(1, W1.cols, sums.plain)
    multiply(hidden.source.means(), total, { transposeA: true, alpha: -1, beta: 1, out: dW1 })
  }
  return scaleColumns(dW1, slopes, dW1)
}
