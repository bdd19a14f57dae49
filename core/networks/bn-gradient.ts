import type { Matrix, RealArray } from '../linalg/matrix.ts'
import { multiply, scaleColumns } from '../linalg/products.ts'
import type { Loss } from '../losses/index.ts'
import { rowRange } from './blocks.ts'
import { bnActivation, type BnActivation } from './bn-activation.ts'
import { columnSlopes, noSums, scaleGradients, type ColumnSums } from './bn-backward.ts'
import type { BatchStatistics, HiddenLayer } from './bn-statistics.ts'
import type { NormalizedWeights } from './normalized.ts'

/** What does not change during one gradient. */
interface Pass<T extends RealArray> {
  weights: NormalizedWeights<T>
  hidden: HiddenLayer<T>
  statistics: BatchStatistics
  activation: BnActivation<T>
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

interface OutputSweep<T extends RealArray> {
  loss: number
  /** samples×K. */
  dF: Matrix<T>
  dW2: Matrix<T>
  sums: ColumnSums
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
 * A = Z and dH counts where H > 0. The column sums come first, dW1 in a second sweep. Both go by blocks that stay in a
 * cache, where making N and dZ a second time is faster than fetching them would be. Of deep networks this is the last
 * hidden layer, X the activations before it, and dX = dH·W1ᵀ goes on.
 */
export function bnLossGradient<T extends RealArray>(
  weights: NormalizedWeights<T>,
  hidden: HiddenLayer<T>,
  Y: Matrix<RealArray>,
  loss: Loss,
  { n, rectified = false, dX = null }: GradientOptions<T>,
): NormalizedGradient<T> {
  const statistics = hidden.statistics(n)
  const { rows, source } = hidden
  const activation = bnActivation<T>({ statistics, scale: weights, n, rows, group: source.group, rectified })
  const pass: Pass<T> = { weights, hidden, statistics, activation, dX }
  const outer = outputSweep(pass, Y, loss)
  return {
    loss: outer.loss,
    statistics,
    gradient: {
      W1: inputSweep(pass, outer),
      ...scaleGradients(outer.sums, n, outer.dW2),
      W2: outer.dW2,
    },
  }
}

function outputSweep<T extends RealArray>(pass: Pass<T>, Y: Matrix<RealArray>, loss: Loss): OutputSweep<T> {
  const {
    weights: { W2 },
    hidden,
    activation,
  } = pass
  const { like, group } = hidden.source
  const m = W2.rows
  const sweep: OutputSweep<T> = {
    loss: 0,
    dF: like.roomAlike(hidden.rows / group, W2.cols),
    dW2: like.zerosAlike(m, W2.cols),
    sums: noSums(m),
  }
  hidden.eachBlock((block, i) => {
    const [first, rows] = [block.first / group, block.rows / group]
    const [Yb, dFb] = [rowRange(Y, first, rows), rowRange(sweep.dF, first, rows)]
    const { A, addSums } = activation.forth(hidden.take(i))
    multiply(A, W2, { out: dFb })
    sweep.loss += loss.replaceByGradient(dFb, Yb)
    multiply(A, dFb, { transposeA: true, beta: 1, out: sweep.dW2 })
    addSums(multiply(dFb, W2, { transposeB: true }), sweep.sums)
  })
  return sweep
}

/** dW1, and dX where it is wanted. */
function inputSweep<T extends RealArray>(pass: Pass<T>, { dF, sums }: OutputSweep<T>): Matrix<T> {
  const { weights, hidden, statistics, activation, dX } = pass
  const { W1, W2, gamma } = weights
  const { like, group } = hidden.source
  const dW1 = like.zerosAlike(W1.rows, W1.cols)
  const slopes = columnSlopes(gamma, statistics)
  const sloped = dX && scaleColumns(W1, slopes, like.roomAlike(W1.rows, W1.cols))
  hidden.eachBlock(({ first, rows }, i) => {
    const dA = multiply(rowRange(dF, first / group, rows / group), W2, { transposeB: true })
    const dZ = activation.back(hidden.take(i), dA, sums)
    hidden.source.addTransposeTimes(dZ, first, rows, dW1)
    if (dX && sloped) multiply(dZ, sloped, { transposeB: true, out: rowRange(dX, first, rows) })
  })
  return scaleColumns(dW1, slopes, dW1)
}
