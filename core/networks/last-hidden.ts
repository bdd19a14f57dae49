import type { NamedArray, TrainedNetwork } from '../experiments/problem.ts'
import { Matrix } from '../linalg/matrix.ts'
import { arrayOf } from './arrays.ts'
import { forward } from './index.ts'

/** The output layer of a network as a matrix, m×K; of parallel networks the sub-networks one below the other. */
export function outputWeights(network: TrainedNetwork): Matrix {
  const { shape, data } = arrayOf(network, nameOfOutput(network))
  const outputs = shape[shape.length - 1]
  return new Matrix(outputs === 0 ? 0 : data.length / outputs, outputs, data)
}

/**
 * The activations of the last hidden layer on the rows of X, as at inference (n×m): what the output layer multiplies. X
 * itself where there is no hidden layer. Costs a forward pass and n·m² multiply–adds.
 *
 * @throws RangeError for models without layers
 */
export function lastHidden(network: TrainedNetwork, X: Matrix): Matrix {
  const output = nameOfOutput(network)
  const bias = output.replace('W', 'b')
  const kept = Object.entries(network.arrays).filter(([name]) => name !== bias)
  const through = { ...(Object.fromEntries(kept) as TrainedNetwork['arrays']), [output]: identity(network) }
  return forward({ family: network.family, arrays: through }, X)
}

/** In place of the output weights: m outputs, one a hidden unit. */
function identity(network: TrainedNetwork): NamedArray {
  const { shape } = arrayOf(network, nameOfOutput(network))
  const units = shape.slice(0, -1).reduce((product, size) => product * size, 1)
  const data = new Float64Array(units * units)
  for (let i = 0; i < units; i++) data[i * units + i] = 1
  return { shape: [...shape.slice(0, -1), units], data }
}

/** W with the largest number. */
function nameOfOutput({ family, arrays }: TrainedNetwork): string {
  const layers = Object.keys(arrays).filter((name) => /^W\d+$/.test(name)).length
  if (layers === 0) throw new RangeError(`A ${family} model has no layers.`)
  return `W${layers}`
}
