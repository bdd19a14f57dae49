import { Matrix } from '../../linalg/matrix.ts'
import { multiply } from '../../linalg/products.ts'
import { rowSpace } from '../spectrum.ts'
import { fitted, type StepDefinition, type StepSettings } from './step.ts'
import { requireWhole } from './whole-frame.ts'

/**
 * X ← X·V_kV_kᵀ with the k leading right singular vectors of the training rows (THEORY 3.10): the training rows become
 * their best rank-k approximation, and test rows are projected on the same directions. k is `keep`, or the least that
 * explains the share `variance` of Σσᵢ².
 */
export const truncate: StepDefinition<'truncate'> = {
  apply(frame, settings, path) {
    requireWhole(frame, 'truncate', path)
    const { V, s } = rowSpace(frame.train)
    const k = Math.min(directionsKept(s, settings), s.length)
    const leading = firstColumns(V, k)
    for (const matrix of [frame.train, frame.test]) project(matrix, leading)
    return fitted(
      'truncate',
      `${k} of ${s.length} singular directions kept, ${explained(s, k)} of the variance`,
      {
        parameters: { singularValues: [...s] },
        warnings: tooMany(settings, s.length),
      },
    )
  },
}

/** k of the settings, from the singular values (descending); more than there are directions for a large `keep`. */
export function directionsKept(
  s: Float64Array,
  { keep, variance = 1 }: Omit<StepSettings<'truncate'>, 'step'>,
): number {
  if (keep !== undefined) return keep
  // Rounding of the sum must not ask for one direction more.
  const wanted = (variance - 1e-12) * energy(s)
  let k = 1
  while (k < s.length && energy(s.subarray(0, k)) < wanted) k++
  return k
}

function firstColumns(V: Matrix, k: number): Matrix {
  const result = Matrix.zeros(V.rows, k)
  for (let i = 0; i < V.rows; i++) result.row(i).set(V.row(i).subarray(0, k))
  return result
}

/** In place. */
function project(matrix: Matrix, V: Matrix): void {
  multiply(multiply(matrix, V), V, { transposeB: true, out: matrix })
}

const energy = (s: Float64Array) => s.reduce((sum, value) => sum + value * value, 0)

function explained(s: Float64Array, k: number): string {
  const share = energy(s) > 0 ? energy(s.subarray(0, k)) / energy(s) : 1
  return `${Number((100 * share).toFixed(2))} %`
}

function tooMany({ keep }: StepSettings<'truncate'>, rank: number): string[] {
  if (keep === undefined || keep <= rank) return []
  return [
    `The training rows have ${rank} singular directions, fewer than the ${keep} to keep: nothing changed.`,
  ]
}
