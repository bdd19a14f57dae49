import type { Matrix } from '../../linalg/matrix.ts'
import { multiply, scaleColumns } from '../../linalg/products.ts'
import { rowSpace } from '../spectrum.ts'
import { fitted, type StepDefinition } from './step.ts'
import { requireWhole } from './whole-frame.ts'

/**
 * X ← X·VΣ⁻¹Vᵀ with X = UΣVᵀ the training rows (THEORY 5.3): the training rows become UVᵀ, orthonormal when n ≤ d
 * and X has full row rank, and test rows are mapped by the same d×d matrix.
 */
export const whiten: StepDefinition<'whiten'> = {
  apply(frame, _settings, path) {
    requireWhole(frame, 'whiten', path)
    const { V, s } = rowSpace(frame.train)
    for (const matrix of [frame.train, frame.test]) whitenRows(matrix, V, s)
    const { rows, cols } = frame.train
    const full = s.length === rows
    const warnings = full ? [] : [notOrthonormal(rows, cols, s.length)]
    const sentence = `${cols} features whitened on ${s.length} directions`
    return fitted('whiten', sentence, { parameters: { singularValues: [...s] }, warnings })
  },
}

/** In place. V: d×r with orthonormal columns. */
function whitenRows(matrix: Matrix, V: Matrix, s: Float64Array): void {
  const inverse = s.map((value) => 1 / value)
  const coordinates = scaleColumns(multiply(matrix, V), inverse)
  multiply(coordinates, V, { transposeB: true, out: matrix })
}

function notOrthonormal(n: number, d: number, rank: number): string {
  const why =
    n > d ? `${n} rows cannot be orthonormal in ${d} dimensions` : `the rank is ${rank}, below the ${n} rows`
  return `After whitening X Xᵀ is not the identity: ${why}. Closed forms for whitened data do not apply.`
}
