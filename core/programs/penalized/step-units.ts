import { symmetricEigen } from '../../linalg/eigen.ts'
import { Matrix } from '../../linalg/matrix.ts'
import { outerGram } from '../../linalg/products.ts'
import type { Stream } from '../../random/index.ts'
import type { PenalizedProgram } from './program.ts'
import type { RowPatterns } from './row-patterns.ts'

/** Rows of A that the units are measured on. */
const SAMPLE_ROWS = 256

export interface StepUnits {
  /**
   * 1/λ_max of L·Σ_b B_b B_bᵀ/n, the curvature of ℓ/n in the blocks, L that of ℓ in the predictions (1 for the hinge, which
   * has none).
   */
  gradient: number
  /** 1/mean over samples of Σ_b ‖B_bᵀe_j‖₁: when all entries move by this, a prediction moves by about 1 at most. */
  entry: number
}

/**
 * What a learning rate is counted in, so that the same one fits few and many cells, small and large features. Measured
 * on rows drawn from the stream.
 */
export function stepUnits(
  { dictionary: { A, patches, rows: n }, loss }: PenalizedProgram,
  patterns: RowPatterns,
  stream: Stream,
): StepUnits {
  const count = Math.max(1, Math.min(n, Math.floor(SAMPLE_ROWS / patches)))
  const samples = stream.permutation(n).subarray(0, count)
  const rows = [...samples].flatMap((sample) =>
    Array.from({ length: patches }, (_, k) => sample * patches + k),
  )
  const kernel = outerGram(Matrix.fromRows(rows.map((j) => A.row(j))))
  const pooled = Matrix.zeros(count, count)
  let sizes = 0
  rows.forEach((j, a) => {
    rows.forEach((l, b) => {
      const [i, h] = [Math.floor(a / patches), Math.floor(b / patches)]
      // Blocks of both signs: each cell counts twice.
      pooled.data[i * count + h] += 2 * patterns.commonCount(j, l) * kernel.get(a, b)
    })
    sizes += 2 * patterns.commonCount(j, j) * A.row(j).reduce((sum, value) => sum + Math.abs(value), 0)
  })
  const largest = symmetricEigen(pooled).values.at(-1) ?? 0
  const curvature = Number.isFinite(loss.lipschitz) ? loss.lipschitz * largest : largest
  return { gradient: curvature > 0 ? count / curvature : 1, entry: sizes > 0 ? count / sizes : 1 }
}
