import type { NamedArrays, TrainedNetwork } from '../experiments/problem.ts'
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
    const coupled = optimizer.decoupled ? null : shrink
    if (coupled) combine(g, scale / rows, coupled, (scale * beta) / n)
    else for (let at = 0; at < g.length; at++) g[at] *= scale / rows
    optimizer.step(name, g)
    const rate = learningRate * scale
    // Before the step, which changes what weight decay shares its memory with.
    if (shrink && optimizer.decoupled) combine(g, 1, shrink, (scale * beta) / n)
    for (let at = 0; at < g.length; at++) theta[at] -= rate * g[at]
  }
}

/** g ← a·g + b·h. */
function combine(g: RealArray, a: number, h: RealArray, b: number): void {
  for (let at = 0; at < g.length; at++) g[at] = a * g[at] + b * h[at]
}
