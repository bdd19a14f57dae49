import { Matrix } from '../linalg/matrix.ts'
import { dot, multiply, norm2, scale } from '../linalg/products.ts'
import { parallelNetwork, type Branch } from '../networks/index.ts'
import { climbByModel } from './climb-model.ts'
import type { AtomFamily } from './family.ts'
import { parallelModel } from './parallel-model.ts'
import { nonZero } from './weights.ts'

export interface ParallelShape {
  /** Hidden units of the first and of the second layer of a sub-network. */
  readonly m1: number
  readonly m2: number
  readonly outputs: number
}

/**
 * Three-layer sub-networks with path norm (THEORY 3.6). θ = (z₁, …, z_{m₁}; σ), m₁·r + m₁ entries, σⱼ = ±1:
 *
 *     φ(θ) = √m₂·(Σⱼ σⱼ(Azⱼ)₊)₊,   size(θ) = √Σ‖zⱼ‖².
 *
 * With zⱼ = w₁ⱼ|w₂ⱼ| that is the sub-network of first-layer weights w₁ⱼ and m₂ equal second-layer columns, which share
 * the output weights: √m₂ more response for the same path norm than a single one. Gradients leave
 * the signs alone; normalising rounds them to ±1.
 *
 * @param A n×r, the data in coordinates of its row space; @param toFeatures from there to d features, isometric
 */
export function parallelAtoms(
  A: Matrix,
  toFeatures: (v: Float64Array) => Float64Array,
  { m1, m2, outputs }: ParallelShape,
): AtomFamily {
  const r = A.cols
  const hidden = m1 * r
  const gain = Math.sqrt(m2)
  const first = (theta: Float64Array): Matrix =>
    multiply(A, new Matrix(m1, r, theta.subarray(0, hidden)), { transposeB: true })
  const respond = (theta: Float64Array, out: Float64Array): void => {
    const S = secondLayer(first(theta), theta.subarray(hidden))
    for (let i = 0; i < out.length; i++) out[i] = gain * Math.max(0, S[i])
  }
  const pull = (theta: Float64Array, g: Float64Array, out: Float64Array): void => {
    const H = first(theta)
    const signs = theta.subarray(hidden)
    const S = secondLayer(H, signs)
    for (let i = 0, at = 0; i < A.rows; i++) {
      const weight = S[i] > 0 ? gain * g[i] : 0
      for (let j = 0; j < m1; j++, at++) H.data[at] = H.data[at] > 0 ? weight * signs[j] : 0
    }
    multiply(H, A, { transposeA: true, out: new Matrix(m1, r, out.subarray(0, hidden)) })
    out.fill(0, hidden)
  }
  const rescale = (theta: Float64Array, factor: number): void => {
    scale(factor, theta.subarray(0, hidden))
  }
  const normalize = (theta: Float64Array): number => {
    const size = norm2(theta.subarray(0, hidden))
    for (let j = hidden; j < theta.length; j++) theta[j] = theta[j] < 0 ? -1 : 1
    if (size > 0) rescale(theta, 1 / size)
    return size
  }
  const sizes = { rows: A.rows, respond, normalize }
  const model = parallelModel(A, m1, gain)
  return {
    rows: A.rows,
    outputs,
    size: hidden + m1,
    free: null,
    respond,
    pull,
    normalize,
    rescale,
    square(theta, out) {
      out.set(theta)
      out.fill(0, hidden)
      return dot(out, out)
    },
    ascend(theta, g, out) {
      pull(theta, g, out)
      out.set(theta.subarray(hidden), hidden)
    },
    draw(stream) {
      const theta = stream.normals(hidden + m1)
      normalize(theta)
      return theta
    },
    climb: (theta, V, floor) => climbByModel(sizes, model, theta, V, floor),
    recover(atoms) {
      const branches = nonZero(atoms).map(({ theta, c }): Branch => {
        const W1 = Matrix.zeros(toFeatures(new Float64Array(r)).length, m1)
        for (let j = 0; j < m1; j++) {
          toFeatures(theta.slice(j * r, (j + 1) * r)).forEach((value, i) => {
            W1.set(i, j, value)
          })
        }
        const W2 = Matrix.zeros(m1, m2)
        for (let j = 0; j < m1; j++) W2.row(j).fill(theta[hidden + j])
        const W3 = Matrix.zeros(m2, outputs)
        for (let l = 0; l < m2; l++) W3.row(l).set(c.map((value) => value / gain))
        return [W1, W2, W3]
      })
      return parallelNetwork(branches, [toFeatures(new Float64Array(r)).length, m1, m2, outputs])
    },
  }
}

/** Σⱼ σⱼ(Hᵢⱼ)₊ for every row; H stays as it is. */
function secondLayer(H: Matrix, signs: Float64Array): Float64Array {
  return Float64Array.from({ length: H.rows }, (_, i) => {
    let sum = 0
    for (let j = 0; j < H.cols; j++) if (H.get(i, j) > 0) sum += signs[j] * H.get(i, j)
    return sum
  })
}
