import { cholesky } from '../linalg/cholesky.ts'
import { Matrix } from '../linalg/matrix.ts'
import { dot, gram, multiplyTransposeVector, multiplyVector, norm2, scale } from '../linalg/products.ts'
import { climbByModel } from './climb-model.ts'
import type { AtomFamily } from './family.ts'
import { reluBnModel } from './relu-bn-model.ts'

/** Ridge of the in-cell system relative to its trace: cells with few active rows leave directions without response. */
const RIDGE = 1e-11

/**
 * Batch normalisation after the ReLU (THEORY 3.4). θ = (w; a), r + 1 entries:
 *
 *     φ(θ) = c(w) + a·1/√n,   c(w) = (I − 11ᵀ/n)(Aw)₊,   size(θ) = ‖φ(θ)‖ = √(‖c(w)‖² + a²),
 *
 * because c(w) is orthogonal to 1. That is γ·ĉ(w) + α/√n for γ = ‖c(w)‖, α = a, ĉ = c/‖c‖ and ‖(γ, α)‖ = size; γ ≥ 0
 * is no restriction, the output weights take the sign. Linear in θ within a cell of A.
 *
 * @param A n×r, the data in coordinates of its row space
 */
export function reluBnAtoms(A: Matrix, outputs: number, recover: AtomFamily['recover']): AtomFamily {
  const n = A.rows
  const r = A.cols
  const root = Math.sqrt(n)
  const respond = (theta: Float64Array, out: Float64Array): void => {
    multiplyVector(A, theta.subarray(0, r), out)
    for (let i = 0; i < n; i++) if (out[i] < 0) out[i] = 0
    subtractMean(out)
    for (let i = 0; i < n; i++) out[i] += theta[r] / root
  }
  const pull = (theta: Float64Array, g: Float64Array, out: Float64Array): void => {
    const active = multiplyVector(A, theta.subarray(0, r))
    const centered = subtractMean(g.slice())
    for (let i = 0; i < n; i++) if (!(active[i] > 0)) centered[i] = 0
    multiplyTransposeVector(A, centered, out.subarray(0, r))
    out[r] = sum(g) / root
  }
  const normalize = (theta: Float64Array): number => {
    const response = new Float64Array(n)
    respond(theta, response)
    const size = norm2(response)
    if (size > 0) scale(1 / size, theta)
    return size
  }
  const sizes = { rows: n, respond, normalize }
  const model = reluBnModel(A, (theta) => cellMetric(A, theta))
  return {
    rows: n,
    outputs,
    size: r + 1,
    free: null,
    respond,
    pull,
    normalize,
    rescale(theta, factor) {
      scale(factor, theta)
    },
    square(theta, out) {
      const response = new Float64Array(n)
      respond(theta, response)
      pull(theta, response, out)
      return dot(response, response)
    },
    ascend(theta, g, out) {
      pull(theta, g, out)
      out.set(cellMetric(A, theta).solve(out.slice(0, r)))
    },
    draw(stream) {
      const theta = stream.normals(r + 1)
      normalize(theta)
      return theta
    },
    climb: (theta, V, floor) => climbByModel(sizes, model, theta, V, floor),
    recover,
  }
}

/** (DA)ᵀ(I − 11ᵀ/n)DA: the squared size of w within the cell of θ. */
function cellMetric(A: Matrix, theta: Float64Array) {
  const H = multiplyVector(A, theta.subarray(0, A.cols))
  const active = Matrix.zeros(A.rows, A.cols)
  for (let i = 0; i < A.rows; i++) if (H[i] > 0) active.row(i).set(A.row(i))
  const means = multiplyTransposeVector(active, new Float64Array(A.rows).fill(1 / A.rows))
  for (let i = 0; i < A.rows; i++) for (let c = 0; c < A.cols; c++) active.row(i)[c] -= means[c]
  const M = gram(active)
  let trace = 0
  for (let c = 0; c < A.cols; c++) trace += M.get(c, c)
  for (let c = 0; c < A.cols; c++) M.data[c * (A.cols + 1)] += trace > 0 ? RIDGE * trace : 1
  return cholesky(M)
}

function subtractMean(x: Float64Array): Float64Array {
  const mean = sum(x) / x.length
  for (let i = 0; i < x.length; i++) x[i] -= mean
  return x
}

const sum = (x: Float64Array): number => x.reduce((total, value) => total + value, 0)
