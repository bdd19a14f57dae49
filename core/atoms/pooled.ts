import { Matrix } from '../linalg/matrix.ts'
import { multiply, multiplyTransposeVector, multiplyVector, rowNorms } from '../linalg/products.ts'
import { PooledClimber } from './climb.ts'
import { euclidean } from './euclidean.ts'
import type { AtomFamily, Linearization } from './family.ts'

/**
 * φ(u) = Σₖ (Aₖu)₊ over the p patches of a sample, ‖u‖ = 1 (THEORY 3.1, 3.2, 3.5): two-layer ReLU (p = 1), batch
 * normalisation before it on U′, and convolutions with it on U′_M.
 *
 * @param A (n·p)×r, the patches of a sample in successive rows
 */
export function pooledAtoms(
  A: Matrix,
  patches: number,
  outputs: number,
  recover: AtomFamily['recover'],
): AtomFamily {
  const climber = new PooledClimber(A, patches, rowNorms(A))
  return {
    rows: A.rows / patches,
    outputs,
    size: A.cols,
    free: null,
    ...euclidean(A.cols),
    respond(theta, out) {
      const H = multiplyVector(A, theta)
      out.fill(0)
      for (let row = 0; row < H.length; row++) if (H[row] > 0) out[Math.floor(row / patches)] += H[row]
    },
    pull(theta, g, out) {
      const H = multiplyVector(A, theta)
      for (let row = 0; row < H.length; row++) H[row] = H[row] > 0 ? g[Math.floor(row / patches)] : 0
      multiplyTransposeVector(A, H, out)
    },
    recover,
    linearize: (thetas) => linearizePooled(A, patches, thetas),
    climb: (theta, V, floor) => climber.climb(theta, V, floor),
  }
}

function linearizePooled(A: Matrix, patches: number, thetas: Matrix): Linearization {
  const H = multiply(A, thetas, { transposeB: true })
  const m = thetas.rows
  for (let at = 0; at < H.data.length; at++) if (H.data[at] < 0) H.data[at] = 0
  return {
    responses: patches === 1 ? H : pool(H, patches),
    pull(G) {
      const masked = Matrix.zeros(H.rows, m)
      for (let row = 0, at = 0; row < H.rows; row++) {
        const from = Math.floor(row / patches) * m
        for (let j = 0; j < m; j++, at++) if (H.data[at] > 0) masked.data[at] = G.data[from + j]
      }
      return multiply(masked, A, { transposeA: true })
    },
  }
}

/** Sums of `patches` successive rows. */
function pool(H: Matrix, patches: number): Matrix {
  const result = Matrix.zeros(H.rows / patches, H.cols)
  for (let row = 0; row < H.rows; row++) {
    const sums = result.row(Math.floor(row / patches))
    const values = H.row(row)
    for (let j = 0; j < sums.length; j++) sums[j] += values[j]
  }
  return result
}
