import type { Matrix } from '../linalg/matrix.ts'
import type { LabelPart } from './bn-interpolation.ts'

/** The parts (y)₊ and (−y)₊ of real or ±1 targets Y (n×1), with output signs + and − (THEORY 5.2). */
export function scalarParts(Y: Matrix): LabelPart[] {
  const part = (sign: 1 | -1): LabelPart => ({
    values: Y.data.map((y) => Math.max(0, sign * y)),
    output: 0,
    sign,
  })
  return [part(1), part(-1)]
}
