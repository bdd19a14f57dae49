import type { NamedArray, TrainedNetwork } from '../experiments/problem.ts'
import { Matrix, type RealArray } from '../linalg/matrix.ts'

/** The array of that name. @throws RangeError when the network has none. */
export function arrayOf<T extends RealArray>(network: TrainedNetwork<T>, name: string): NamedArray<T> {
  const array = network.arrays[name] as NamedArray<T> | undefined
  if (!array) throw new RangeError(`A ${network.family} network needs an array ${name}.`)
  return array
}

/** The two-dimensional array of that name as a matrix view. */
export function matrixOf<T extends RealArray>(network: TrainedNetwork<T>, name: string): Matrix<T> {
  const { shape, data } = arrayOf(network, name)
  if (shape.length !== 2) throw new RangeError(`${name} has ${shape.length} dimensions where 2 are needed.`)
  return new Matrix(shape[0], shape[1], data)
}

/** The one-dimensional array of that name, not copied. */
export function vectorOf<T extends RealArray>(network: TrainedNetwork<T>, name: string): T {
  return arrayOf(network, name).data
}

/** A matrix as a named array, sharing its memory. */
export const fromMatrix = <T extends RealArray>(A: Matrix<T>): NamedArray<T> => ({
  shape: [A.rows, A.cols],
  data: A.data,
})

/** A vector as a named array, sharing its memory. */
export const fromVector = <T extends RealArray>(data: T): NamedArray<T> => ({ shape: [data.length], data })

/** A network whose arrays are copies. */
export function cloneNetwork(network: TrainedNetwork): TrainedNetwork {
  const entries = Object.entries(network.arrays).map(([name, { shape, data }]) => [
    name,
    { shape: [...shape], data: data.slice() },
  ])
  return { family: network.family, arrays: Object.fromEntries(entries) as TrainedNetwork['arrays'] }
}
