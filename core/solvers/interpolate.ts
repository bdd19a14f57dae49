import { Matrix } from '../linalg/matrix.ts'
import { axpy, multiplyTransposeVector, norm2, outerGram } from '../linalg/products.ts'
import type { Block, ConvexProgram } from '../programs/program.ts'
import type { BlockProjector } from './cone-projector.ts'
import { factorized } from './newton-system.ts'
import { addResponse, spreadColumns } from './responses.ts'

/** Residuals up to this share of ‖Y‖ are left to rounding. */
const EXACT = 1e-14
const REFINEMENTS = 4
/** Predictions this close to Y (relative) are worth correcting: the correction is no larger than the distance. */
const NEAR = 1e-5

/** A block with the projector that its vector comes from. */
export type FacedBlock = Block & { readonly projector: BlockProjector | null }

/**
 * Corrects blocks whose predictions nearly are Y so that they are Y to rounding: the least change of the vectors within
 * the faces of their cones. Under the equality loss only such a point has a value that can be compared with a bound.
 *
 * @returns the blocks as they are when they are too far from Y
 */
export function interpolating(program: ConvexProgram, blocks: readonly FacedBlock[]): Block[] {
  const corrected = blocks.map(({ cell, output, vector }) => ({ cell, output, vector: vector.slice() }))
  const { dictionary, Y } = program
  const size = norm2(Y.data)
  let residual = missing(program, corrected)
  if (blocks.length === 0 || norm2(residual) > NEAR * size) return corrected
  const parts = blocks.map(({ cell, projector }) => ({
    cell,
    directions: projector ? projector.freeDirections().slice() : identity(dictionary.size),
  }))
  const columns = blocks.flatMap(({ output }, b) =>
    Array.from({ length: parts[b].directions.length / dictionary.size }, () => output),
  )
  const M = spreadColumns(dictionary.images(parts), columns, Y.cols)
  const factor = factorized(outerGram(M))
  for (let k = 0; k < REFINEMENTS && norm2(residual) > EXACT * size; k++) {
    const x = multiplyTransposeVector(M, factor.solve(residual))
    let at = 0
    parts.forEach(({ directions }, b) => {
      for (let from = 0; from < directions.length; from += dictionary.size, at++) {
        axpy(x[at], directions.subarray(from, from + dictionary.size), corrected[b].vector)
      }
    })
    residual = missing(program, corrected)
  }
  return corrected
}

function missing({ dictionary, Y }: ConvexProgram, blocks: readonly Block[]): Float64Array {
  const F = Matrix.zeros(Y.rows, Y.cols)
  for (const { cell, output, vector } of blocks) addResponse(dictionary, cell, output, vector, F)
  return Y.data.map((value, at) => value - F.data[at])
}

function identity(d: number): Float64Array {
  const rows = new Float64Array(d * d)
  for (let c = 0; c < d; c++) rows[c * (d + 1)] = 1
  return rows
}
