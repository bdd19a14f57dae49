import type { Matrix } from '../linalg/matrix.ts'
import { multiply, multiplyTransposeVector, multiplyVector } from '../linalg/products.ts'
import { thinSvd } from '../linalg/svd.ts'
import { euclidean } from './euclidean.ts'
import type { AtomFamily } from './family.ts'

/** φ(u) = Xu, ‖u‖ = 1: the two-layer linear network (THEORY 3.7). max ‖VᵀXu‖ is σ_max(XᵀV). */
export function linearAtoms(X: Matrix, outputs: number, recover: AtomFamily['recover']): AtomFamily {
  return {
    rows: X.rows,
    outputs,
    size: X.cols,
    free: null,
    ...euclidean(X.cols),
    respond: (theta, out) => void multiplyVector(X, theta, out),
    pull: (_theta, g, out) => void multiplyTransposeVector(X, g, out),
    linearize: (thetas) => ({
      responses: multiply(X, thetas, { transposeB: true }),
      pull: (G) => multiply(G, X, { transposeA: true }),
    }),
    maximize(V) {
      const { U, s } = thinSvd(multiply(X, V, { transposeA: true }))
      return Array.from(s, (_, k) => U.columnCopy(k)).filter((_, k) => s[k] > 0)
    },
    recover,
  }
}
