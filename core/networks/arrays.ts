import type { NamedArray, TrainedNetwork } from '../experiments/problem.ts'
import { Matrix } from '../linalg/matrix.ts'

/** The array of that name. @throws RangeError when the network has none. */
export function arrayOf(network: TrainedNetwork, name: string): NamedArray {
  const array = network.arrays[name]
  if (!array) throw new RangeError(`A ${network.family} network needs an array ${name}.`)
  return array
}

/** The two-dimensional array of that name as a matrix view. */
export function matrixOf(network: TrainedNetwork, name: string): Matrix {
  const { shape, data } = arrayOf(network, name)
  if (shape.length !== 2) throw new RangeError(`${name} has ${shape.length} dimensions where 2 are needed.`)
  return new Matrix(shape[0], shape[1], data)
}

/** The one-dimensional array of that name, not copied. */
export function vectorOf(network: TrainedNetwork, name: string): Float64Array {
  return arrayOf(network, name).data
}

/** A matrix as a named array, sharing its memory. */
export const fromMatrix = (A: Matrix): NamedArray => ({ shape: [A.rows, A.cols], data: A.data })

/** A vector as a named array, sharing its memory. */
export const fromVector = (data: Float64Array): NamedArray => ({ shape: [data.length], data })

/** A network whose arrays are copies. */
export function cloneNetwork(network: TrainedNetwork): TrainedNetwork {
  const entries = Object.entries(network.arrays).map(([name, { shape, data }]) => [
    name,
    { shape: [...shape], data: data.slice() },
  ])
  return { family: network.family, arrays: Object.fromEntries(entries) as TrainedNetwork['arrays'] }
}
