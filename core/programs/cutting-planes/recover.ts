import type { TrainedNetwork } from '../../experiments/problem.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { reluBiasNetwork, reluNetwork } from '../../networks/index.ts'
import type { OutputProgram } from './output-program.ts'
import type { CuttingSetUp } from './set-up.ts'

/**
 * The network of the outputs' programs: a neuron u with output weight w becomes √|w|·u and ±√|w|, so that weight decay
 * costs |w|. Each neuron serves one output: its regulariser is then the program's Σ‖w‖₁.
 *
 * @param d features
 */
export function recoverCuts(
  programs: readonly OutputProgram[],
  { data, bias }: CuttingSetUp,
  d: number,
): TrainedNetwork {
  const results = programs.map((program) => program.result())
  const neurons = results.flatMap(({ columns }, output) => columns.map((column) => ({ ...column, output })))
  const W1 = Matrix.zeros(d, neurons.length)
  const W2 = Matrix.zeros(neurons.length, programs.length)
  const b1 = new Float64Array(neurons.length)
  neurons.forEach(({ neuron, weight, output }, j) => {
    const root = Math.sqrt(Math.abs(weight))
    const { u, b } = data.toFeatures(neuron)
    u.forEach((value, c) => {
      W1.set(c, j, root * value)
    })
    b1[j] = root * b
    W2.set(j, output, Math.sign(weight) * root)
  })
  if (!bias) return reluNetwork(W1, W2)
  return reluBiasNetwork({ W1, b1, W2, b2: Float64Array.from(results, ({ outputBias }) => outputBias) })
}
