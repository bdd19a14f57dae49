import { Matrix } from '../linalg/matrix.ts'
import type { ConvexProgram } from '../programs/program.ts'
import type { WorkingBlock } from './working-block.ts'

/**
 * M (n×K) with M·Mᵀ = σ Σ_b B_b J_b B_bᵀ over active blocks.
 *
 * The derivative of the shrunk projection on a face with basis N (rows) is J = (1 − κ)NᵀN + κq̂q̂ᵀ, κ = σβ/‖q‖: a
 * block contributes the columns √(1−κ)·B·Nᵀ and √κ·B·q̂, non-zero on its pattern's rows.
 */
export function newtonFactor(
  program: ConvexProgram,
  active: readonly WorkingBlock[],
  sigma: number,
): { factor: Matrix; dense: Matrix | null } {
  const d = program.A.cols
  const widths = active.map((block) => d - (block.projector?.face.size ?? 0) + 1)
  const factor = Matrix.zeros(
    program.A.rows,
    widths.reduce((sum, width) => sum + width, 0),
  )
  let first = 0
  active.forEach((block, b) => {
    fillColumns(program, block, sigma, factor, first)
    first += widths[b]
  })
  return { factor, dense: null }
}

function fillColumns(
  { A, arrangement }: ConvexProgram,
  block: WorkingBlock,
  sigma: number,
  factor: Matrix,
  first: number,
): void {
  const d = A.cols
  const face = block.projector?.face
  const start = face?.size ?? 0
  const along = Math.sqrt(sigma * (1 - block.shrinkage))
  const radial = Math.sqrt(sigma * block.shrinkage)
  for (let j = 0; j < A.rows; j++) {
    if (!arrangement.patterns.isActive(block.pattern, j)) continue
    const out = j * factor.cols + first
    for (let k = start; k < d; k++) factor.data[out + k - start] = along * rowProduct(A, j, face?.Q, k)
    let sum = 0
    for (let c = 0; c < d; c++) sum += A.data[j * d + c] * block.direction[c]
    factor.data[out + d - start] = radial * sum
  }
}

/** aⱼᵀ·(basis vector k), the k-th unit vector when there is no basis. */
function rowProduct(A: Matrix, j: number, Q: Float64Array | undefined, k: number): number {
  const d = A.cols
  if (!Q) return A.data[j * d + k]
  let sum = 0
  for (let c = 0; c < d; c++) sum += A.data[j * d + c] * Q[k * d + c]
  return sum
}
