import { Matrix } from '../linalg/matrix.ts'
import type { Stream } from '../random/index.ts'
import type { Initialization } from './family.ts'

/**
 * A random fanIn×fanOut weight matrix.
 *
 * kaiming: uniform in ±√(6/fanIn) (He et al. 2015, the gain of a ReLU); gaussian: N(0, scale²).
 */
export function randomWeights(
  fanIn: number,
  fanOut: number,
  { kind, scale }: Initialization,
  stream: Stream,
): Matrix {
  const bound = Math.sqrt(6 / fanIn)
  const next = kind === 'kaiming' ? () => stream.uniform(-bound, bound) : () => stream.normal(0, scale)
  return new Matrix(fanIn, fanOut, Float64Array.from({ length: fanIn * fanOut }, next))
}
