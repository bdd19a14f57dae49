import type { TrainedNetwork } from '../../../core/experiments/problem.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { frobeniusNorm, identity, multiply } from '../../../core/linalg/products.ts'
import { reluNetwork } from '../../../core/networks/index.ts'

const AXIS = [1, 1, 1].map((value) => value / Math.sqrt(3))
const ACROSS = [
  [1, -1, 0].map((value) => value / Math.SQRT2),
  [1, 1, -2].map((value) => value / Math.sqrt(6)),
]
/** Height and radius of unit rays on the widest circular cone of the positive orthant. */
const CONE = { height: Math.sqrt(2 / 3), radius: Math.sqrt(1 / 3) }

/**
 * A network of L ≥ 4 layers that gives each of K whitened samples (K×d) its own output with three neurons in all hidden
 * layers but the last: layer 1 places the samples on the rays of a circular cone in ℝ³, layers 2 … L − 2 are multiples
 * of the identity, layer L − 1 cuts off one ray a neuron. All layers have the same norm G with
 * G^L = ‖rays‖·√3^{L−3}·‖cuts‖·√K, so its weight decay is (L/2)G².
 */
export function bottleneckNetwork(X: Matrix, L: number): TrainedNetwork {
  const K = X.rows
  const { height, radius } = CONE
  const all = (h: number, r: number) =>
    Matrix.fromRows(Array.from({ length: K }, (_, k) => ray((2 * Math.PI * k) / K, h, r)))
  const nearest = Math.cos((2 * Math.PI) / K)
  // Zero at the two rays beside its own, 1 at its own.
  const own = radius * (1 - nearest)
  const cuts = all((-radius * nearest) / height / own, 1 / own).transpose()
  const layers = [
    multiply(X, all(height, radius), { transposeA: true }),
    ...Array.from({ length: L - 3 }, () => identity(3)),
    cuts,
    identity(K),
  ]
  const norm = layers.reduce((product, W) => product * frobeniusNorm(W), 1) ** (1 / L)
  return reluNetwork(
    ...layers.map((W) => {
      const factor = norm / frobeniusNorm(W)
      return new Matrix(
        W.rows,
        W.cols,
        W.data.map((value) => factor * value),
      )
    }),
  )
}

const ray = (angle: number, height: number, radius: number): number[] =>
  AXIS.map(
    (value, i) => height * value + radius * (Math.cos(angle) * ACROSS[0][i] + Math.sin(angle) * ACROSS[1][i]),
  )
