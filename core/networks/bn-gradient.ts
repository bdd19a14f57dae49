import type { Matrix, RealArray } from '../linalg/matrix.ts'
import { multiply, scaleColumns } from '../linalg/products.ts'
import type { Loss } from '../losses/index.ts'
import { rowRange } from './blocks.ts'
import {
  addColumnSums,
  centerSlopes,
  columnSlopes,
  noSums,
  scaleGradients,
  type ColumnSums,
} from './bn-backward.ts'
import { normalize, scaleShift, type BatchStatistics, type HiddenLayer } from './bn-statistics.ts'
import { maskInactive } from './feedforward.ts'
import type { NormalizedWeights } from './normalized.ts'
import { repeatActive, sumGroups } from './pooling.ts'

/** What does not change during one gradient. */
interface Pass<T extends RealArray> {
  weights: NormalizedWeights<T>
  hidden: HiddenLayer<T>
  statistics: BatchStatistics
  n: number
  rectified: boolean
  dX: Matrix<T> | null
}

export interface NormalizedGradient<T extends RealArray> {
  loss: number
  gradient: NormalizedWeights<T>
  statistics: BatchStatistics
}

export interface GradientOptions<T extends RealArray> {
  /** Training rows (patch rows), of which those of `hidden` are all or a batch. */
  n: number
  /** Whether `hidden` is (X·W1)₊. */
  rectified?: boolean
  /** Receives ∂ℓ/∂X where X is itself made of parameters. */
  dX?: Matrix<T> | null
}

/** What one block of rows needs kept for the second sweep, rows×m each. */
interface HiddenBlock<T extends RealArray> {
  /** Normalised columns. */
  N: Matrix<T>
  /** ∂ℓ/∂Z with Z = N·diag(γ) + 1αᵀ/√n. */
  dZ: Matrix<T>
  /** The hidden layer itself, where the ReLU comes before the statistics. */
  H: Matrix<T> | null
}

interface OutputSweep<T extends RealArray> {
  loss: number
  /** samples×K. */
  dF: Matrix<T>
  dW2: Matrix<T>
  sums: ColumnSums
  /** The hidden layer, when it is one block. */
  kept: HiddenBlock<T> | null
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
export function bnLossGradient<T extends RealArray>(
  weights: NormalizedWeights<T>,
  hidden: HiddenLayer<T>,
  Y: Matrix<RealArray>,
  loss: Loss,
  { n, rectified = false, dX = null }: GradientOptions<T>,
): NormalizedGradient<T> {
  const pass: Pass<T> = { weights, hidden, statistics: hidden.statistics(n), n, rectified, dX }
  const outer = outputSweep(pass, Y, loss)
  return {
    loss: outer.loss,
    statistics: pass.statistics,
    gradient: {
      W1: inputSweep(pass, outer),
      ...scaleGradients(outer.sums, n, outer.dW2),
      W2: outer.dW2,
    },
  }
}

/** One block: N, the activations before they are summed over patches, and the hidden layer where it is needed. */
function activate<T extends RealArray>(
  { hidden, statistics, weights, n, rectified }: Pass<T>,
  index: number,
): { N: Matrix<T>; A: Matrix<T>; H: Matrix<T> | null } {
  const taken = hidden.take(index)
  const H = rectified ? taken.clone() : null
  const N = normalize(taken, statistics)
  return { N, A: scaleShift(N, weights, n, !rectified), H }
}

/** dF·W2ᵀ for every row of a sample, where A > 0. */
function backward<T extends RealArray>(
  { weights: { W2 }, hidden, rectified }: Pass<T>,
  A: Matrix<T>,
  dF: Matrix<T>,
): Matrix<T> {
  const dA = multiply(dF, W2, { transposeB: true })
  return rectified ? dA : repeatActive(dA, hidden.source.group, A)
}

function outputSweep<T extends RealArray>(pass: Pass<T>, Y: Matrix<RealArray>, loss: Loss): OutputSweep<T> {
  const {
    weights: { W2 },
    hidden,
  } = pass
  const { like, group } = hidden.source
  const m = W2.rows
  const sweep: OutputSweep<T> = {
    loss: 0,
    dF: like.roomAlike(hidden.rows / group, W2.cols),
    dW2: like.zerosAlike(m, W2.cols),
    sums: noSums(m),
    kept: null,
  }
  hidden.eachBlock((block, i) => {
    const [first, rows] = [block.first / group, block.rows / group]
    const [Yb, dFb] = [rowRange(Y, first, rows), rowRange(sweep.dF, first, rows)]
    const { N, A, H } = activate(pass, i)
    const pooled = sumGroups(A, group)
    multiply(pooled, W2, { out: dFb })
    sweep.loss += loss.replaceByGradient(dFb, Yb)
    multiply(pooled, dFb, { transposeA: true, beta: 1, out: sweep.dW2 })
    const computed = { N, dZ: backward(pass, A, dFb), H }
    addColumnSums(computed.N, computed.dZ, sweep.sums)
    if (hidden.blocks.length === 1) sweep.kept = computed
  })
  return sweep
}

/** dW1, and dX where it is wanted. Overwrites `kept`. */
function inputSweep<T extends RealArray>(pass: Pass<T>, { dF, sums, kept }: OutputSweep<T>): Matrix<T> {
  const { weights, hidden, statistics, n, dX } = pass
  const { W1, gamma } = weights
  const { like, group } = hidden.source
  const dW1 = like.zerosAlike(W1.rows, W1.cols)
  const slopes = columnSlopes(gamma, statistics)
  const sloped = dX && scaleColumns(W1, slopes, like.roomAlike(W1.rows, W1.cols))
  const again = (index: number): HiddenBlock<T> => {
    const { first, rows } = hidden.blocks[index]
    const { N, A, H } = activate(pass, index)
    return { N, dZ: backward(pass, A, rowRange(dF, first / group, rows / group)), H }
  }
  hidden.eachBlock(({ first, rows }, i) => {
    const { N, dZ, H } = kept ?? again(i)
    centerSlopes(dZ, N, sums, n, hidden.rows)
    if (H) maskInactive(dZ, H)
    multiply(hidden.source.take(first, rows), dZ, { transposeA: true, beta: 1, out: dW1 })
    if (dX && sloped) multiply(dZ, sloped, { transposeB: true, out: rowRange(dX, first, rows) })
  })
  return scaleColumns(dW1, slopes, dW1)
}
