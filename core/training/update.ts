import type { NamedArrays, TrainedNetwork } from '../experiments/problem.ts'
import { combineInto } from '../kernels/elementwise.ts'
import type { RealArray } from '../linalg/matrix.ts'
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
 * stands for the mean over all rows, and the decay is that of the whole, so a batch of all rows gives exactly the gradient
 * step. Steps are taken in θ/unit (see Parameter.unit), which is where common learning rates fit. Where the optimizer
 * decouples the decay, it sees the first term alone, and the second is a gradient step at the same learning rate.
 *
 * @param lossGradient ∇ℓ summed over the batch; overwritten
 */
export function applyUpdate<T extends RealArray>(
  network: TrainedNetwork<T>,
  lossGradient: NamedArrays<T>,
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
    const share = (scale * beta) / n
    const coupled = shrink && !optimizer.decoupled
    combineInto(scale / rows, g, coupled ? share : 0, coupled ? shrink : g)
    optimizer.step(name, g)
    // Before θ changes, with which weight decay shares its memory.
    if (shrink && !coupled) combineInto(1, g, share, shrink)
    combineInto(1, theta, -learningRate * scale, g)
  }
}
