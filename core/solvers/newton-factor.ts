import { Matrix } from '../linalg/matrix.ts'
import { multiply } from '../linalg/products.ts'
import type { ConvexProgram } from '../programs/program.ts'
import type { NewtonSystem } from './newton-system.ts'
import type { WorkingBlock } from './working-block.ts'

/**
 * The parts of the generalised Hessian σ Σ_b B_b J_b B_bᵀ over active blocks: M·Mᵀ plus, for the gated relaxation, a
 * dense matrix.
 *
 * The derivative of the shrunk projection on a face with orthonormal basis N (rows) is J = (1 − κ)NᵀN + κq̂q̂ᵀ,
 * κ = σβ/‖q‖: a block contributes the columns √(1−κ)·B·Nᵀ and √κ·B·q̂. Without constraints NᵀN = I, and
 * (1 − κ)·D_bAAᵀD_b is added entry by entry instead.
 *
 * @param K AAᵀ for the gated relaxation, null otherwise
 */
export function newtonFactor(
  program: ConvexProgram,
  active: readonly WorkingBlock[],
  sigma: number,
  K: Matrix | null,
): Pick<NewtonSystem, 'factor' | 'dense'> {
  const directions = stackDirections(program.A.cols, active, sigma)
  const factor = multiply(program.A, directions.rows, { transposeB: true })
  active.forEach((block, b) =>
    maskColumns(program, block.pattern, factor, directions.first[b], directions.first[b + 1]),
  )
  return { factor, dense: K ? gatedPart(program, active, sigma, K) : null }
}

/** The directions √σ(…) of all blocks as rows (K×d), and where those of each block begin. */
function stackDirections(
  d: number,
  active: readonly WorkingBlock[],
  sigma: number,
): { rows: Matrix; first: number[] } {
  const first = [0]
  for (const { projector } of active)
    first.push(first[first.length - 1] + 1 + (projector ? d - projector.face.size : 0))
  const rows = Matrix.zeros(first[active.length], d)
  active.forEach(({ projector, shrinkage, direction }, b) => {
    const along = Math.sqrt(sigma * (1 - shrinkage))
    const radial = Math.sqrt(sigma * shrinkage)
    rows.row(first[b]).set(direction.map((value) => radial * value))
    if (!projector) return
    const basis = projector.face.Q.subarray(projector.face.size * d)
    rows.data.set(
      basis.map((value) => along * value),
      (first[b] + 1) * d,
    )
  })
  return { rows, first }
}

/** Zeroes columns first … last − 1 on the rows where the pattern is not active. */
function maskColumns(
  { arrangement }: ConvexProgram,
  pattern: number,
  M: Matrix,
  first: number,
  last: number,
): void {
  for (let j = 0; j < M.rows; j++) {
    if (!arrangement.patterns.isActive(pattern, j)) M.data.fill(0, j * M.cols + first, j * M.cols + last)
  }
}

/** σ Σ_b (1 − κ_b)·D_bKD_b, lower triangle. */
function gatedPart(
  { arrangement }: ConvexProgram,
  active: readonly WorkingBlock[],
  sigma: number,
  K: Matrix,
): Matrix {
  const weights = Matrix.zeros(K.rows, K.cols)
  for (const { pattern, shrinkage } of active) {
    const rows = arrangement.patterns.activeRows(pattern)
    const weight = sigma * (1 - shrinkage)
    for (let a = 0; a < rows.length; a++) {
      const at = rows[a] * K.cols
      for (let b = 0; b <= a; b++) weights.data[at + rows[b]] += weight
    }
  }
  for (let at = 0; at < K.data.length; at++) weights.data[at] *= K.data[at]
  return weights
}
