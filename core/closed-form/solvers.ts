/** The computing half of the theorems, keyed like THEOREMS in theorems.ts. */
import { solveBnScalar } from './bn-scalar.ts'
import { solveBnVector } from './bn-vector.ts'
import { solveFullRowRank } from './full-row-rank.ts'
import { solveLinearTheorem } from './linear.ts'
import {
  solveOneDimensional,
  solveOneDimensionalBranches,
  solveOneDimensionalDeep,
  solveOneDimensionalNoIntercept,
} from './one-dimensional.ts'
import { solveRankOne } from './rank-one.ts'
import { solveReluBn } from './relu-bn.ts'
import type { SolveTheorem, TheoremTable } from './theorem.ts'
import { solveWhitened, solveWhitenedBalanced, solveWhitenedLiteral } from './whitened.ts'

export const SOLVERS: TheoremTable<SolveTheorem> = {
  'bn-vector': solveBnVector,
  'bn-scalar': solveBnScalar,
  'relu-bn': solveReluBn,
  whitened: solveWhitened,
  'rank-one': solveRankOne,
  'full-row-rank': solveFullRowRank,
  'whitened-balanced': solveWhitenedBalanced,
  'whitened-literal': solveWhitenedLiteral,
  'linear-whitened': solveLinearTheorem,
  'linear-minimum-norm': solveLinearTheorem,
  'linear-projection': solveLinearTheorem,
  'one-dimensional': solveOneDimensional,
  'one-dimensional-no-intercept': solveOneDimensionalNoIntercept,
  'one-dimensional-deep': solveOneDimensionalDeep,
  'one-dimensional-branches': solveOneDimensionalBranches,
}
