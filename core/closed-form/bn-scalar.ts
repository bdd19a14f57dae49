import type { Matrix } from '../linalg/matrix.ts'
import { interpolateParts, type LabelPart } from './bn-interpolation.ts'
import { bnScalar } from './bn-theorems.ts'
import type { SolveTheorem } from './theorem.ts'

/** The parts (y)₊ and (−y)₊ of real or ±1 targets Y (n×1), with output signs + and − (THEORY 5.2). */
export function scalarParts(Y: Matrix): LabelPart[] {
  const part = (sign: 1 | -1): LabelPart => ({
    values: Y.data.map((y) => Math.max(0, sign * y)),
    output: 0,
    sign,
  })
  return [part(1), part(-1)]
}

export const solveBnScalar: SolveTheorem = (problem, seed) =>
  interpolateParts(problem, scalarParts(problem.Y), bnScalar, seed)
