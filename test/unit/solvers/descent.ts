import type { Problem, TrainedNetwork } from '../../../core/experiments/problem.ts'
import { gradient, NETWORKS, parameters, shapeOf } from '../../../core/networks/index.ts'
import { stream } from '../../../core/random/index.ts'

/** Lowest objective of plain gradient descent with backtracking from a random start: an upper bound of the optimum. */
export function descend(problem: Problem, seed: number, { width = 12, steps = 300 } = {}): number {
  const { X, Y, loss, beta, network } = problem
  const family = NETWORKS[network.family]
  const shape = shapeOf({ ...problem, network: { ...network, width } as typeof network })
  let current = family.initialize(shape, { kind: 'gaussian', scale: 0.5 }, stream(seed))
  let step = 0.05
  let { objective: value, gradient: slope } = gradient(current, X, Y, loss, beta)
  for (let k = 0; k < steps && step > 1e-12; k++) {
    const trial = moved(current, slope, step, parameters(current))
    const next = gradient(trial, X, Y, loss, beta)
    if (next.objective < value) {
      ;[current, value, slope, step] = [trial, next.objective, next.gradient, 1.3 * step]
    } else step *= 0.5
  }
  return value
}

function moved(
  network: TrainedNetwork,
  slope: TrainedNetwork['arrays'],
  step: number,
  trained: readonly { name: string }[],
): TrainedNetwork {
  const arrays = { ...network.arrays }
  for (const { name } of trained) {
    const { shape, data } = arrays[name]
    arrays[name] = { shape, data: data.map((value, i) => value - step * slope[name].data[i]) }
  }
  return { ...network, arrays }
}
