import type { Problem, TrainedNetwork } from '../experiments/problem.ts'
import { Matrix } from '../linalg/matrix.ts'
import { norm2 } from '../linalg/products.ts'
import { bnReluNetwork, reluNetwork } from '../networks/index.ts'
import type { ArrangedMatrix } from './arranged.ts'
import type { Block } from './program.ts'

/** A hidden neuron before its scale is split: response (A·v)₊ times the sign. */
export type Neuron = Pick<Block, 'sign' | 'vector'>

/**
 * The network whose weights realise neurons v with output signs, each with weight-decay cost β‖v‖ (THEORY 3.1, 3.2).
 *
 * relu: hidden weight v/√‖v‖, output weight ±√‖v‖. bn-relu, c = ‖v‖: hidden weight VΣ⁻¹v_{1:r}/‖v_{1:r}‖,
 * γ = ‖v_{1:r}‖/√c, α = v_{r+1}/√c, output weight ±√c.
 */
export function recoverNetwork(
  { X, network }: Pick<Problem, 'X' | 'network'>,
  arranged: ArrangedMatrix,
  neurons: readonly Neuron[],
): TrainedNetwork {
  const kept = neurons.filter(({ vector }) => norm2(vector) > 0)
  return network.family === 'bn-relu' ? recoverBatchNorm(X, arranged, kept) : recoverRelu(X, arranged, kept)
}

function recoverRelu(X: Matrix, { toFeatures }: ArrangedMatrix, neurons: readonly Neuron[]): TrainedNetwork {
  const W1 = Matrix.zeros(X.cols, neurons.length)
  const W2 = Matrix.zeros(neurons.length, 1)
  neurons.forEach(({ sign, vector }, j) => {
    const root = Math.sqrt(norm2(vector))
    setColumn(W1, j, toFeatures(vector), 1 / root)
    W2.data[j] = sign * root
  })
  return reluNetwork(W1, W2)
}

function recoverBatchNorm(
  X: Matrix,
  { A, toFeatures }: ArrangedMatrix,
  neurons: readonly Neuron[],
): TrainedNetwork {
  const W1 = Matrix.zeros(X.cols, neurons.length)
  const W2 = Matrix.zeros(neurons.length, 1)
  const gamma = new Float64Array(neurons.length)
  const alpha = new Float64Array(neurons.length)
  neurons.forEach(({ sign, vector }, j) => {
    const root = Math.sqrt(norm2(vector))
    const direction = norm2(vector.subarray(0, A.cols - 1))
    if (direction > 0) setColumn(W1, j, toFeatures(vector), 1 / direction)
    gamma[j] = direction / root
    alpha[j] = vector[A.cols - 1] / root
    W2.data[j] = sign * root
  })
  return bnReluNetwork({ W1, gamma, alpha, W2 }, X)
}

function setColumn(W: Matrix, j: number, values: Float64Array, scale: number): void {
  for (let i = 0; i < W.rows; i++) W.set(i, j, scale * values[i])
}
