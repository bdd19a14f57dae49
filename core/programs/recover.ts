import type { TrainedNetwork } from '../experiments/problem.ts'
import { Matrix } from '../linalg/matrix.ts'
import { norm2 } from '../linalg/products.ts'
import { bnReluNetwork, reluNetwork, type BnReluWeights } from '../networks/index.ts'
import type { Block } from './program.ts'

/** A hidden neuron before its scale is split: response (A·v)₊ times the output direction. */
export type Neuron = Pick<Block, 'output' | 'vector'>

/** Hidden weights on the features from a vector in the coordinates of the arranged matrix. */
type ToFeatures = (v: Float64Array) => Float64Array

/**
 * The two-layer ReLU network of neurons v with output directions g, each with weight-decay cost β‖v‖ (THEORY 3.1): hidden
 * weight v/√‖v‖, output weights √‖v‖·g.
 *
 * @param d features; @param K outputs
 */
export function recoverRelu(
  neurons: readonly Neuron[],
  toFeatures: ToFeatures,
  d: number,
  K: number,
): TrainedNetwork {
  const kept = active(neurons)
  const W1 = Matrix.zeros(d, kept.length)
  kept.forEach(({ vector }, j) => setColumn(W1, j, toFeatures(vector), 1 / Math.sqrt(norm2(vector))))
  return reluNetwork(W1, outputWeights(kept, K))
}

/**
 * The batch-normalised network of neurons v (THEORY 3.2), c = ‖v‖: hidden weight VΣ⁻¹v_{1:r}/‖v_{1:r}‖,
 * γ = ‖v_{1:r}‖/√c, α = v_{r+1}/√c, output weights √c·g. A neuron without direction has γ = 0.
 *
 * @param X n×d training data, for the statistics
 */
export function recoverBatchNorm(
  neurons: readonly Neuron[],
  toFeatures: ToFeatures,
  X: Matrix,
  K: number,
): TrainedNetwork {
  return bnReluNetwork(batchNormWeights(neurons, toFeatures, X.cols, K), X)
}

/** The weights of a batch-normalised layer on d inputs; see {@link recoverBatchNorm}. */
export function batchNormWeights(
  neurons: readonly Neuron[],
  toFeatures: ToFeatures,
  d: number,
  K: number,
): BnReluWeights {
  const kept = active(neurons)
  const W1 = Matrix.zeros(d, kept.length)
  const gamma = new Float64Array(kept.length)
  const alpha = new Float64Array(kept.length)
  kept.forEach(({ vector }, j) => {
    const root = Math.sqrt(norm2(vector))
    const last = vector.length - 1
    const direction = norm2(vector.subarray(0, last))
    if (direction > 0) setColumn(W1, j, toFeatures(vector), 1 / direction)
    gamma[j] = direction / root
    alpha[j] = vector[last] / root
  })
  return { W1, gamma, alpha, W2: outputWeights(kept, K) }
}

const active = (neurons: readonly Neuron[]) => neurons.filter(({ vector }) => norm2(vector) > 0)

function outputWeights(neurons: readonly Neuron[], K: number): Matrix {
  const W2 = Matrix.zeros(neurons.length, K)
  neurons.forEach(({ output, vector }, j) => {
    const root = Math.sqrt(norm2(vector))
    for (let k = 0; k < K; k++) W2.set(j, k, root * output[k])
  })
  return W2
}

function setColumn(W: Matrix, j: number, values: Float64Array, scale: number): void {
  for (let i = 0; i < W.rows; i++) W.set(i, j, scale * values[i])
}
