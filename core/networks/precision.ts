import type { NamedArrays, TrainedNetwork } from '../experiments/problem.ts'
import { zerosAlike, type RealArray } from '../linalg/matrix.ts'

/** A copy of the arrays in the precision of `like`. */
export function convertArrays<T extends RealArray>(arrays: NamedArrays<RealArray>, like: T): NamedArrays<T> {
  const entries = Object.entries(arrays).map(([name, { shape, data }]) => {
    const copy = zerosAlike(like, data.length)
    copy.set(data)
    return [name, { shape: [...shape], data: copy }]
  })
  return Object.fromEntries(entries) as NamedArrays<T>
}

/** A copy of the network in the precision of `like`. */
export function convertNetwork<T extends RealArray>(
  { family, arrays }: TrainedNetwork<RealArray>,
  like: T,
): TrainedNetwork<T> {
  return { family, arrays: convertArrays(arrays, like) }
}
