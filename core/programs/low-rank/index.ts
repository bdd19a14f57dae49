/** Low-rank training with a guarantee (THEORY 3.9). */
export {
  lossLipschitz,
  lowRankDualBound,
  lowRankFactor,
  lowRankInterval,
  type LowRankInterval,
  type LowRankSetting,
} from './bound.ts'
export { truncatedData, truncatedProblem, type TruncatedData } from './truncation.ts'
