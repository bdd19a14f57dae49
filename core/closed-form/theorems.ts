/** The theorems with a closed form, in the order in which they are tried. The computing half is solvers.ts. */
import { bnScalar, bnVector, reluBn } from './bn-theorems.ts'
import { fullRowRank } from './full-row-rank-theorem.ts'
import { linearMinimumNorm, linearProjection, linearWhitened } from './linear-theorems.ts'
import {
  oneDimensional,
  oneDimensionalBranches,
  oneDimensionalDeep,
  oneDimensionalNoIntercept,
} from './one-dimensional-theorems.ts'
import { rankOne } from './rank-one-theorem.ts'
import type { Theorem, TheoremTable } from './theorem.ts'
import { whitened, whitenedBalanced, whitenedLiteral } from './whitened-theorems.ts'

export const THEOREMS: TheoremTable<Theorem> = {
  'bn-vector': bnVector,
  'bn-scalar': bnScalar,
  'relu-bn': reluBn,
  whitened,
  'rank-one': rankOne,
  'full-row-rank': fullRowRank,
  'whitened-balanced': whitenedBalanced,
  'whitened-literal': whitenedLiteral,
  'linear-whitened': linearWhitened,
  'linear-minimum-norm': linearMinimumNorm,
  'linear-projection': linearProjection,
  'one-dimensional': oneDimensional,
  'one-dimensional-no-intercept': oneDimensionalNoIntercept,
  'one-dimensional-deep': oneDimensionalDeep,
  'one-dimensional-branches': oneDimensionalBranches,
}
