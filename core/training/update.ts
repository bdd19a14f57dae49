import type { NamedArrays, TrainedNetwork } from '../experiments/problem.ts'
import { parameters, regularizerGradient } from '../networks/index.ts'
import type { Optimizer } from './optimizers.ts'

export interface UpdateScale {
  learningRate: number
  /** Rows of the batch that the loss gradient is a sum over. */
  rows: number
  /** Training rows n. */
  n: number
  beta: number
}

/**
 * One step on the trained function (1/n)·(ℓ + β·regulariser), in place.
 *
 * The batch gradient is g = ∇ℓ_batch/rows + (β/n)·∇regulariser (θ itself for weight decay): the mean over the batch
 * stands for the mean over all rows, and the decay is that of the whole, so a batch of all rows gives exactly the gradient step. Steps are taken in
 * θ/unit (see Parameter.unit), which is where common learning rates fit.
 *
 * @param lossGradient ∇ℓ summed over the batch; overwritten
 */
export function applyUpdate(
  network: TrainedNetwork,
  lossGradient: NamedArrays,
  optimizer: Optimizer,
  { learningRate, rows, n, beta }: UpdateScale,
): void {
  optimizer.tick()
  const decay = regularizerGradient(network)
  for (const { name, unit } of parameters(network)) {
    const theta = network.arrays[name].data
    const g = lossGradient[name].data
    const scale = unit(n)
    const shrink = name in decay ? decay[name].data : null
    for (let at = 0; at < g.length; at++) {
      g[at] = scale * (g[at] / rows + (shrink ? (beta / n) * shrink[at] : 0))
    }
    optimizer.step(name, g)
    const rate = learningRate * scale
    for (let at = 0; at < g.length; at++) theta[at] -= rate * g[at]
  }
}
