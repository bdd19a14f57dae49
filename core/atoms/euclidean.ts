import { dot, norm2, scale } from '../linalg/products.ts'
import type { Stream } from '../random/index.ts'
import type { AtomFamily } from './family.ts'

/** The parts of a family whose size is ‖θ‖₂. */
export function euclidean(size: number): Pick<AtomFamily, 'normalize' | 'rescale' | 'square' | 'draw'> {
  return {
    normalize,
    rescale: (theta, factor) => {
      scale(factor, theta)
    },
    square(theta, out) {
      out.set(theta)
      return dot(theta, theta)
    },
    draw(stream: Stream) {
      const theta = stream.normals(size)
      normalize(theta)
      return theta
    },
  }
}

function normalize(theta: Float64Array): number {
  const norm = norm2(theta)
  if (norm > 0) scale(1 / norm, theta)
  return norm
}
