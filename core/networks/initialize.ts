import { Matrix } from '../linalg/matrix.ts'
import type { Stream } from '../random/index.ts'
import type { Initialization, Parameter } from './family.ts'

const one = () => 1

/** A parameter with weight decay, trained as it stands. */
export const decayed = (name: string): Parameter => ({ name, regularized: true, unit: one })

/** A parameter without weight decay, trained as it stands. */
export const free = (name: string): Parameter => ({ name, regularized: false, unit: one })

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

/** Random biases of `count` units: uniform in ±1/√fanIn beside kaiming weights, N(0, scale²) beside gaussian ones. */
export function randomBiases(
  fanIn: number,
  count: number,
  { kind, scale }: Initialization,
  stream: Stream,
): Float64Array {
  const bound = 1 / Math.sqrt(fanIn)
  const next = kind === 'kaiming' ? () => stream.uniform(-bound, bound) : () => stream.normal(0, scale)
  return Float64Array.from({ length: count }, next)
}

/** Random W1 d×width, W2 … width×width, WL width×K of a network of `layers` layers, a stream each. */
export function randomLayers(
  { d, outputs }: { d: number; outputs: number },
  { layers, width }: { layers: number; width: number },
  initialization: Initialization,
  stream: Stream,
): Matrix[] {
  const sizes = [d, ...Array<number>(layers - 1).fill(width), outputs]
  return sizes
    .slice(1)
    .map((fanOut, l) => randomWeights(sizes[l], fanOut, initialization, stream.split(`W${l + 1}`)))
}
