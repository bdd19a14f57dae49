import type { TrainedNetwork } from '../experiments/problem.ts'
import type { RealArray } from '../linalg/matrix.ts'

/** What the arrays of one normalised hidden layer are called. */
export interface LayerNames {
  W: string
  gamma: string
  alpha: string
  mean: string
  norm: string
}

/** Weight matrices of a network, the output layer included. */
export function depthOf({ arrays }: TrainedNetwork<RealArray>): number {
  return Object.keys(arrays).filter((name) => /^W\d+$/.test(name)).length
}

/**
 * The names of every hidden layer from input to output. With one hidden layer W1, gamma, alpha, mean, norm; with more
 * the numbers stand at all of them: W1, gamma1, alpha1, …
 */
export function hiddenNames(layers: number): LayerNames[] {
  return Array.from({ length: layers - 1 }, (_, l) => {
    const number = layers === 2 ? '' : `${l + 1}`
    return {
      W: `W${l + 1}`,
      gamma: `gamma${number}`,
      alpha: `alpha${number}`,
      mean: `mean${number}`,
      norm: `norm${number}`,
    }
  })
}

/** The name of the output weights. */
export const outputName = (layers: number): string => `W${layers}`
