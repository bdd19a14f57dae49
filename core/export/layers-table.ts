/** The layers of a returned network as rows: the same columns in the window and in reports. */
import type { RunMeasures } from '../experiments/result.ts'

/** Titles of the cells of {@link layerRows}. */
export const LAYER_HEADERS = [
  'Layer',
  'Size',
  'Rank',
  'Stable rank',
  'Operator norm',
  'Frobenius norm',
  'Alignment',
] as const

/** @returns a row a layer, from input to output; the alignment is with the next layer, null where there is none. */
export function layerRows({ layers, alignments }: RunMeasures): (string | number | null)[][] {
  return layers.map(({ rows, cols, rank, stableRank, operatorNorm, frobeniusNorm }, l) => [
    `W${l + 1}`,
    `${rows}×${cols}`,
    rank,
    stableRank,
    operatorNorm,
    frobeniusNorm,
    alignments[l] ?? null,
  ])
}
