import type { Matrix } from '../linalg/matrix.ts'
import { interpolateParts, type LabelPart } from './bn-interpolation.ts'
import { bnVector } from './bn-theorems.ts'
import type { SolveTheorem } from './theorem.ts'

/** The parts of one-hot labels Y (n×K), one a class (THEORY 5.1). A class without samples has the zero part. */
export function vectorParts(Y: Matrix): LabelPart[] {
  return Array.from({ length: Y.cols }, (_, output) => ({ values: Y.columnCopy(output), output, sign: 1 }))
}

export const solveBnVector: SolveTheorem = (problem, seed) =>
  interpolateParts(problem, vectorParts(problem.Y), bnVector, seed)
