import type { TrainedNetwork } from '../../../core/experiments/problem.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { frobeniusNorm, identity, multiply, scale } from '../../../core/linalg/products.ts'
import { reluNetwork } from '../../../core/networks/index.ts'

/** The Hadamard matrix of Sylvester of order 2^k, rows of norm 1. */
function hadamard(k: number): Matrix {
  const size = 2 ** k
  const sign = (i: number, j: number): number => {
    let bits = i & j
    let parity = 0
    for (; bits > 0; bits >>= 1) parity ^= bits & 1
    return parity === 0 ? 1 : -1
  }
  const H = Matrix.zeros(size, size)
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) H.set(i, j, sign(i, j) / Math.sqrt(size))
  return H
}

/**
 * A network of L ≥ 4 layers that gives each of K whitened samples (K×d, K even) an output of its own and carries only
 * K/2 + 1 directions: with u, v₁, …, v_m, m = K/2, rows of a Hadamard matrix, layer 1 places the samples at u ± v_i ≥ 0,
 * layers 2 … L − 2 project on the span of these rows, the neurons of layer L − 1 are ±v_i, layer L is diagonal. All
 * layers have the norm G with G^L = √(2K)·√(m + 1)^{L−3}·√K·√K, so that the weight decay is (L/2)G².
 */
export function bottleneckNetwork(X: Matrix, L: number): TrainedNetwork {
  const [K, m] = [X.rows, X.rows / 2]
  const H = hadamard(Math.ceil(Math.log2(m + 1)))
  const [places, neurons] = [Matrix.zeros(K, H.cols), Matrix.zeros(H.cols, K)]
  const span = Matrix.zeros(m + 1, H.cols)
  for (let i = 0; i <= m; i++) span.row(i).set(H.row(i))
  for (let k = 0; k < K; k++) {
    const sign = k < m ? 1 : -1
    for (let j = 0; j < H.cols; j++) {
      const v = sign * H.get(1 + (k % m), j)
      places.set(k, j, H.get(0, j) + v)
      neurons.set(j, k, v)
    }
  }
  const projection = multiply(span, span, { transposeA: true })
  const layers = [
    multiply(X, places, { transposeA: true }),
    ...Array.from({ length: L - 3 }, () => projection.clone()),
    neurons,
    identity(K),
  ]
  const norm = layers.reduce((product, W) => product * frobeniusNorm(W), 1) ** (1 / L)
  for (const W of layers) scale(norm / frobeniusNorm(W), W.data)
  return reluNetwork(...layers)
}
