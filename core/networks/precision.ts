import type { NamedArrays, TrainedNetwork } from '../experiments/problem.ts'
import { Matrix, zerosAlike, type RealArray } from '../linalg/matrix.ts'

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

/** A copy of A in the precision of `like`. */
export function convertMatrix<T extends RealArray>(A: Matrix<RealArray>, like: T): Matrix<T> {
  const copy = zerosAlike(like, A.data.length)
  copy.set(A.data)
  return new Matrix(A.rows, A.cols, copy)
}
