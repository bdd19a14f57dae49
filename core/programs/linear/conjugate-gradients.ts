import { axpy, dot, norm2 } from '../../linalg/products.ts'

const MAX_STEPS = 500

/**
 * x with ‖apply(x) − b‖ ≤ tolerance·‖b‖ for a symmetric positive definite operator, from x = 0; what has been reached
 * after 500 steps, which is a descent direction all the same.
 *
 * @param apply returns a vector of its own
 */
export function conjugateGradients(
  apply: (x: Float64Array) => Float64Array,
  b: Float64Array,
  tolerance: number,
): Float64Array {
  const x = new Float64Array(b.length)
  const r = b.slice()
  const p = b.slice()
  let size = dot(r, r)
  const enough = (tolerance * norm2(b)) ** 2
  for (let step = 0; step < MAX_STEPS && size > enough; step++) {
    const image = apply(p)
    const along = size / dot(p, image)
    axpy(along, p, x)
    axpy(-along, image, r)
    const next = dot(r, r)
    for (let j = 0; j < p.length; j++) p[j] = r[j] + (next / size) * p[j]
    size = next
  }
  return x
}
