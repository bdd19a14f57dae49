import { Matrix } from '../linalg/matrix.ts'
import { multiply } from '../linalg/products.ts'
import type { Dictionary } from '../programs/dictionary.ts'
import type { ConvexProgram } from '../programs/program.ts'
import type { NewtonSystem } from './newton-system.ts'
import { spreadColumns } from './responses.ts'
import type { WorkingBlock } from './working-block.ts'

/**
 * The parts of the generalised Hessian σ Σ_b B_b J_b B_bᵀ over active blocks: M·Mᵀ plus, for the gated relaxation of
 * a dictionary with gates, a dense matrix. B_b stands for B_i ⊗ g: nK rows.
 *
 * The derivative of the shrunk projection on a face with orthonormal basis N (rows) is J = (1 − κ)NᵀN + κq̂q̂ᵀ,
 * κ = σβ/‖q‖: a block contributes the columns √(1−κ)·B·Nᵀ and √κ·B·q̂. Without constraints NᵀN = I, and
 * (1 − κ)·D_bAAᵀD_b is added entry by entry where the dictionary allows it.
 */
export function newtonFactor(
  program: ConvexProgram,
  active: readonly WorkingBlock[],
  sigma: number,
): Pick<NewtonSystem, 'factor' | 'dense'> {
  const { dictionary, cones, Y } = program
  const gates = !cones && Y.cols === 1 ? dictionary.gates : undefined
  const parts = active.map((block) => ({
    cell: block.cell,
    directions: freeDirections(block, dictionary.size, sigma, gates !== undefined),
  }))
  const images = dictionary.images(parts)
  // Signs of scalar outputs cancel in M·Mᵀ.
  const factor =
    Y.cols === 1 ? images : spreadColumns(images, columnOutputs(active, parts, dictionary.size), Y.cols)
  return { factor, dense: gates ? gatedPart(gates, dictionary.rows, active, sigma) : null }
}

/** The output direction of every column. */
function columnOutputs(
  active: readonly WorkingBlock[],
  parts: readonly { directions: Float64Array }[],
  d: number,
): Float64Array[] {
  return active.flatMap(({ output }, b) =>
    Array.from({ length: parts[b].directions.length / d }, () => output),
  )
}

/** The directions √σ(…) of one block, row by row; only the radial one when the others are added densely. */
function freeDirections(
  { projector, shrinkage, direction }: WorkingBlock,
  d: number,
  sigma: number,
  radialOnly: boolean,
): Float64Array {
  const along = Math.sqrt(sigma * (1 - shrinkage))
  const radial = Math.sqrt(sigma * shrinkage)
  const basis = radialOnly ? new Float64Array(0) : (projector?.freeDirections() ?? identity(d))
  const rows = new Float64Array(d + basis.length)
  for (let c = 0; c < d; c++) rows[c] = radial * direction[c]
  for (let at = 0; at < basis.length; at++) rows[d + at] = along * basis[at]
  return rows
}

function identity(d: number): Float64Array {
  const rows = new Float64Array(d * d)
  for (let c = 0; c < d; c++) rows[c * (d + 1)] = 1
  return rows
}

/** σ Σ_b (1 − κ_b)·D_bAAᵀD_b = AAᵀ ∘ WWᵀ with a column √(σ(1 − κ_b))·1_{D_b} of W for every block. */
function gatedPart(
  { kernel, activeRows }: NonNullable<Dictionary['gates']>,
  n: number,
  active: readonly WorkingBlock[],
  sigma: number,
): Matrix {
  const membership = Matrix.zeros(n, active.length)
  active.forEach(({ cell, shrinkage }, b) => {
    const weight = Math.sqrt(sigma * (1 - shrinkage))
    for (const row of activeRows(cell)) membership.data[row * active.length + b] = weight
  })
  const weights = multiply(membership, membership, { transposeB: true, lower: true })
  const K = kernel()
  for (let at = 0; at < K.data.length; at++) weights.data[at] *= K.data[at]
  return weights
}
